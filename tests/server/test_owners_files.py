"""Files and settings belong to whoever stored them: two who run, and an admin, on a real server and by every door."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_server import LiveServer
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from yarl import URL

from nodegraph.access.identity import Scope
from nodegraph.access.rates import Rates
from nodegraph.access.tokens import TokenBook
from nodegraph.media.folders import DataFolders
from nodegraph.media.owners import OwnerFolders
from nodegraph.server.gatekeeper import GATEKEEPER
from nodegraph.settings import Settings

SCOPES = {"alice": Scope.RUN, "bob": Scope.RUN, "boss": Scope.ADMIN}


class Key(NamedTuple):
    owner: str
    secret: str


class House(NamedTuple):
    """A server that asks for tokens, and the tokens."""

    server: LiveServer
    keys: dict[str, Key]
    folders: OwnerFolders


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("home")
    made = opened(home)
    yield made
    made.server.stop()


def opened(home: Path, keys: dict[str, Key] | None = None) -> House:
    """A server, with these tokens or new ones."""
    server = LiveServer(home, require_token=True)
    server.app[GATEKEEPER]._requests = Rates(1e6, 1e6)  # a test is in a greater hurry than a program
    folders = OwnerFolders.of_settings(Settings.under(home))
    if keys is None:
        book = TokenBook.of(folders.own.user)
        made = {name: book.make(name, scope) for name, scope in SCOPES.items()}
        book.close()
        keys = {name: Key(token.identity.owner, secret) for name, (token, secret) in made.items()}
    return House(server, keys, folders)


class Person:
    """Whoever has a token."""

    def __init__(self, house: House, name: str, session: aiohttp.ClientSession) -> None:
        self.name = name
        self.owner, self.secret = house.keys[name]
        self.files = house.folders.of(self.owner)
        self._url = house.server.url
        self._session = session

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        headers = {"Authorization": f"Bearer {self.secret}", **options.pop("headers", {})}
        url = URL(self._url + path, encoded=True)
        async with self._session.request(method, url, headers=headers, allow_redirects=False, **options) as response:
            return response.status, await response.read()

    async def get(self, path: str) -> Any:
        """What a GET answers, which must be good."""
        status, body = await self.ask("GET", path)
        assert status == 200, (path, body)
        return msgspec.json.decode(body)

    async def upload(self, name: str, body: bytes, **fields: str) -> Any:
        """Upload a picture as pages do."""
        form = aiohttp.FormData({**fields})
        form.add_field("image", body, filename=name, content_type="image/png")
        status, answer = await self.ask("POST", "/upload/image", data=form)
        assert status == 200, answer
        return msgspec.json.decode(answer)

    async def run(self, prompt: Any) -> dict[str, Any]:
        """Run a workflow to its end; the job."""
        status, answer = await self.ask("POST", "/api/v1/jobs", json={"prompt": prompt})
        assert status == 201, answer
        job = msgspec.json.decode(answer)["job"]
        while not (view := await self.get(f"/api/v1/jobs/{job}/wait?timeout=60")).get("finished"):
            pass
        assert view["state"] == "done", view
        ended: dict[str, Any] = view
        return ended


class Three(NamedTuple):
    alice: Person
    bob: Person
    boss: Person


@pytest.fixture
async def three(house: House) -> AsyncIterator[Three]:
    async with aiohttp.ClientSession() as session:
        yield Three(*(Person(house, name, session) for name in SCOPES))


def png(colour: str, text: str = "") -> bytes:
    buffer, info = BytesIO(), PngInfo()
    info.add_text("text", text)
    Image.new("RGB", (8, 8), colour).save(buffer, "png", pnginfo=info)
    return buffer.getvalue()


def colour(body: bytes) -> tuple[int, ...]:
    pixel = Image.open(BytesIO(body)).convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


def saving(name: str, prefix: str = "kept/a") -> dict[str, Any]:
    return {
        "load": {"class_type": "LoadImage", "inputs": {"image": name}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["load", 0], "filename_prefix": prefix}},
        "show": {"class_type": "PreviewImage", "inputs": {"images": ["load", 0]}},
    }


async def test_equal_names_are_files_of_ones_own(three: Three) -> None:
    """By upload, list, node, result, and the routes of the field."""
    colours = {"alice": "red", "bob": "lime", "boss": "blue"}
    for person in three:
        body = png(colours[person.name])
        assert (await person.upload("same.png", body))["name"] == "same.png"  # nobody's is in the way of another's
        status, _ = await person.ask("POST", "/api/v1/uploads?name=raw.png&subfolder=sub", data=body)
        assert status == 201
    for person in three:
        wanted = colour(png(colours[person.name]))
        info = await person.get("/object_info/LoadImage")
        assert "same.png" in info["LoadImage"]["input"]["required"]["image"][0]
        for name in ("same.png", "sub/raw.png"):
            view = await person.run(saving(name))
            for file in view["result"]["files"]:
                assert colour((await person.ask("GET", file["url"]))[1]) == wanted
                place = urlencode({key: file[key] for key in ("filename", "subfolder", "type")})
                assert colour((await person.ask("GET", f"/view?{place}"))[1]) == wanted
            assert "cached" not in view
            (saved, *_) = (await person.get(f"/api/v1/jobs/{view['job']}/files"))["files"]
            assert colour((await person.ask("GET", saved["url"]))[1]) == wanted
    listed = [sorted(path.name for path in (person.files.output / "kept").iterdir()) for person in three]
    assert listed == [["a_00001_.png", "a_00002_.png"]] * 3


async def test_an_admin_sees_the_files_of_all_beside_their_own(three: Three) -> None:
    await three.alice.upload("hers.png", png("red"))
    view = await three.alice.run(saving("hers.png", "for-the-boss"))
    for file in (await three.boss.get(f"/api/v1/jobs/{view['job']}"))["result"]["files"]:
        assert file["url"].endswith(f"&owner={three.alice.owner}")
        assert colour((await three.boss.ask("GET", file["url"]))[1]) == (255, 0, 0)
        assert (await three.bob.ask("GET", file["url"]))[0] == 404
    for file in (await three.boss.get(f"/api/v1/jobs/{view['job']}/files"))["files"]:
        assert colour((await three.boss.ask("GET", file["url"]))[1]) == (255, 0, 0)
    listed = (await three.boss.get("/object_info/LoadImage"))["LoadImage"]["input"]["required"]["image"][0]
    assert "hers.png" not in listed
    assert "hers.png" not in await three.boss.get("/internal/files/input")
    for nobody in ("nobody", "..", "000000000000", "%00"):
        assert (await three.boss.ask("GET", f"/view?filename=hers.png&type=input&owner={nobody}"))[0] == 404


async def test_files_and_settings_of_the_user_are_ones_own(three: Three) -> None:
    for person in three:
        assert (await person.get("/users"))["storage"] == "server"
        status, _ = await person.ask("PUT", "/api/v1/userdata/files/workflows/a.json", data=f'["{person.name}"]')
        assert status == 201
        status, _ = await person.ask("POST", "/userdata/workflows%2Fb.json", data=f'["{person.name}"]')
        assert status == 200
        assert (await person.ask("PATCH", "/api/v1/settings", json={"mine": person.name}))[0] == 200
        assert (await person.ask("POST", "/settings/field", json=person.name))[0] == 200
        assert (await person.ask("PUT", "/api/v1/userdata/files/workflows/a.json", data=b"[]"))[0] == 200
        assert (await person.ask("DELETE", "/userdata/workflows%2Fb.json"))[0] == 204
    for person in three:
        assert await person.get("/api/v1/settings") == {"mine": person.name, "field": person.name}
        assert await person.get("/settings/mine") == person.name
        (former,) = (await person.get("/api/v1/userdata/versions/workflows/a.json"))["versions"]
        path = f"/api/v1/userdata/files/workflows/a.json?version={former['version']}"
        assert await person.get(path) == [person.name]
        assert [gone["path"] for gone in (await person.get("/api/v1/userdata/deleted"))["files"]] == [
            "workflows/b.json"
        ]
        assert [entry["path"] for entry in await person.get("/v2/userdata?path=workflows")] == ["workflows/a.json"]


MARK = "only-alice-knows-this"
"""In the content of all her files, and in the names of those that nobody asks for."""


async def furnish(alice: Person) -> str:
    """Have Alice store something by every door that stores; the job that saved some of it."""
    for name in ("picture.png", f"{MARK}.png"):
        await alice.upload(name, png("red", MARK))
        await alice.upload(name, png("red", MARK), type="output")
        await alice.upload(name, png("red", MARK), type="temp", subfolder="sub")
    for name in ("workflows/a.json", "a.txt", f"workflows/{MARK}.json"):
        for body in (f'["{MARK}"]', f'["{MARK}", 2]'):
            status, _ = await alice.ask("PUT", f"/api/v1/userdata/files/{name}", data=body)
            assert status < 300
    await alice.ask("DELETE", f"/api/v1/userdata/files/workflows/{MARK}.json")
    await alice.ask("POST", "/settings/a", json=MARK)
    job: str = (await alice.run(saving("picture.png", "job")))["job"]
    return job


WORDS = ["picture.png", "a.txt", "workflows/a.json", "input", "output", "temp", "0", "a", "default", "checkpoints"]
"""What is put where a route has a name in its path."""

QUERIES = [
    {"filename": "picture.png"},
    *({"filename": "picture.png", "type": kind} for kind in ("input", "output", "temp")),
    {"filename": "picture.png", "type": "temp", "subfolder": "sub"},
    {"filename": "picture.png", "type": "input", "preview": "webp", "channel": "rgb"},
    {"filename": "job_00001_.png", "owner": "ALICE"},
    {"dir": ".", "recurse": "true", "full_info": "true"},
    {"path": "", "recurse": "true"},
    {"version": "1"},
]


def paths(house: House, method: str, words: list[str]) -> Iterator[tuple[str, bool]]:
    """A path of each handler of the server for this method, with each of these words for the names in it; and whether
    it has any."""
    seen = set()
    for route in house.server.app.router.routes():
        if route.method != method or route.resource is None or route.handler in seen:
            continue
        seen.add(route.handler)
        path = route.resource.canonical
        named = "{" in path
        if not re.search(r"events|ws$", path):
            for word in words if named else [""]:
                yield re.sub(r"\{\w+\}", quote(word, safe=""), path), named


async def test_what_one_stored_no_route_of_the_server_gives_to_another(house: House, three: Three) -> None:
    alice, bob, boss = three
    job = await furnish(alice)
    words = [*WORDS, job, alice.owner]
    for path, named in paths(house, "GET", words):
        for query in ({},) if named else ({}, *QUERIES):
            given = {key: value.replace("ALICE", alice.owner) for key, value in query.items()}
            status, answer = await bob.ask("GET", f"{path}?{urlencode(given)}")
            assert status < 500, (path, given)
            assert MARK.encode() not in answer, (path, given)
    own = tree(alice.files)
    assert MARK.encode() in b"".join(own.values())
    bodies: list[Any] = [
        {"path": "workflows/a.json", "version": 1},
        {"from": "workflows/a.json", "to": "a.json", "overwrite": True},
        {"clear": True, "delete": [job]},
    ]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path, _ in paths(house, method, words):
            for body in bodies:
                status, answer = await bob.ask(method, path, json=body)
                assert status < 500, (method, path, body)
                assert MARK.encode() not in answer, (method, path, body)
    assert tree(alice.files) == own
    assert await alice.get("/settings/a") == MARK
    assert len((await alice.get(f"/api/v1/jobs/{job}/files"))["files"]) == 2
    assert (await boss.ask("POST", "/history", json={"clear": True}))[0] == 200


def tree(files: DataFolders) -> dict[str, bytes]:
    """All files of somebody."""
    return {str(path): path.read_bytes() for path in files.user.parent.rglob("*") if path.is_file()}


PIECES = [
    "..",
    ".",
    "owners",
    "user",
    "input",
    "output",
    "temp",
    "default",
    "picture.png",
    "a.txt",
    "ALICE",
    "HOME",
    "x",
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_name_leads_from_ones_own_files_to_those_of_another(house: House, data: st.DataObject) -> None:
    """Names that are made up, for everything that reads or writes."""
    joint = st.sampled_from(["/", "\\", "//", "/./", "%2f", " [input]/", "\0", "\uff0f"])
    pieces = data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9))
    name = data.draw(st.sampled_from(["", "/", "\\", "~/", "C:/", "file:///"]))
    for piece in pieces:
        name += piece + (data.draw(joint) if piece is not pieces[-1] else "")
    name += data.draw(st.sampled_from(["", " [input]", " [output]", " [temp]", "/", "."]))
    asyncio.run(try_name(house, name))


async def try_name(house: House, name: str) -> None:
    async with aiohttp.ClientSession() as session:
        alice, bob, _ = (Person(house, person, session) for person in SCOPES)
        if not (alice.files.input / "picture.png").is_file():
            await furnish(alice)
        before = tree(alice.files)
        name = name.replace("ALICE", alice.owner).replace("HOME", str(house.server.home))
        word = quote(name, safe="")
        picture = {"1": {"class_type": "LoadImage", "inputs": {"image": name}}}
        prompt = {**picture, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}
        for method, path, options in (
            *(("GET", f"/view?filename={word}&type={kind}", {}) for kind in ("input", "output", "temp")),
            ("GET", f"/view?filename=picture.png&subfolder={word}&type=input", {}),
            ("GET", f"/view?filename=picture.png&type=input&owner={word}", {}),
            ("GET", f"/userdata/{word}", {}),
            ("GET", f"/userdata?dir={word}&recurse=true", {}),
            ("GET", f"/v2/userdata?path={word}", {}),
            ("GET", f"/api/v1/userdata/files/{word}", {}),
            ("POST", "/prompt", {"json": {"prompt": prompt}}),
            ("POST", "/upload/mask", {"data": mask(name)}),
            ("POST", f"/api/v1/uploads?name=picture.png&subfolder={word}", {"data": png("lime")}),
            ("PUT", f"/api/v1/userdata/files/{word}", {"data": b"bob"}),
            ("POST", f"/userdata/{word}", {"data": b"bob"}),
            ("DELETE", f"/api/v1/userdata/files/{word}?recurse=true", {}),
        ):
            status, answer = await bob.ask(method, path, **options)
            assert status < 500, (method, path, answer)
            assert MARK.encode() not in answer, (method, path)
        assert tree(alice.files) == before


def mask(subfolder: str) -> aiohttp.FormData:
    original = {"filename": "picture.png", "subfolder": subfolder, "type": "input"}
    form = aiohttp.FormData({"original_ref": json.dumps(original), "overwrite": "true"})
    form.add_field("image", png("lime"), filename="mask.png", content_type="image/png")
    return form


@pytest.mark.parametrize("prefix", ["../../OTHER/output/x", "/tmp/x", "../user/default/x", "owners/OTHER/output/x"])
async def test_a_saved_picture_stays_with_whoever_saved_it(three: Three, prefix: str) -> None:
    alice, bob, _ = three
    (alice.files.output).mkdir(parents=True, exist_ok=True)
    before = tree(alice.files)
    await bob.upload("b.png", png("lime"))
    body = {"prompt": saving("b.png", prefix.replace("OTHER", alice.owner))}
    status, answer = await bob.ask("POST", "/api/v1/jobs", json=body)
    assert status == 201, answer
    view = await bob.get(f"/api/v1/jobs/{msgspec.json.decode(answer)['job']}/wait?timeout=60")
    assert view["state"] == ("done" if prefix.startswith("owners") else "failed")
    assert tree(alice.files) == before


async def test_after_a_restart_files_are_still_their_owners_and_previews_are_gone(tmp_path: Path) -> None:
    house = opened(tmp_path)
    async with aiohttp.ClientSession() as session:
        alice = Person(house, "alice", session)
        await furnish(alice)
        assert any(path.is_file() for path in alice.files.temp.rglob("*"))
    house.server.stop()
    assert not alice.files.temp.exists()
    alice.files.temp.mkdir()
    (alice.files.temp / "left by a kill.png").touch()
    again = opened(tmp_path, house.keys)
    async with aiohttp.ClientSession() as session:
        alice, bob = Person(again, "alice", session), Person(again, "bob", session)
        assert not alice.files.temp.exists()
        assert await alice.get("/settings/a") == MARK
        assert await bob.get("/settings") == {}
        assert (await alice.ask("GET", "/view?filename=picture.png&type=input"))[1] == png("red", MARK)
        assert (await bob.ask("GET", "/view?filename=picture.png&type=input"))[0] == 404
    again.server.stop()
