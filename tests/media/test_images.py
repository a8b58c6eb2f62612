"""Pictures to and from files, previews and latents: values, not just shapes."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from safetensors.torch import load_file, save_file

from nodegraph.errors import NonFiniteError
from nodegraph.media import images
from nodegraph.media.images import ImageError, encode_png, read_image, to_bytes
from nodegraph.media.latent_files import LatentFileError, encode_latent, read_latent
from nodegraph.media.preview import preview_jpeg


def test_values_are_clipped_and_truncated() -> None:
    values = torch.tensor([-1.0, 0.0, 0.999, 1.0, 2.0, 127.9 / 255]).reshape(1, 6, 1)
    assert to_bytes(values).ravel().tolist() == [0, 0, 254, 255, 255, 127]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_picture_that_is_not_finite_is_never_saved(bad: float) -> None:
    image = torch.zeros(4, 4, 3)
    image[1, 2, 0] = bad
    with pytest.raises(NonFiniteError, match="not saved"):
        encode_png(image)
    with pytest.raises(NonFiniteError, match="not saved"):
        encode_latent(image)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_png_holds_the_pixels(channels: int, mode: str) -> None:
    pixels = torch.randint(0, 256, (5, 7, channels), generator=torch.Generator().manual_seed(1))
    decoded = Pillow.open(BytesIO(encode_png((pixels + 0.5) / 255)))
    assert decoded.mode == mode
    assert np.array_equal(np.array(decoded).reshape(5, 7, channels), pixels.numpy())


def test_a_wrong_number_of_channels_is_refused() -> None:
    with pytest.raises(ImageError, match=r"\(2, 2, 2\)"):
        encode_png(torch.zeros(2, 2, 2))


def test_an_opaque_picture_has_an_empty_mask(tmp_path: Path) -> None:
    Pillow.new("RGB", (6, 4), (255, 0, 51)).save(tmp_path / "a.png")
    image, mask = read_image(tmp_path / "a.png")
    assert image.shape == (1, 4, 6, 3)
    assert image.dtype == torch.float32
    assert torch.allclose(image[0, 0, 0], torch.tensor([1.0, 0.0, 0.2]))
    assert torch.equal(mask, torch.zeros(1, 64, 64))


def test_alpha_becomes_a_mask(tmp_path: Path) -> None:
    Pillow.new("RGBA", (6, 4), (10, 20, 30, 51)).save(tmp_path / "a.png")
    _, mask = read_image(tmp_path / "a.png")
    assert mask.shape == (1, 4, 6)
    assert torch.allclose(mask, torch.tensor(0.8))
    palette = Pillow.new("P", (3, 3), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 1), 1)
    palette.save(tmp_path / "p.png", transparency=1)
    image, mask = read_image(tmp_path / "p.png")
    assert mask[0].nonzero().tolist() == [[1, 1]]
    assert image[0, 0, 0].tolist() == [1.0, 0.0, 0.0]


def test_the_cameras_orientation_is_applied(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    picture = Pillow.new("RGB", (8, 4))
    picture.paste((255, 255, 255), (0, 0, 4, 4))
    picture.save(tmp_path / "a.png", exif=exif)
    image, _ = read_image(tmp_path / "a.png")
    assert image.shape == (1, 8, 4, 3)
    assert image[0, :4].min() == 1.0
    assert image[0, 4:].max() == 0.0


def test_frames_are_a_batch_and_other_sizes_are_skipped(tmp_path: Path) -> None:
    frames = [Pillow.new("RGB", (4, 4), (value, 0, 0)) for value in (0, 51, 255)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    image, mask = read_image(tmp_path / "a.webp")
    assert torch.allclose(image[:, 0, 0, 0], torch.tensor([0.0, 0.2, 1.0]))
    assert len(mask) == 3
    other = Pillow.new("RGB", (9, 9))
    frames[0].save(tmp_path / "b.tiff", save_all=True, append_images=[other, frames[2]])
    image, _ = read_image(tmp_path / "b.tiff")
    assert image.shape == (2, 4, 4, 3)


def test_sixteen_bits_are_scaled_by_255(tmp_path: Path) -> None:
    Pillow.fromarray(np.full((2, 2), 255 * 102, dtype=np.uint16)).save(tmp_path / "a.png")
    image, _ = read_image(tmp_path / "a.png")
    assert torch.allclose(image, torch.tensor(0.4), atol=1 / 255)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Pillow.new("1", (3000, 3000)).save(tmp_path / "a.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 1_000_000)
    with pytest.raises(ImageError, match=r"a\.png"):
        read_image(tmp_path / "a.png")
    monkeypatch.undo()
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 1_000_000)
    with pytest.raises(ImageError, match="too large"):
        read_image(tmp_path / "a.png")


def test_broken_files_are_named(tmp_path: Path) -> None:
    content = encode_png(torch.rand(64, 64, 3))
    (tmp_path / "cut.png").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.png").write_text("not a picture")
    for name in ("cut.png", "text.png"):
        with pytest.raises(ImageError, match=name):
            read_image(tmp_path / name)


def test_previews_fit_the_square() -> None:
    for height, width in ((8, 16), (128, 64), (1000, 1000), (1, 2000)):
        jpeg = preview_jpeg(torch.zeros(height, width, 3, dtype=torch.uint8))
        picture = Pillow.open(BytesIO(jpeg))
        assert picture.format == "JPEG"
        assert max(picture.size) == 512
        assert picture.size == (
            max(1, round(width * 512 / max(height, width))),
            max(1, round(height * 512 / max(height, width))),
        )


def test_latents_round_trip_and_old_ones_are_unscaled(tmp_path: Path) -> None:
    samples = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    path = tmp_path / "a.latent"
    path.write_bytes(encode_latent(samples.permute(0, 1, 3, 2), text={"prompt": "{}"}))
    assert set(load_file(path)) == {"latent_tensor", "latent_format_version_0"}
    assert torch.equal(read_latent(path), samples.permute(0, 1, 3, 2))
    save_file({"latent_tensor": samples}, tmp_path / "old.latent")
    assert torch.allclose(read_latent(tmp_path / "old.latent") * 0.18215, samples)


def test_files_that_are_no_latents(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(1)}, tmp_path / "other.latent")
    (tmp_path / "cut.latent").write_bytes(b"\x10\0\0")
    for name in ("other.latent", "cut.latent"):
        with pytest.raises(LatentFileError, match=name):
            read_latent(tmp_path / name)
