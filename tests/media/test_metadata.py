"""What a picture carries comes back as it was."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from nodegraph.media.images import encode_png
from nodegraph.media.metadata import MetadataError, as_text, read_embedded, read_text

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


@given(prompt=OBJECTS, workflow=OBJECTS)
def test_png_round_trip(tmp_path_factory: pytest.TempPathFactory, prompt: Any, workflow: Any) -> None:
    path = tmp_path_factory.mktemp("png") / "a.png"
    path.write_bytes(encode_png(torch.zeros(2, 3, 3), text=as_text(prompt, {"workflow": workflow, "extra": 1})))
    assert read_embedded(path) == {"prompt": prompt, "workflow": workflow}
    assert read_text(path)["extra"] == "1"


def test_png_chunks_are_ascii_text_before_the_picture() -> None:
    content = encode_png(torch.zeros(2, 2, 3), text=as_text({"1": "ä"}, None))
    start = content.index(b"tEXtprompt\0")
    assert content[start + 11 :].startswith(b'{"1": "\\u00e4"}')
    assert start < content.index(b"IDAT")


def test_chunks_after_the_picture_are_found(tmp_path: Path) -> None:
    buffer = BytesIO()
    Pillow.new("RGB", (2, 2)).save(buffer, "PNG")
    info = PngInfo()
    info.add_text("prompt", '{"1": {}}')
    carrier = BytesIO()
    Pillow.new("RGB", (2, 2)).save(carrier, "PNG", pnginfo=info)
    start = carrier.getvalue().index(b"tEXt") - 4
    chunk = carrier.getvalue()[start : carrier.getvalue().index(b"IDAT") - 4]
    plain = buffer.getvalue()
    end = plain.index(b"IEND") - 4
    (tmp_path / "a.png").write_bytes(plain[:end] + chunk + plain[end:])
    assert read_embedded(tmp_path / "a.png") == {"prompt": {"1": {}}}


@pytest.mark.parametrize("suffix", [".webp", ".jpg"])
def test_exif_is_read(tmp_path: Path, suffix: str) -> None:
    exif = Pillow.Exif()
    exif[0x0110] = "prompt:" + json.dumps({"1": {"class_type": "A:b"}})
    exif[0x010F] = "workflow:" + json.dumps({"nodes": []})
    path = tmp_path / f"a{suffix}"
    Pillow.new("RGB", (4, 4)).save(path, exif=exif)
    assert read_embedded(path) == {"prompt": {"1": {"class_type": "A:b"}}, "workflow": {"nodes": []}}


def test_a_picture_without_either_says_so(tmp_path: Path) -> None:
    Pillow.new("RGB", (4, 4)).save(tmp_path / "plain.png")
    with pytest.raises(MetadataError, match="neither"):
        read_embedded(tmp_path / "plain.png")


def test_broken_metadata_and_no_picture_at_all(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("workflow", "{not json")
    Pillow.new("RGB", (4, 4)).save(tmp_path / "broken.png", pnginfo=info)
    with pytest.raises(MetadataError, match="not JSON"):
        read_embedded(tmp_path / "broken.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(MetadataError, match="cannot be read"):
        read_embedded(tmp_path / "text.png")
    with pytest.raises(MetadataError):
        read_embedded(tmp_path / "missing.png")


@pytest.mark.parametrize("key", ["", " lead", "x" * 80, "schlüssel", "a\nb"])
def test_keys_that_png_does_not_allow_are_refused(key: str) -> None:
    with pytest.raises(MetadataError, match="extra_pnginfo"):
        encode_png(torch.zeros(2, 2, 3), text={key: "1"})
