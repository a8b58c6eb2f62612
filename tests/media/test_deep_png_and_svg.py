"""PNG of 16 bits, read again to the bit; and vector pictures of which only what draws is left."""

import json
import struct
import xml.etree.ElementTree as ET
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from nodegraph.errors import NonFiniteError
from nodegraph.media.deep_png import encode_deep_png
from nodegraph.media.images import ImageError
from nodegraph.media.metadata import read_text
from nodegraph.media.svg import SvgError, harmless

# ---- PNG ----


def decoded(content: bytes, channels: int) -> tuple[tuple[int, int, int, int], torch.Tensor]:
    """Header fields and the values of a PNG whose lines are all filtered by what is above them."""
    place, data, header = 8, b"", (0, 0, 0, 0)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        chunk = content[place + 8 : place + 8 + length]
        assert struct.unpack(">I", content[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + chunk)
        if kind == b"IHDR":
            header = struct.unpack(">IIBB", chunk[:10])
        data += chunk if kind == b"IDAT" else b""
        place += 12 + length
    lines = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(header[1], -1)
    assert (lines[:, 0] == 2).all()
    rows = lines[:, 1:].cumsum(axis=0, dtype=np.uint8)
    values = np.frombuffer(rows.tobytes(), dtype=">u2").astype(np.int32)
    return header, torch.from_numpy(values).reshape(header[1], header[0], channels)


@pytest.mark.parametrize(("channels", "mode"), [(1, "I;16"), (3, "RGB"), (4, "RGBA")])
def test_sixteen_bits_are_kept(channels: int, mode: str) -> None:
    values = torch.randint(0, 65536, (5, 7, channels), generator=torch.Generator().manual_seed(1))
    content = encode_deep_png(values.double() / 65535, text={}, compression=4)
    header, read = decoded(content, channels)
    assert header == (7, 5, 16, {1: 0, 3: 2, 4: 6}[channels])
    assert torch.equal(read.long(), values)
    picture = Pillow.open(BytesIO(content))
    picture.load()
    assert (picture.size, picture.mode) == ((7, 5), mode), "and others read it"


def test_of_eight_bits_nothing_is_lost() -> None:
    values = torch.arange(256).repeat(3, 1).T.reshape(16, 16, 3)
    _, read = decoded(encode_deep_png(values.float() / 255, text={}, compression=4), 3)
    assert torch.equal(read.long(), values * 257)


def test_it_carries_text_is_clipped_and_refused_like_others(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(
        encode_deep_png(torch.tensor([-1.0, 2.0, 0.5]).reshape(1, 1, 3), text={"prompt": "{}"}, compression=4)
    )
    assert read_text(path) == {"prompt": "{}"}
    assert decoded(path.read_bytes(), 3)[1].flatten().tolist() == [0, 65535, 32768]
    with pytest.raises(NonFiniteError):
        encode_deep_png(torch.full((1, 1, 3), torch.nan), text={}, compression=4)
    with pytest.raises(ImageError, match="1, 3 or 4 channels"):
        encode_deep_png(torch.zeros(1, 1, 2), text={}, compression=4)


# ---- SVG ----

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def cleaned(inside: str) -> str:
    return harmless(SVG.format(inside), text={}).decode()


def test_what_draws_stays() -> None:
    drawn = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff" /></linearGradient></defs>'
        "<style>.a { fill: url(#g) }</style>"
        '<g class="a" transform="scale(2)"><path d="M0 0L1 1" style="fill: url( \'#g\' )" /></g>'
        '<use href="#g" /><text x="1" xml:space="preserve">a &lt; b<tspan>c</tspan> d</text>'
        '<image href="data:image/png;base64,AAAA" />'
    )
    kept = cleaned(drawn)
    assert kept.partition('viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">')[2] == f"{drawn}</svg>"
    assert ET.fromstring(kept).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>evil()</script>",
        "<SCRIPT>evil()</SCRIPT>",
        '<x:script xmlns:x="http://www.w3.org/2000/svg">evil()</x:script>',
        '<g onclick="evil()"/>',
        '<g ONLOAD="evil()"/>',
        '<a href="javascript:evil()"/>',
        '<a xlink:href=" javascript:evil()"/>',
        '<a href="http://evil"/>',
        '<use href="evil.svg#a"/>',
        '<image href="//evil/a.png"/>',
        '<image href="data:image/svg+xml;base64,evil"/>',
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="evil()"/></b></foreignObject>',
        '<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="evil"/>',
        '<animate attributeName="href" to="javascript:evil()"/>',
        '<set attributeName="onload" to="evil()"/>',
        "<style>@import 'evil'</style>",
        "<style>g { fill: url(evil) }</style>",
        "<style>g { fill: u\\72l(evil) }</style>",
        "<style>g { fill: URL( 'evil#g' ) }</style>",
        "<style>g { fill: image-set('evil' 1x) }</style>",
        '<style><title/>@import "evil";</style>',
        "<style>g { }<title/>g { fill: url(evil) }<g/></style>",
        '<s:style xmlns:s="http://www.w3.org/2000/svg"><s:desc/>@import "evil";</s:style>',
        '<style><![CDATA[@import "evil";]]></style>',
        '<style>@<!-- --><?pi?>import "evil";</style>',
        '<style>&#64;import "evil";</style>',
        "<style>g { fill: url(\u00a0#evil) }</style>",
        '<a href="\u00a0#evil"/>',
        '<a href="&#106;avascript:evil()"/>',
        '<a href="#a" ping="https:/evil"/>',
        '<a href="#a" attributionsrc="https:/evil"/>',
        '<g xml:base="evil"/>',
        '<a href="#a"><animate attributeName="href" values="evil"/>tail</a>',
        '<a href="#a"><set attributeName="xlink:href" to="evil"/></a>',
        '<g style="fill: url(evil)"/>',
        '<g style="fill:&#117;rl(evil)"/>',
        '<g fill="url(&quot;evil&quot;)"/>',
        "<?evil ?><!-- evil -->",
        '<g xmlns:e="urn:evil" e:evil="evil"/>',
        "<title/><script>evil()</script><g><g><script>evil()</script></g></g>",
    ],
)
def test_what_runs_or_loads_something_goes(inside: str) -> None:
    assert "evil" not in cleaned(inside)
    ET.fromstring(cleaned(inside))


def test_the_workflow_is_in_the_metadata() -> None:
    written = harmless(SVG.format("<metadata>old</metadata>"), text={"prompt": '{"a": "</svg>"}'})
    metadata = ET.fromstring(written)[0]
    assert metadata.tag.endswith("metadata")
    assert json.loads(metadata.text or "") == {"prompt": {"a": "</svg>"}}
    assert b"old" not in written


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "cannot be read as XML"),
        ("<svg>", "cannot be read as XML"),
        ("<html/>", "document of 'html'"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "declares entities"),
        ('<!DOCTYPE a><!DOCTYPE svg SYSTEM "x"><svg/>', "declares entities"),
        ("<svg>" + "<g>" * 20_000 + "</g>" * 20_000 + "</svg>", "nested too deeply"),
    ],
    ids=["empty", "broken", "another", "entities", "two doctypes", "deep"],
)
def test_what_is_no_vector_picture(document: str, said: str) -> None:
    with pytest.raises(SvgError, match=said):
        harmless(document, text={})


def test_a_long_document_takes_no_longer_than_its_length() -> None:
    """Were each place looked at from each other, a megabyte would take hours."""
    with pytest.raises(SvgError, match="declares entities"):
        harmless("<!DOCTYPE" * 110_000, text={})
    assert "url" not in cleaned(f'<g style="fill: url({" " * 1_000_000}x)"/>')


def test_a_plain_doctype_is_no_harm() -> None:
    plain = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd"><svg/>'
    assert b"DOCTYPE" not in harmless(plain, text={})
