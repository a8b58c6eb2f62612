"""What the list of installed models says of each file."""

from pathlib import Path

import pytest
from models.weights_by_hand import CHECKPOINT, LORA, UNKNOWN, VAE, content, write

from nodegraph.models.inventory import Installed, State, installed
from nodegraph.models.partial import Note, Partial
from nodegraph.models.sizes import readable
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import replace_metadata


@pytest.fixture
def folders(tmp_path: Path) -> ModelFolders:
    extra = tmp_path / "extra.yaml"
    extra.write_text("other: {base_path: other, checkpoints: models}")
    return ModelFolders(tmp_path / "models", [extra], bundled=tmp_path / "bundled")


def listed(folders: ModelFolders, *kinds: str) -> dict[str, Installed]:
    return {file.name: file for file in installed(folders, kinds)}


def test_every_folder_is_listed_with_what_each_file_is(folders: ModelFolders, tmp_path: Path) -> None:
    write(tmp_path / "models" / "checkpoints" / "sd" / "one.safetensors")
    write(tmp_path / "other" / "models" / "two.safetensors", LORA)
    write(tmp_path / "bundled" / "checkpoints" / "three.safetensors", UNKNOWN)
    found = listed(folders, "checkpoints")
    assert list(found) == ["sd/one.safetensors", "two.safetensors", "three.safetensors"]
    one = found["sd/one.safetensors"]
    assert (one.what, one.precision, one.state) == ("a checkpoint of Stable Diffusion 1.x", "fp16", "ok")
    assert one.size == len(content(CHECKPOINT))
    assert found["two.safetensors"].path == str(tmp_path / "other" / "models" / "two.safetensors")
    assert (found["two.safetensors"].state, found["two.safetensors"].belongs) == ("misplaced", "loras")
    assert (found["three.safetensors"].state, found["three.safetensors"].belongs) == ("ok", "")


@pytest.mark.parametrize(
    ("name", "body", "state", "what"),
    [
        ("half.safetensors", content()[:-1], "broken", "truncated: its header announces"),
        ("page.safetensors", b"<!DOCTYPE html>", "broken", "a web page"),
        ("empty.safetensors", b"", "broken", "empty"),
        ("old.ckpt", b"PK\x03\x04", "pickle", "a pickle, which is not opened"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    folders: ModelFolders, name: str, body: bytes, state: State, what: str
) -> None:
    folder = folders.paths("checkpoints")[0]
    folder.mkdir(parents=True)
    (folder / name).write_bytes(body)
    found = listed(folders, "checkpoints")[name]
    assert found.state == state
    assert what in found.what
    assert str(folder) not in found.what


def test_a_checkpoint_is_no_stranger_among_autoencoders(folders: ModelFolders) -> None:
    write(folders.paths("vae")[0] / "checkpoint.safetensors")
    write(folders.paths("vae")[0] / "vae.safetensors", VAE)
    assert {file.state for file in installed(folders, ["vae"])} == {"ok"}


def test_a_configuration_is_no_file_of_weights(folders: ModelFolders) -> None:
    folders.paths("configs")[0].mkdir(parents=True)
    (folders.paths("configs")[0] / "v1.yaml").write_text("model:")
    assert listed(folders, "configs")["v1.yaml"].state == "other"


def test_what_has_not_wholly_arrived_is_listed_by_itself(folders: ModelFolders) -> None:
    part = Partial(folders.paths("checkpoints")[0], "https://h/x?token=1", "https://h/x")
    with part.held():
        part.path.write_bytes(bytes(1500))
        part.write_note(Note("https://h/x", name="x.safetensors", size=3_000_000))
    assert folders.list("checkpoints") == []
    found = listed(folders, "checkpoints")["x.safetensors"]
    assert (found.state, found.size) == ("unfinished", 1500)
    assert found.what.startswith("1.5 kB of 3 MB from https://h/x")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_700, "1 MB"),
        (4_265_146_304, "4.27 GB"),
        (31 * 10**12, "31 TB"),
    ],
)
def test_sizes_are_said_in_three_digits(size: int, words: str) -> None:
    assert readable(size) == words


def test_a_file_that_has_a_title_is_called_by_it(folders: ModelFolders, tmp_path: Path) -> None:
    path = write(tmp_path / "models" / "checkpoints" / "one.safetensors")
    path.write_bytes(replace_metadata(path.read_bytes(), {"modelspec.title": "my\x1b[31m model\n" + "x" * 999}))
    what = listed(folders, "checkpoints")["one.safetensors"].what
    assert what.startswith("a checkpoint of Stable Diffusion 1.x: my[31m model xxx")
    assert what.isprintable()
    assert len(what) < 110
