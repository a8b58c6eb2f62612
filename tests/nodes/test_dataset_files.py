"""Data sets in folders: what is saved is loaded, and nothing leads out of the folders of whoever runs it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from nodegraph.errors import MissingFileError, UnsafePathError, UserError
from nodegraph.graph.spec import FileList
from nodegraph.media.folders import DataFolders
from nodegraph.media.images import encode_png
from nodegraph.media.owners import OwnerFolders
from nodegraph.packs.choices import FileChoices
from nodegraph.packs.context import Context
from nodegraph.weights.folders import ModelFolders

Nodes = Mapping[str, Callable[..., Any]]

LISTING = FileList("input", folders=True)


def flat(value: int, side: int = 4) -> Tensor:
    return torch.full((1, side, side, 3), (value + 0.5) / 255)


def put(folder: Path, **files: int | str) -> None:
    """Pictures of one value, and texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, int):
            (folder / f"{name}.png").write_bytes(encode_png(flat(content)[0]))
        else:
            (folder / f"{name}.txt").write_text(content, encoding="utf-8")


def values(images: list[Tensor]) -> list[int]:
    return [round(float(image.mean()) * 255) for image in images]


@pytest.mark.parametrize("mode", ["overwrite", "increment"])
def test_what_was_saved_is_loaded(nodes: Nodes, ctx: Context, mode: str) -> None:
    images = [torch.cat([flat(1), flat(2)]), flat(3, side=6)]
    saved = nodes["SaveImageTextDataSetToFolder"](
        ctx, images=images, folder_name=["my/set"], filename_prefix=["p"], mode=[mode], texts=["a", "ü\nb", ""]
    )
    assert [(file["subfolder"], file["filename"]) for file in saved.ui["images"]] == [
        ("my/set", f"p_0000{number}_.png") for number in (1, 2, 3)
    ]
    loaded, texts = nodes["LoadImageTextDataSetFromFolder"](ctx, folder="my/set [output]")
    assert (values(loaded), texts) == ([1, 2, 3], ["a", "ü\nb", ""])
    assert loaded[2].shape == (1, 6, 6, 3)
    assert values(nodes["LoadImageDataSetFromFolder"](ctx, folder="my/set [output]")) == [1, 2, 3]


def test_a_second_set_replaces_the_first_or_goes_on_after_it(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    save = nodes["SaveImageDataSetToFolder"]
    given = {"folder_name": ["set"], "filename_prefix": ["p"]}
    save(ctx, images=[flat(1), flat(2)], **given, mode=["overwrite"])
    save(ctx, images=[flat(3)], **given, mode=["increment"])
    assert values(nodes["LoadImageDataSetFromFolder"](ctx, folder="set [output]")) == [1, 2, 3]
    save(ctx, images=[flat(9)], **given, mode=["overwrite"])
    assert values(nodes["LoadImageDataSetFromFolder"](ctx, folder="set [output]")) == [9, 2, 3]
    assert sorted(path.name for path in (folders.output / "set").iterdir()) == [
        f"p_0000{number}_.png" for number in (1, 2, 3)
    ], "and nothing else is left there"


@pytest.mark.parametrize("class_id", ["SaveImageDataSetToFolder", "SaveImageTextDataSetToFolder"])
def test_no_text_of_a_former_picture_is_left_beside_a_new_one(
    nodes: Nodes, ctx: Context, folders: DataFolders, class_id: str
) -> None:
    given = {"folder_name": ["set"], "filename_prefix": ["p"], "mode": ["overwrite"]}
    nodes["SaveImageTextDataSetToFolder"](ctx, images=[flat(1), flat(2)], **given, texts=["one", "two"])
    nodes[class_id](ctx, images=[flat(9)], **given)
    loaded, texts = nodes["LoadImageTextDataSetFromFolder"](ctx, folder="set [output]")
    assert (values(loaded), texts) == ([9, 2], ["", "two"])


@pytest.mark.parametrize("mode", ["overwrite", "increment"])
def test_names_are_read_alike_in_both_modes(nodes: Nodes, ctx: Context, folders: DataFolders, mode: str) -> None:
    def saved(folder: str, prefix: str) -> list[str]:
        nodes["SaveImageTextDataSetToFolder"](
            ctx,
            images=[flat(1), flat(2)],
            folder_name=[folder],
            filename_prefix=[prefix],
            mode=[mode],
            texts=["a", "b"],
        )
        there = sorted(path for path in folders.output.rglob("*") if path.is_file())
        for path in there:
            path.unlink()
        return [path.relative_to(folders.output).as_posix() for path in there if path.suffix == ".png"]

    assert saved("", "p") == ["p_00001_.png", "p_00002_.png"]
    assert saved("w%width%", "%batch_num%") == ["w0/0_00001_.png", "w0/1_00002_.png"]
    assert saved("a\\b", "c/d") == ["a/b/c/d_00001_.png", "a/b/c/d_00002_.png"]


@pytest.mark.parametrize("name", ["folder_name", "filename_prefix", "mode"])
def test_an_empty_list_in_place_of_a_value_is_named(nodes: Nodes, ctx: Context, name: str) -> None:
    given = {"folder_name": ["set"], "filename_prefix": ["p"], "mode": ["overwrite"], name: []}
    with pytest.raises(UserError, match=f"{name} is an empty list"):
        nodes["SaveImageDataSetToFolder"](ctx, images=[flat(1)], **given)


def test_pictures_are_loaded_by_name_with_the_texts_beside_them(
    nodes: Nodes, ctx: Context, folders: DataFolders
) -> None:
    put(folders.input / "set", b=2, a=1, c=3)
    put(folders.input / "set", a=" of a \n", orphan="of none")
    put(folders.input / "set" / "deeper", d=4)
    (folders.input / "set" / ".hidden.png").write_bytes(b"")
    loaded, texts = nodes["LoadImageTextDataSetFromFolder"](ctx, folder="set")
    assert (values(loaded), texts) == ([1, 2, 3], ["of a", "", ""])


def test_what_is_no_data_set(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    put(folders.input / "texts", a="a")
    with pytest.raises(UserError, match="folder 'texts' has no pictures"):
        nodes["LoadImageDataSetFromFolder"](ctx, folder="texts")
    with pytest.raises(MissingFileError, match=r"no folder 'gone'.*Folders there: texts"):
        nodes["LoadImageDataSetFromFolder"](ctx, folder="gone")
    with pytest.raises(UserError, match="images has 2 pictures and texts 1"):
        nodes["SaveImageTextDataSetToFolder"](
            ctx, images=[flat(1), flat(2)], folder_name=["a"], filename_prefix=["p"], mode=["overwrite"], texts=["a"]
        )
    assert not (folders.output / "a").exists(), "before anything is written"
    put(folders.input / "long", a=1)
    (folders.input / "long" / "a.txt").write_bytes(b"a" * 1_100_000)
    with pytest.raises(UserError, match=r"a\.txt in long has more than"):
        nodes["LoadImageTextDataSetFromFolder"](ctx, folder="long")


# ---- nothing leads out ----


@pytest.mark.parametrize("name", ["..", "../output", "/etc", "set/../../user", "C:a", "", ".", "set\0"])
def test_no_name_leads_out_of_the_input_folder(nodes: Nodes, ctx: Context, folders: DataFolders, name: str) -> None:
    put(folders.input / "set", a=1)
    put(folders.user, a=1)
    put(folders.output, a=1)
    for class_id in ("LoadImageDataSetFromFolder", "LoadImageTextDataSetFromFolder"):
        with pytest.raises((UnsafePathError, MissingFileError)):
            nodes[class_id](ctx, folder=name)
    assert not FileChoices(ModelFolders("nowhere", ()), folders).has(LISTING, name)


@pytest.mark.parametrize("mode", ["overwrite", "increment"])
@pytest.mark.parametrize(
    ("folder", "prefix"), [("..", "a"), ("../input", "a"), ("/tmp", "a"), ("set", "../../a"), ("set", "\0")]
)
def test_nothing_is_saved_out_of_the_output_folder(
    nodes: Nodes, ctx: Context, tmp_path: Path, mode: str, folder: str, prefix: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    for class_id in ("SaveImageDataSetToFolder", "SaveImageTextDataSetToFolder"):
        with pytest.raises(UnsafePathError):
            nodes[class_id](ctx, images=[flat(1)], folder_name=[folder], filename_prefix=[prefix], mode=[mode])
    assert sorted(tmp_path.rglob("*")) == before


def test_links_that_lead_out_are_neither_listed_nor_followed(
    nodes: Nodes, ctx: Context, folders: DataFolders, tmp_path: Path
) -> None:
    put(tmp_path / "secret", a=7, b="secret")
    put(folders.input / "set", b=1, c=2)
    (folders.input / "linked").symlink_to(tmp_path / "secret", target_is_directory=True)
    (folders.input / "set" / "a.png").symlink_to(tmp_path / "secret" / "a.png")
    (folders.input / "set" / "b.txt").symlink_to(tmp_path / "secret" / "b.txt")
    (folders.input / "alias").symlink_to(folders.input / "set", target_is_directory=True)
    choices = FileChoices(ModelFolders("nowhere", ()), folders)
    assert choices.names(LISTING) == ["alias", "set"], "a link within the folder is one of its folders"
    assert not choices.has(LISTING, "linked")
    loaded, texts = nodes["LoadImageTextDataSetFromFolder"](ctx, folder="set")
    assert (values(loaded), texts) == ([1, 2], ["", ""])
    with pytest.raises(UnsafePathError):
        nodes["LoadImageDataSetFromFolder"](ctx, folder="linked")
    folders.output.mkdir()
    (folders.output / "linked").symlink_to(tmp_path / "secret", target_is_directory=True)
    for mode in ("overwrite", "increment"):
        with pytest.raises(UnsafePathError):
            nodes["SaveImageDataSetToFolder"](
                ctx, images=[flat(1)], folder_name=["linked"], filename_prefix=["a"], mode=[mode]
            )
    assert sorted(path.name for path in (tmp_path / "secret").iterdir()) == ["a.png", "b.txt"]


def test_everybody_has_data_sets_of_their_own(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    owners = OwnerFolders(folders)
    one, other = owners.of("0" * 12), owners.of("1" * 12)
    put(one.input / "set", a=1)
    assert FileChoices(ModelFolders("nowhere", ()), one).names(LISTING) == ["set"]
    assert FileChoices(ModelFolders("nowhere", ()), other).names(LISTING) == []
    with pytest.raises(MissingFileError):
        nodes["LoadImageDataSetFromFolder"](replace(ctx, files=other), folder="set")
    with pytest.raises(MissingFileError):
        nodes["LoadImageDataSetFromFolder"](ctx, folder="set")
    nodes["SaveImageDataSetToFolder"](
        replace(ctx, files=other), images=[flat(2)], folder_name=["set"], filename_prefix=["p"], mode=["overwrite"]
    )
    assert (other.output / "set" / "p_00001_.png").is_file()
    assert not (folders.output / "set").exists()
