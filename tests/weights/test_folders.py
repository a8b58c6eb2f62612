import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.weights.folders import ModelFolders, ModelPathsError


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_lists_files_of_a_kind_recursively_and_sorted(models: Path) -> None:
    names = ["b.safetensors", "a.ckpt", "sub/deep/c.SAFETENSORS", "notes.txt", ".git/d.safetensors"]
    touch(*(models / "checkpoints" / name for name in names))
    assert ModelFolders(models).list("checkpoints") == ["a.ckpt", "b.safetensors", "sub/deep/c.SAFETENSORS"]


def test_names_that_are_no_text_are_left_out(models: Path) -> None:
    touch(models / "vae" / "a.safetensors", models / "vae" / os.fsdecode(b"b\xff.safetensors"))
    assert ModelFolders(models).list("vae") == ["a.safetensors"]


def test_kinds_have_the_fields_folders_and_aliases(models: Path) -> None:
    touch(models / "clip" / "a.safetensors", models / "text_encoders" / "b.safetensors", models / "unet" / "c.sft")
    folders = ModelFolders(models)
    assert folders.list("clip") == folders.list("text_encoders") == ["a.safetensors", "b.safetensors"]
    assert folders.list("unet") == folders.list("diffusion_models") == ["c.sft"]
    assert folders.paths("controlnet") == [models / "controlnet", models / "t2i_adapter"]
    assert {"checkpoints", "loras", "vae", "embeddings", "upscale_models"} <= set(folders.keys())
    assert not {"clip", "unet"} & set(folders.keys())


def test_new_deleted_and_moved_files_are_seen(models: Path) -> None:
    folders = ModelFolders(models)
    assert folders.list("loras") == []
    touch(models / "loras" / "sub" / "a.safetensors")
    assert folders.list("loras") == ["sub/a.safetensors"]
    time.sleep(0.02)
    touch(models / "loras" / "sub" / "b.safetensors")
    assert folders.list("loras") == ["sub/a.safetensors", "sub/b.safetensors"]
    time.sleep(0.02)
    (models / "loras" / "sub" / "a.safetensors").unlink()
    assert folders.list("loras") == ["sub/b.safetensors"]


def test_links_are_followed_even_in_circles(models: Path, tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere" / "a.safetensors")
    (models / "loras").mkdir(parents=True)
    (models / "loras" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(models / "loras")
    folders = ModelFolders(models)
    assert folders.list("loras") == ["link/a.safetensors"]
    assert folders.find("loras", "link/a.safetensors").is_file()


def test_find_prefers_the_first_folder(models: Path) -> None:
    touch(models / "clip" / "a.safetensors", models / "text_encoders" / "a.safetensors")
    assert ModelFolders(models).find("clip", "a.safetensors") == models / "text_encoders" / "a.safetensors"


def test_a_missing_file_names_its_folder_and_what_is_there(models: Path) -> None:
    touch(models / "vae" / "good.safetensors")
    with pytest.raises(MissingFileError) as caught:
        ModelFolders(models).find("vae", "bad.safetensors")
    assert "'bad.safetensors'" in str(caught.value)
    assert str(models / "vae") in str(caught.value)
    assert "good.safetensors" in str(caught.value)
    with pytest.raises(MissingFileError, match="no models yet"):
        ModelFolders(models).find("loras", "bad.safetensors")
    with pytest.raises(MissingFileError, match="no kind of model 'tires'"):
        ModelFolders(models).find("tires", "bad.safetensors")


@pytest.mark.parametrize("name", ["../secret", "a/../../secret", "/etc/passwd", "", "a\0b", "..\\secret"])
def test_names_cannot_leave_the_folders(models: Path, name: str) -> None:
    touch(models / "secret", models / "checkpoints" / "a" / "b")
    with pytest.raises(UnsafePathError):
        ModelFolders(models).find("checkpoints", name)


def test_extra_model_paths(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARED_MODELS", str(tmp_path / "shared"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    config = tmp_path / "conf" / "extra_model_paths.yaml"
    config.parent.mkdir()
    config.write_text(
        """
first:
    base_path: $SHARED_MODELS
    checkpoints: models/Stable-diffusion
    loras: |
        models/Lora
        models/LyCORIS
    clip: clip
second:
    is_default: true
    base_path: ~/models
    vae: |
        one
        two
third:
    tires: relative
empty:
"""
    )
    folders = ModelFolders(models, [config])
    shared, home = tmp_path / "shared", tmp_path / "home"
    assert folders.paths("checkpoints") == [models / "checkpoints", shared / "models" / "Stable-diffusion"]
    assert folders.paths("loras") == [models / "loras", shared / "models/Lora", shared / "models/LyCORIS"]
    assert folders.paths("text_encoders")[-1] == shared / "clip"
    assert folders.paths("vae") == [home / "models/one", home / "models/two", models / "vae"]
    assert folders.paths("tires") == [tmp_path / "conf" / "relative"]
    touch(shared / "clip" / "a.safetensors")
    assert folders.find("clip", "a.safetensors") == shared / "clip" / "a.safetensors"


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: [", "as YAML"), ("- a", "named sections"), ("a: b", "section 'a'"), ("a:\n  vae: [x]", r"a\.vae must be")],
)
def test_an_unusable_configuration_says_where(models: Path, tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "extra.yaml"
    config.write_text(text)
    with pytest.raises(ModelPathsError, match=words):
        ModelFolders(models, [config])
    with pytest.raises(MissingFileError, match="extra model paths"):
        ModelFolders(models, [tmp_path / "gone.yaml"])


def test_folders_import_no_torch() -> None:
    code = "import sys, nodegraph.weights.folders, nodegraph.weights.handles; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bundled_models_come_last_and_the_users_file_of_the_same_name_wins(models: Path, tmp_path: Path) -> None:
    bundled, extra, config = tmp_path / "package", tmp_path / "extra", tmp_path / "extra.yaml"
    config.write_text(f"more:\n    base_path: {extra}\n    checkpoints: sd\n")
    touch(bundled / "checkpoints" / "starter.safetensors", bundled / "text_encoders" / "a.safetensors")
    folders = ModelFolders(models, [config], bundled=bundled)
    assert folders.list("checkpoints") == ["starter.safetensors"]
    assert folders.list("clip") == ["a.safetensors"]
    assert folders.find("checkpoints", "starter.safetensors") == bundled / "checkpoints" / "starter.safetensors"
    touch(extra / "sd" / "zeta.safetensors")
    assert folders.list("checkpoints") == ["zeta.safetensors", "starter.safetensors"]
    touch(extra / "sd" / "starter.safetensors")
    assert folders.find("checkpoints", "starter.safetensors") == extra / "sd" / "starter.safetensors"
    assert folders.list("checkpoints") == ["starter.safetensors", "zeta.safetensors"]


def test_nothing_of_the_users_belongs_among_bundled_models(models: Path, tmp_path: Path) -> None:
    bundled = tmp_path / "package"
    touch(bundled / "checkpoints" / "starter.safetensors")
    folders = ModelFolders(models, bundled=bundled)
    assert folders.paths("checkpoints") == [models / "checkpoints"]
    assert folders.pack_folders == [tmp_path / "custom_nodes"]
    with pytest.raises(MissingFileError, match=r"there are: starter\.safetensors") as caught:
        folders.find("checkpoints", "mine.safetensors")
    assert str(bundled) not in str(caught.value)


def test_bundled_models_need_not_be_there(models: Path, tmp_path: Path) -> None:
    folders = ModelFolders(models, bundled=tmp_path / "package")
    assert folders.list("checkpoints") == []
    with pytest.raises(MissingFileError, match="no models yet"):
        folders.find("checkpoints", "starter.safetensors")
