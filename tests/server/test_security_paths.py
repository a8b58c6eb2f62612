"""No name that reaches the server, by whatever door, reads or writes outside the folder it is meant for.

All of it is tried twice: by the server's own person, and by somebody with an access token, whose folders are others.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
import pytest
from live_server import LiveServer
from PIL import Image
from yarl import URL

from nodegraph.access.identity import Scope
from nodegraph.access.rates import Rates
from nodegraph.access.tokens import TokenBook
from nodegraph.media.folders import DataFolders
from nodegraph.media.owners import OwnerFolders
from nodegraph.server.gatekeeper import GATEKEEPER
from nodegraph.settings import Settings

SECRET = b"the secret"
OTHER = "bbbbbbbbbbbb"
"""Somebody whose files nobody here may see."""

NAMES = [
    "../user/secret.txt",
    "../../user/secret.txt",
    "..\\user\\secret.txt",
    "a/../../user/secret.txt",
    "./../user/secret.txt",
    "..",
    "a/..",
    ".. /user/secret.txt",
    "..././user/secret.txt",
    "HOME/user/secret.txt",
    "HOME/user/secret.txt [input]",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\secret.txt",
    "c:secret.txt",
    "\\\\127.0.0.1\\share\\a.png",
    "//127.0.0.1/share/a.png",
    "\\\\?\\C:\\secret.txt",
    f"../../{OTHER}/input/secret.txt",
    f"../user/owners/{OTHER}/input/secret.txt",
    f"owners/{OTHER}/input/secret.txt",
    "../../../../input/secret.txt",
    "link/secret.txt",
    "link\\secret.txt",
    "link.png",
    "link.safetensors",
    "loop/a.png",
    "%2e%2e/user/secret.txt",
    "%252e%252e%252fuser%252fsecret.txt",
    "..%2fuser%2fsecret.txt",
    "..%c0%afuser%c0%afsecret.txt",
    "\uff0e\uff0e/user/secret.txt",
    "a\0.png",
    "\0",
    "a\r\nX-Injected: 1.png",
    "a\x7f.png",
    "\x1b[2J.png",
    "NUL",
    "con.png",
    "COM1",
    "sub/lpt9.txt",
    "aux .png",
    "a.png.",
    "a.png ",
    "...",
    "a.png:stream",
    "a.png::$DATA",
    "\udcff.png",
    "x" * 256,
    "ü" * 200,
    "x/" * 1500 + "a.png",
    "\u202egnp.a",
]

RAW = ["%2e%2e%2fuser%2fsecret.txt", "%2e%2e/user/secret.txt", "..%5cuser%5csecret.txt", "%c0%ae%c0%ae/user/secret.txt"]
RAW += ["%ff.png", "%00", "%u002e%u002e/user/secret.txt", "%", "%e0%80%ae%e0%80%ae/user/secret.txt"]
"""As they stand in a URL: dots and slashes encoded, overlong and broken UTF-8."""


def png() -> bytes:
    buffer = BytesIO()
    Image.new("RGBA", (4, 4), "red").save(buffer, "png")
    return buffer.getvalue()


class Fort(NamedTuple):
    """A server, and whose folders the names are tried on."""

    server: LiveServer
    files: DataFolders
    headers: dict[str, str]

    @property
    def home(self) -> Path:
        return self.server.home

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def doors(self) -> list[Path]:
        """The folders that doors lead to."""
        files = self.files
        return [files.input, files.output, files.temp, files.user / "default", self.home / "models/checkpoints"]


@pytest.fixture(scope="module", params=["own", "token"])
def fort(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Fort]:
    """A server with secrets beside every folder, and links to them in every folder. Its home is a link as well."""
    real = tmp_path_factory.mktemp("real")
    home = real.with_name(f"fort of {request.param}")
    home.symlink_to(real)
    folders = OwnerFolders.of_settings(Settings.under(home))
    owner, headers = "", dict[str, str]()
    if request.param == "token":
        book = TokenBook.of(folders.own.user)
        token, secret = book.make("somebody", Scope.RUN)
        book.close()
        owner, headers = token.id, {"Authorization": f"Bearer {secret}"}
    live = LiveServer(home)
    live.app[GATEKEEPER]._requests = Rates(1e6, 1e6)  # a test is in a greater hurry than a program
    made = Fort(live, folders.of(owner), headers)
    outside = tmp_path_factory.mktemp("outside")
    secret_folders = [folders.own.user, folders.of(OTHER).input, folders.of(OTHER).user, outside]
    if owner:
        secret_folders += [folders.own.input, folders.own.output, made.files.user, made.files.user.parent]
    for folder in secret_folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secret.txt").write_bytes(SECRET)
        (folder / "secret.png").write_bytes(png() + SECRET)
    for folder in made.doors:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "link").symlink_to(outside)
        (folder / "link.png").symlink_to(outside / "secret.png")
        (folder / "loop").symlink_to(folder / "loop")
    yield made
    live.stop()


@pytest.fixture
async def session(fort: Fort) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=fort.headers) as open_session:
        yield open_session


Send = Callable[..., Awaitable[tuple[int, bytes]]]
Door = Callable[[Send, str, str], Awaitable[tuple[int, bytes]]]
"""Tries a name: as text, and as it stands in a URL."""


def query(method: str, path: str, **more: str) -> Door:
    rest = "".join(f"&{name}={value}" for name, value in more.items() if name != "key")

    async def try_it(send: Send, name: str, encoded: str) -> tuple[int, bytes]:
        return await send(method, f"{path}?{more['key']}={encoded}{rest}")

    return try_it


def segment(method: str, path: str, **options: Any) -> Door:
    async def try_it(send: Send, name: str, encoded: str) -> tuple[int, bytes]:
        return await send(method, path.replace("NAME", encoded), **options)

    return try_it


def body(path: str, document: Any, method: str = "POST") -> Door:
    async def try_it(send: Send, name: str, encoded: str) -> tuple[int, bytes]:
        data = json.dumps(document).replace('"NAME"', json.dumps(name))
        return await send(method, path, data=data.encode(), headers={"Content-Type": "application/json"})

    return try_it


def form(path: str, field: str) -> Door:
    async def try_it(send: Send, name: str, encoded: str) -> tuple[int, bytes]:
        fields = {"filename": "a.png", "subfolder": "", "original": "mine.png", "place": "", "type": "input"}
        fields[field] = name
        original = {"filename": fields["original"], "subfolder": fields["place"], "type": "input"}
        data = multipart(
            {"subfolder": fields["subfolder"], "type": fields["type"], "original_ref": json.dumps(original)},
            fields["filename"],
        )
        return await send("POST", path, data=data, headers={"Content-Type": "multipart/form-data; boundary=x"})

    return try_it


def multipart(fields: dict[str, str], filename: str) -> bytes:
    """Written by hand: a client library would mend the names."""
    texts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="image"; filename="{filename}"\r\n\r\n'
    return ("".join(texts) + head).encode(errors="surrogatepass") + png() + b"\r\n--x--\r\n"


def prompt(class_type: str, **inputs: Any) -> Any:
    """A graph whose one node reads the name, and one that shows it."""
    shown = ["1", 0] if class_type == "LoadImage" else ["2", 0]
    graph: dict[str, Any] = {
        "1": {"class_type": class_type, "inputs": inputs},
        "3": {"class_type": "PreviewImage", "inputs": {"images": shown}},
    }
    if class_type != "LoadImage":
        sample = {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}}
        graph |= {"4": sample, "2": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}}}
    return {"prompt": graph}


READING: dict[str, Door] = {
    "view a file": query("GET", "/view", key="filename"),
    "view an input": query("GET", "/api/view", key="filename", type="input"),
    "view a subfolder": query("GET", "/view", key="subfolder", filename="secret.txt", type="input"),
    "view a type": query("GET", "/view", key="type", filename="secret.txt"),
    "preview": query("GET", "/view", key="filename", preview="webp", type="input"),
    "one channel": query("GET", "/view", key="filename", channel="rgb", type="input"),
    "load a picture": body("/prompt", prompt("LoadImage", image="NAME")),
    "load a picture by v1": body("/api/v1/jobs", prompt("LoadImage", image="NAME")),
    "a checkpoint": body("/api/prompt", prompt("CheckpointLoaderSimple", ckpt_name="NAME")),
    "a checkpoint by v1": body("/api/v1/jobs", prompt("CheckpointLoaderSimple", ckpt_name="NAME")),
    "a model folder": segment("GET", "/models/NAME"),
    "an example": segment("GET", "/api/v1/examples/NAME"),
    "an example's picture": segment("GET", "/api/v1/examples/NAME/thumbnail"),
    "a file of the page": segment("GET", "/assets/NAME"),
    "a mask's original": form("/upload/mask", "original"),
    "a mask's folder": form("/upload/mask", "place"),
    "user data": segment("GET", "/userdata/NAME"),
    "user data of v1": segment("GET", "/api/v1/userdata/files/NAME"),
    "versions": segment("GET", "/api/v1/userdata/versions/NAME"),
    "delete user data": segment("DELETE", "/userdata/NAME"),
    "delete user data by v1": segment("DELETE", "/api/v1/userdata/files/NAME"),
    "move user data": segment("POST", "/userdata/NAME/move/stolen.txt"),
    "move user data by v1": body("/api/v1/userdata/move", {"from": "NAME", "to": "stolen.txt"}),
    "restore": body("/api/v1/userdata/restore", {"path": "NAME", "version": "0" * 64}),
}
"""Doors that only what is there opens: every name is refused."""

WRITING: dict[str, Door] = {
    "upload": form("/upload/image", "filename"),
    "upload to a folder": form("/api/upload/image", "subfolder"),
    "upload of a type": form("/upload/image", "type"),
    "list user data": query("GET", "/userdata", key="dir"),
    "list user data of v2": query("GET", "/v2/userdata", key="path"),
    "list user data of v1": query("GET", "/api/v1/userdata", key="path"),
    "write user data": segment("POST", "/userdata/NAME", data=b"{}"),
    "write user data by v1": segment("PUT", "/api/v1/userdata/files/NAME", data=b"{}"),
    "move user data to": segment("POST", "/userdata/mine.txt/move/NAME"),
    "make a folder": body("/api/v1/userdata/folders", {"path": "NAME"}),
    "a setting": segment("POST", "/settings/NAME", data=b"1"),
}
"""Doors that open for a name that is harmless where it is used, such as ``%2e%2e`` of three characters each."""


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.parametrize("door", [*READING, *WRITING])
async def test_names_stay_inside_or_are_refused(fort: Fort, session: aiohttp.ClientSession, door: str) -> None:
    before = outside_of_doors(fort)
    names = [name.replace("HOME", str(fort.home)) for name in NAMES]
    for name, encoded in [*((name, in_url(name)) for name in names), *zip(RAW, RAW, strict=True)]:
        furnish(fort.files)

        async def send(method: str, path: str, **options: Any) -> tuple[int, bytes]:
            url = URL(fort.url + path, encoded=True)
            async with session.request(method, url, allow_redirects=False, **options) as response:
                assert "X-Injected" not in response.headers
                return response.status, await response.read()

        try_it = READING.get(door) or WRITING[door]
        status, answer = await try_it(send, name, encoded)
        assert SECRET not in answer, (name, encoded)
        assert status < 500, (name, encoded, answer)
        if door in READING:
            assert status >= 400, (name, encoded, answer)
    assert outside_of_doors(fort) == before


def in_url(name: str) -> str:
    return quote(name, safe="", errors="surrogateescape")


def furnish(files: DataFolders) -> None:
    """Leave in the folders of the doors only the links, a picture and a file."""
    for folder in (files.input, files.output, files.user / "default"):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif not entry.is_symlink():
                entry.unlink()
    (files.input / "mine.png").write_bytes(png())
    (files.user / "default/mine.txt").write_bytes(b"mine")


def outside_of_doors(fort: Fort) -> dict[str, bytes]:
    """What lies where no door leads: beside the home, and in it beside the folders of the doors."""
    found: dict[str, bytes] = {}
    inside = [os.path.realpath(door) for door in fort.doors]
    for folder, folders, names in os.walk(os.path.realpath(fort.home.parent)):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in inside]
        for name in names:
            path = Path(folder, name)
            if not (path.is_symlink() or (path.parent.name == "user" and not path.name.startswith("secret."))):
                found[str(path)] = path.read_bytes()
        found |= {os.path.join(folder, name): b"" for name in folders}
    return found


# ---- what is no attack ----


async def test_a_home_that_is_a_link_and_links_inside_are_fine(fort: Fort, session: aiohttp.ClientSession) -> None:
    (fort.files.input / "real").mkdir(exist_ok=True)
    (fort.files.input / "real/ok.png").write_bytes(png())
    (fort.files.input / "alias").symlink_to(fort.files.input / "real")
    async with session.get(f"{fort.url}/view?filename=ok.png&subfolder=alias&type=input") as response:
        assert (response.status, await response.read()) == (200, png())


async def test_models_may_be_links_since_only_their_owner_can_make_them(
    fort: Fort, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    (tmp_path / "far.safetensors").write_bytes(b"")
    (fort.home / "models/checkpoints/near.safetensors").symlink_to(tmp_path / "far.safetensors")
    async with session.get(f"{fort.url}/models/checkpoints") as response:
        names = await response.json()
    assert "near.safetensors" in names


async def test_links_that_lead_out_or_to_themselves_are_not_offered(fort: Fort, session: aiohttp.ClientSession) -> None:
    furnish(fort.files)
    async with session.get(f"{fort.url}/object_info/LoadImage") as response:
        assert (await response.json())["LoadImage"]["input"]["required"]["image"][0] == ["mine.png"]
    for path in ("/userdata?dir=.&recurse=true", "/v2/userdata?path=.", "/api/v1/userdata?path=&recurse=true"):
        async with session.get(fort.url + path) as response:
            assert response.status == 200, await response.text()
            answer = await response.text()
        assert "mine.txt" in answer
        assert "link" not in answer
        assert "loop" not in answer


async def test_a_saved_picture_stays_in_its_folder(fort: Fort, session: aiohttp.ClientSession) -> None:
    before = await asyncio.to_thread(outside_of_doors, fort)
    for prefix in (
        "../user/x",
        "/tmp/x",
        "link/x",
        "a:b",
        "sub/../../x",
        "C:\\x",
        "a\0b",
        "NUL/x",
        "x" * 300,
        "loop/x",
    ):
        graph = {
            "1": {"class_type": "SolidMask", "inputs": {"value": 0.5, "width": 8, "height": 8}},
            "2": {"class_type": "MaskToImage", "inputs": {"mask": ["1", 0]}},
            "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": prefix}},
        }
        async with session.post(f"{fort.url}/api/v1/jobs", json={"prompt": graph}) as response:
            job = (await response.json())["job"]
        state = await end_of(fort, session, job)
        assert state == "failed", prefix
    assert await asyncio.to_thread(outside_of_doors, fort) == before


async def end_of(fort: Fort, session: aiohttp.ClientSession, job: str) -> str:
    async with asyncio.timeout(60):
        while True:
            async with session.get(f"{fort.url}/api/v1/jobs/{job}") as response:
                state: str = (await response.json())["state"]
            if state not in ("queued", "running"):
                return state
            await asyncio.sleep(0.02)
