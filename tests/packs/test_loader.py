"""Packs are found, loaded by path, and fail one file at a time."""

import subprocess
import sys
from pathlib import Path

from nodegraph.packs.digest import digest_of_pack, digest_of_packs
from nodegraph.packs.loader import load_packs
from nodegraph.packs.locate import builtin_pack, node_files, packs_in

ONE = """
from nodegraph.packs.declare import node

@node("{class_id}", category="tests")
def {name}(*, value: int = 0) -> int:
    return value + 1
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_and_a_folder_are_packs(tmp_path: Path) -> None:
    single = write(tmp_path / "single.py", ONE.format(class_id="Single", name="single"))
    folder = tmp_path / "my-folder"
    write(folder / "a.py", "from ._shared import base\n" + ONE.format(class_id="FolderA", name="a"))
    write(folder / "_shared.py", "base = 1\n")
    loaded = load_packs([single, folder])
    assert loaded.failures == []
    assert loaded.nodes["Single"].call(None, {"value": 1}) == (2,)
    spec = loaded.nodes["FolderA"].spec
    assert (spec.pack, spec.module) == ("my-folder", "custom_nodes.my-folder")
    assert spec.source == digest_of_pack(folder)
    assert loaded.nodes["KSampler"].spec.module == "nodes"
    assert loaded.nodes["KSampler"].function.__module__ == "nodegraph_builtin.sampling"


def test_one_broken_file_costs_only_its_own_nodes(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write(pack / "broken.py", "import does_not_exist_anywhere\n")
    write(pack / "sound.py", ONE.format(class_id="Sound", name="sound"))
    loaded = load_packs([pack])
    assert "Sound" in loaded.nodes
    (failure,) = loaded.failures
    assert "broken.py" in failure.message
    assert "does_not_exist_anywhere" in failure.message
    assert any("broken.py" in line for line in failure.traceback)


def test_a_class_id_declared_twice_names_both_and_keeps_the_first(tmp_path: Path) -> None:
    one = write(tmp_path / "one.py", ONE.format(class_id="Same", name="first"))
    two = write(
        tmp_path / "two.py", ONE.format(class_id="Same", name="second") + ONE.format(class_id="Other", name="o")
    )
    builtin = write(tmp_path / "three.py", ONE.format(class_id="KSampler", name="mine"))
    loaded = load_packs([one, two, builtin])
    assert loaded.nodes["Same"].function.__qualname__ == "first"
    assert "Other" in loaded.nodes
    assert loaded.nodes["KSampler"].spec.pack == "nodegraph_builtin"
    same, sampler = loaded.failures
    assert "first" in same.message
    assert "second" in same.message
    assert "mine" in sampler.message


def test_two_packs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one = write(tmp_path / "a" / "pack.py", ONE.format(class_id="A", name="a"))
    two = write(tmp_path / "b" / "pack.py", ONE.format(class_id="B", name="b"))
    loaded = load_packs([one, two])
    assert "A" in loaded.nodes
    assert "B" not in loaded.nodes
    assert "Rename" in loaded.failures[0].message


def test_loading_again_sees_what_has_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "pack.py", ONE.format(class_id="Before", name="f"))
    assert "Before" in load_packs([path]).nodes
    write(path, ONE.format(class_id="AfterTheChange", name="f"))
    again = load_packs([path])
    assert "AfterTheChange" in again.nodes
    assert "Before" not in again.nodes


def test_packs_in_a_folder_leave_out_what_is_disabled(tmp_path: Path) -> None:
    for name in ("b.py", "a/nodes.py", "off.disabled/nodes.py", "__pycache__/x.py", ".hidden/x.py", "empty/readme.txt"):
        write(tmp_path / name, "")
    assert packs_in([tmp_path, tmp_path / "missing"]) == [tmp_path / "a", tmp_path / "b.py"]


def test_the_digest_follows_every_source_file(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    write(pack / "a.py", "x = 1\n")
    deep = write(pack / "deep" / "helper.py", "y = 1\n")
    before = digest_of_packs([pack])
    assert before == digest_of_packs([pack])
    write(deep, "y = 2\n")
    changed = digest_of_packs([pack])
    assert changed != before
    deep.rename(deep.with_name("renamed.py"))
    assert digest_of_packs([pack]) not in {before, changed}
    assert digest_of_packs([]) != before


def test_the_digest_needs_no_torch() -> None:
    code = "import sys; from nodegraph.packs import digest; digest.digest_of_packs(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_built_in_files_do_not_know_each_other() -> None:
    names = {path.stem for path in node_files(builtin_pack())}
    for path in node_files(builtin_pack()):
        text = path.read_text()
        assert "nodegraph_builtin" not in text
        assert "from ." not in text
        assert not any(f"import {name}\n" in text for name in names)
