"""From what the user names to a file in its folder: what it is decides, and nothing is ever replaced."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session
from models.file_server import FileServer, Served, serving
from models.weights_by_hand import LORA, UNKNOWN, VAE, content, write

from nodegraph.models.add import Added, Wishes, add
from nodegraph.models.errors import (
    ModelError,
    OccupiedNameError,
    RefusedFileError,
    TransferError,
    UnknownModelError,
    WrongContentError,
)
from nodegraph.models.target import HubFile, LocalFile, WebFile, parse_target
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.known import KNOWN, command_for

BODY = content()
SHA256 = hashlib.sha256(BODY).hexdigest()
COMMIT = "c" * 40


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def hub(server: FileServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """The few routes of Hugging Face that matter, for a mirror on this computer."""
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    yield server
    close_session()


def offer(hub: FileServer, repository: str, file: str, body: bytes, token: str = "", sha256: str = "") -> None:
    """Have the mirror offer a file, as Hugging Face does: what is told of it, and the bytes of one version of it."""
    told = {
        "X-Repo-Commit": COMMIT,
        "X-Linked-Etag": f'"{sha256 or hashlib.sha256(body).hexdigest()}"',
        "X-Linked-Size": str(len(body)),
    }
    for revision in ("main", COMMIT):
        hub.files[f"/{repository}/resolve/{revision}/{file}"] = Served(body, headers=told, token=token)


@pytest.fixture
def folders(tmp_path: Path) -> ModelFolders:
    return ModelFolders(tmp_path / "models")


def bring(target: str | Path, folders: ModelFolders, **wishes: object) -> Added:
    said: list[str] = []
    return add(
        parse_target(str(target)),
        folders,
        Wishes(**wishes),  # type: ignore[arg-type]
        show=lambda done, total: None,
        say=said.append,
    )


# ---- what is meant ----


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SD-1.5", HubFile(KNOWN[0].repository, KNOWN[0].file, known=KNOWN[0])),
        ("owner/repo", HubFile("owner/repo")),
        ("owner/repo@v2/sub/x.safetensors", HubFile("owner/repo", "sub/x.safetensors", "v2")),
        ("hf://owner/repo/x.safetensors", HubFile("owner/repo", "x.safetensors")),
        ("https://huggingface.co/o/r", HubFile("o/r")),
        ("https://huggingface.co/o/r/blob/main/a%20b.safetensors", HubFile("o/r", "a b.safetensors")),
        ("https://hf.co/o/r/resolve/v1/x.safetensors?download=true", HubFile("o/r", "x.safetensors", "v1")),
        ("https://example.com/x?token=1", WebFile("https://example.com/x?token=1")),
        (os.fspath(Path(__file__)), LocalFile(Path(__file__))),
    ],
)
def test_a_target_is_read(text: str, meant: object) -> None:
    assert parse_target(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sd-1.4", "Did you mean sd-1.5"),
        ("./none.safetensors", "There is no file .*none.safetensors"),
        ("C:\\none.safetensors", "There is no file"),
        ("ftp://example.com/x", "starts with https:// or hf://"),
        ("https://huggingface.co/settings", "is no file of Hugging Face"),
        ("owner/../x", "is no file of Hugging Face"),
        ("https:///x", "names no server"),
    ],
)
def test_a_target_that_means_nothing_is_told(text: str, said: str) -> None:
    with pytest.raises(UnknownModelError, match=said):
        parse_target(text)


# ---- from any server ----


def test_what_a_file_is_decides_its_folder(server: FileServer, folders: ModelFolders) -> None:
    server.files["/x"] = Served(content(LORA))
    added = bring(f"{server.url}/x", folders, kind="vae")
    assert (added.kind, added.name, added.new) == ("loras", "x.safetensors", True)
    assert folders.list("loras") == ["x.safetensors"]
    assert folders.list("vae") == []
    assert not list(added.path.parents[1].rglob(".downloads/*"))


@pytest.mark.parametrize(
    ("proposed", "kept"),
    [
        ('attachment; filename="good name (v1).safetensors"', "good name (v1).safetensors"),
        ('attachment; filename="../../../etc/passwd"', "passwd.safetensors"),
        ('attachment; filename="C:\\\\a\\\\b:c?.safetensors"', "b_c_.safetensors"),
        ("attachment; filename*=UTF-8''n%C3%A4h.safetensors", "näh.safetensors"),
        ('attachment; filename="...hidden"', "hidden.safetensors"),
        ("", "123.safetensors"),
    ],
)
def test_a_name_that_a_server_proposes_stays_in_the_folder(
    server: FileServer, folders: ModelFolders, proposed: str, kept: str
) -> None:
    headers = {"Content-Disposition": proposed} if proposed else {}
    server.files["/download/123"] = Served(
        BODY, headers={key: value.encode().decode("latin-1") for key, value in headers.items()}
    )
    assert bring(f"{server.url}/download/123?type=Model&token=secret", folders).name == kept
    assert folders.list("checkpoints") == [kept]


def test_a_detour_to_another_address_is_followed(server: FileServer, folders: ModelFolders) -> None:
    server.files["/api/download/1"] = Served(
        status=307, headers={"Location": f"{server.url}/bucket/deep.safetensors?sig=1"}
    )
    server.files["/bucket/deep.safetensors"] = Served(BODY)
    assert bring(f"{server.url}/api/download/1", folders).name == "deep.safetensors"


def test_a_name_may_be_wished_with_a_folder(server: FileServer, folders: ModelFolders) -> None:
    server.files["/x"] = Served(BODY)
    assert bring(f"{server.url}/x", folders, name="sd/one.safetensors").name == "sd/one.safetensors"
    assert folders.list("checkpoints") == ["sd/one.safetensors"]


@pytest.mark.parametrize(
    "name", ["../x.safetensors", "/x.safetensors", "x.txt", "x", "con.safetensors", ".x.safetensors"]
)
def test_a_wished_name_that_leads_elsewhere_is_refused(server: FileServer, folders: ModelFolders, name: str) -> None:
    with pytest.raises(ModelError, match="--name"):
        bring(f"{server.url}/x", folders, name=name)
    assert server.requests == []


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/x.ckpt", b"", "Python pickle"),
        ("/x", b"PK\x03\x04" + bytes(range(100)), "Python pickle"),
        ("/x", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." * 9, "Python pickle"),
        ("/x", b"<!DOCTYPE html><title>Log in</title>", "a web page"),
        ("/x", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("/x", b"nothing that anybody knows of", "is not a safetensors file"),
        ("/x", BODY[:-1], "truncated"),
        ("/x", b"short", "truncated"),
    ],
)
def test_only_safetensors_are_taken(
    server: FileServer, folders: ModelFolders, path: str, body: bytes, said: str
) -> None:
    server.files[path] = Served(body)
    with pytest.raises(RefusedFileError, match=said) as refusal:
        bring(f"{server.url}{path}", folders)
    assert str(refusal.value).startswith(f"{server.url}{path} ")
    assert not [path for path in folders.paths("checkpoints")[0].parent.rglob("*") if path.is_file()]


def test_a_file_that_tells_nothing_is_kept_until_the_user_says(server: FileServer, folders: ModelFolders) -> None:
    server.files["/x"] = Served(content(UNKNOWN))
    with pytest.raises(UnknownModelError, match="Say with --kind"):
        bring(f"{server.url}/x", folders)
    asked = len(server.requests)
    server.files["/x"].cut_after = 0
    assert bring(f"{server.url}/x", folders, kind="checkpoints").kind == "checkpoints"
    assert len(server.requests) == asked


def test_a_file_that_is_there_is_not_replaced(server: FileServer, folders: ModelFolders) -> None:
    there = write(folders.paths("checkpoints")[0] / "x.safetensors", fill=1)
    server.files["/x"] = Served(BODY)
    with pytest.raises(OccupiedNameError, match="--name"):
        bring(f"{server.url}/x", folders)
    with pytest.raises(OccupiedNameError, match="--name"):
        bring(f"{server.url}/x", folders, name="x.safetensors", sha256=SHA256)
    assert there.read_bytes() == content(fill=1)
    there.write_bytes(BODY)
    assert not bring(f"{server.url}/x", folders).new


def test_an_address_in_the_open_needs_a_digest(folders: ModelFolders) -> None:
    with pytest.raises(ModelError, match="--sha256"):
        bring("http://example.com/x.safetensors", folders)


def test_nothing_secret_is_shown_or_kept(server: FileServer, folders: ModelFolders) -> None:
    server.files["/x"] = Served(BODY, cut_after=100, ranges=False)
    server.files["/x"].status = 500
    url = f"{server.url.replace('//', '//user:password@')}/x?token=secret"
    with pytest.raises(TransferError) as failure:
        bring(url, folders)
    assert "secret" not in str(failure.value)
    assert "password" not in str(failure.value)


def test_a_kind_that_does_not_exist_is_told_first(folders: ModelFolders) -> None:
    with pytest.raises(UnknownModelError, match=r"no kind of model 'lora'; there are: .*loras"):
        bring("sd-1.5", folders, kind="lora")


# ---- from Hugging Face ----


def test_a_file_of_hugging_face_is_checked_against_its_digest(hub: FileServer, folders: ModelFolders) -> None:
    offer(hub, "o/r", "sub/x.safetensors", BODY, token="hf_secret")
    added = bring("o/r/sub/x.safetensors", folders)
    assert (added.kind, added.name, added.path.read_bytes()) == ("checkpoints", "x.safetensors", BODY)
    assert [path for method, path, _ in hub.requests if method == "GET"] == [f"/o/r/resolve/{COMMIT}/sub/x.safetensors"]
    assert not bring("o/r/sub/x.safetensors", folders).new
    assert len(hub.asked("Range")) == 1


def test_another_content_than_hugging_face_tells_of_is_refused(hub: FileServer, folders: ModelFolders) -> None:
    offer(hub, "o/r", "x.safetensors", BODY, sha256="0" * 64)
    with pytest.raises(WrongContentError, match="thrown away"):
        bring("o/r/x.safetensors", folders)
    with pytest.raises(WrongContentError, match="Nothing was fetched"):
        bring("o/r/x.safetensors", folders, sha256=SHA256)
    assert folders.list("checkpoints") == []


def test_a_well_known_name_is_fetched_only_as_what_it_is_known_for(hub: FileServer, folders: ModelFolders) -> None:
    model = KNOWN[0]
    offer(hub, model.repository, model.file, BODY)
    with pytest.raises(WrongContentError, match=model.sha256):
        bring(model.name, folders)
    unpinned = next(model for model in KNOWN if not model.sha256)
    offer(hub, unpinned.repository, unpinned.file, content(VAE))
    added = bring(unpinned.name, folders)
    assert (added.kind, added.name) == (unpinned.kind, unpinned.file)


def test_a_name_that_tells_nothing_becomes_that_of_the_repository(hub: FileServer, folders: ModelFolders) -> None:
    offer(hub, "o/tiny-vae", "vae/diffusion_pytorch_model.safetensors", content(VAE))
    assert bring("o/tiny-vae/vae/diffusion_pytorch_model.safetensors", folders).name == "tiny-vae.safetensors"


def repository(hub: FileServer, name: str, **sizes: int) -> None:
    files = [{"rfilename": file.replace("__", "/"), "size": size} for file, size in sizes.items()]
    hub.files[f"/api/models/{name}/revision/main"] = Served(
        json.dumps({"id": name, "siblings": files}).encode(), headers={"Content-Type": "application/json"}
    )


def test_a_repository_with_one_file_needs_no_more_words(hub: FileServer, folders: ModelFolders) -> None:
    repository(hub, "o/r", **{"x.safetensors": 1, "unet__part.safetensors": 2, "x.ckpt": 3})
    offer(hub, "o/r", "x.safetensors", BODY)
    assert bring("https://huggingface.co/o/r", folders).name == "x.safetensors"


def test_a_repository_with_several_files_is_listed(hub: FileServer, folders: ModelFolders) -> None:
    repository(hub, "o/r", **{"x.safetensors": 10**9, "y.safetensors": 2})
    with pytest.raises(UnknownModelError, match=r"Choose one:\n  nodegraph models add o/r/x.safetensors \(1 GB\)\n.*y"):
        bring("o/r", folders)
    repository(hub, "o/r", **{"x.ckpt": 3})
    with pytest.raises(UnknownModelError, match=r"has no \.safetensors file"):
        bring("o/r", folders)


@pytest.mark.parametrize(
    ("status", "code", "error", "said"),
    [
        (403, "GatedRepo", TransferError, "accept them, make a token .* HF_TOKEN=THE_TOKEN"),
        (401, "GatedRepo", TransferError, "accepted its terms"),
        (401, "RepoNotFound", UnknownModelError, "no repository o/r that everybody may read"),
        (404, "RevisionNotFound", UnknownModelError, "no revision 'main'"),
        (404, "EntryNotFound", UnknownModelError, "has no file 'x.safetensors'.* nodegraph models add o/r"),
        (429, "", TransferError, "asked too often"),
        (503, "", TransferError, "Try again later"),
    ],
)
def test_every_refusal_of_hugging_face_says_what_to_do(
    hub: FileServer, folders: ModelFolders, status: int, code: str, error: type[ModelError], said: str
) -> None:
    headers = {"X-Error-Code": code} if code else {}
    hub.files["/o/r/resolve/main/x.safetensors"] = Served(status=status, headers=headers)
    with pytest.raises(error, match=said):
        bring("o/r/x.safetensors", folders)


def test_what_answers_in_place_of_hugging_face_is_found_out(hub: FileServer, folders: ModelFolders) -> None:
    hub.files["/o/r/resolve/main/x.safetensors"] = Served(b"<html>Welcome to the hotel</html>")
    with pytest.raises(RefusedFileError, match="a web page"):
        bring("o/r/x.safetensors", folders)


# ---- from this computer ----


def test_a_file_of_this_computer_is_copied_or_linked(folders: ModelFolders, tmp_path: Path) -> None:
    source = write(tmp_path / "mine.safetensors", VAE)
    copied = bring(source, folders)
    assert (copied.kind, copied.name, copied.new) == ("vae", "mine.safetensors", True)
    assert copied.path.read_bytes() == source.read_bytes()
    assert not copied.path.is_symlink()
    assert not bring(source, folders).new
    assert not bring(copied.path, folders).new
    linked = bring(source, folders, name="link.safetensors", link=True)
    assert linked.path.resolve() == source
    assert folders.list("vae") == ["link.safetensors", "mine.safetensors"]


def test_a_copy_replaces_nothing(folders: ModelFolders, tmp_path: Path) -> None:
    there = write(folders.paths("vae")[0] / "mine.safetensors", VAE, fill=1)
    source = write(tmp_path / "mine.safetensors", VAE)
    for link in (False, True):
        with pytest.raises(OccupiedNameError):
            bring(source, folders, link=link)
    assert there.read_bytes() == content(VAE, fill=1)


def test_a_file_of_this_computer_is_looked_at_first(folders: ModelFolders, tmp_path: Path) -> None:
    (tmp_path / "old.ckpt").write_bytes(b"PK\x03\x04" + bytes(range(90)))
    with pytest.raises(RefusedFileError, match=r"old\.ckpt is a Python pickle"):
        bring(tmp_path / "old.ckpt", folders)
    with pytest.raises(UnknownModelError, match="is a folder"):
        bring(tmp_path, folders)
    with pytest.raises(WrongContentError, match="Nothing was copied"):
        bring(write(tmp_path / "x.safetensors"), folders, sha256="0" * 64)
    with pytest.raises(ModelError, match="--link is for a file"):
        bring("sd-1.5", folders, link=True)


# ---- the command that brings what is missing ----


def test_a_missing_file_is_answered_with_the_command_that_brings_it(folders: ModelFolders) -> None:
    assert command_for("checkpoints", KNOWN[0].file) == "nodegraph models add sd-1.5"
    assert (
        command_for("checkpoints", f"sd\\{KNOWN[0].file}") == f"nodegraph models add sd-1.5 --name sd/{KNOWN[0].file}"
    )
    assert command_for("checkpoints", f"a & b/{KNOWN[0].file}") == "nodegraph models add sd-1.5"
    assert command_for("loras", "x.safetensors; rm y") == command_for("loras", "x.safetensors")
    assert command_for("loras", "x.safetensors") == "nodegraph models add URL_OR_PATH --kind loras"
    with pytest.raises(ValueError, match=r"bring it with nodegraph models add sd-1\.5 or put it in"):
        folders.find("checkpoints", KNOWN[0].file)
