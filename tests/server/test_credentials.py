"""Credentials on a real server: who may name which, and that a secret is nowhere but in its file and in the node."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from live_server import Graph, LiveServer, one
from owners import PAGE, Person, people

from nodegraph.access.credentials import CredentialBook
from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook

PACK = Path(__file__).with_name("credential_pack.py")

SECRET = "sk-\"ä/'long & winding' key+%"
"""Reads otherwise in a quoted string, in JSON and in an address."""

FORMS = {
    SECRET,
    repr(SECRET)[1:-1],
    json.dumps(SECRET)[1:-1],
    json.dumps(SECRET, ensure_ascii=False)[1:-1],
    quote(SECRET),
    quote(SECRET, safe=""),
    quote_plus(SECRET),
}


class House:
    """A server of which ``alice`` has a credential, ``bob`` has none, and ``boss`` is an admin."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.book = CredentialBook.of(home / "user")
        tokens = TokenBook.of(home / "user")
        alice, self.alice = tokens.make("alice", Scope.RUN)
        _, self.bob = tokens.make("bob", Scope.RUN)
        _, self.boss = tokens.make("boss", Scope.ADMIN)
        tokens.close()
        self.owner = alice.id
        self.book.store("service", SECRET, [self.owner])
        self.book.store("house", "another secret of the house")
        self.printed = tempfile.TemporaryFile()  # noqa: SIM115 (closed by stop)
        ours = os.dup(1)
        os.dup2(self.printed.fileno(), 1)  # a worker writes where the server's own output goes
        try:
            self.server = LiveServer(home, (PACK,), require_token=True, cache_disk=0.1)
            while self.server.app is None or not self._has_worker():
                pass
        finally:
            os.dup2(ours, 1)
            os.close(ours)

    def _has_worker(self) -> bool:
        with suppress(AssertionError):
            return self.server.worker_pid > 0
        return False

    def stop(self) -> None:
        self.server.stop()
        self.printed.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("home"))
    yield made
    made.stop()


class Three:
    def __init__(self, alice: Person, bob: Person, boss: Person) -> None:
        self.alice, self.bob, self.boss = alice, bob, boss


@pytest.fixture
async def three(house: House) -> AsyncIterator[Three]:
    everybody = people(house.server, alice=house.alice, bob=house.bob, boss=house.boss)
    for person in everybody:
        await person.come()
    yield Three(*everybody)
    for person in everybody:
        await person.go()


async def queue(person: Person, prompt: Graph, **more: Any) -> str:
    """Queue a graph; its job."""
    status, text = await person.call("POST", "/prompt", {"prompt": prompt, "client_id": PAGE, **more})
    assert status == 200, text
    job: str = json.loads(text)["prompt_id"]
    return job


async def run(person: Person, prompt: Graph, **more: Any) -> dict[str, Any]:
    """A job, once it has ended and all was told of it."""
    job = await queue(person, prompt, **more)
    view = await person.end(job)
    await person.caught_up(job)
    return view


async def shown(person: Person, prompt: Graph) -> list[Any]:
    """The texts that the one node of a graph shows."""
    view = await run(person, prompt)
    assert view["state"] == "done", view
    return list(view["result"]["outputs"]["n"]["text"])


async def options(person: Person) -> list[str]:
    """The credentials that a node offers them."""
    info = await person.get("/object_info/AskService")
    return list(info["AskService"]["input"]["required"]["key"][0])


async def refused(person: Person, prompt: Graph) -> dict[str, Any]:
    """The problem of the one node of a graph that cannot run."""
    status, text = await person.call("POST", "/prompt", {"prompt": prompt})
    assert status == 400, text
    (problem,) = json.loads(text)["node_errors"]["n"]["errors"]
    assert isinstance(problem, dict)
    return problem


async def test_the_node_gets_the_secret_and_the_secret_shows_only_its_name(three: Three) -> None:
    proof = hashlib.sha256(SECRET.encode()).hexdigest()
    assert await shown(three.alice, one("AskService", key="service", question="who")) == [
        f"who: {proof}",
        "Secret('service') Secret('service')",
    ]
    assert await shown(three.alice, one("AskPerhaps")) == ["without"]
    assert await shown(three.alice, one("AskPerhaps", key="service")) == ["service"]
    assert await shown(three.alice, one("AskEach", key="service", number=3)) == ["service 1"]


async def test_who_may_name_which(three: Three) -> None:
    assert await options(three.alice) == ["service"]
    assert await options(three.bob) == []
    assert await options(three.boss) == ["house", "service"]
    assert (await run(three.boss, one("AskService", key="service", question="boss")))["state"] == "done"
    theirs = await refused(three.bob, one("AskService", key="service"))
    nobodys = await refused(three.bob, one("AskService", key="nothing"))
    assert theirs == json.loads(json.dumps(nobodys).replace("nothing", "service")), "tells that it is there"
    assert theirs["type"] == "value_not_in_list"
    assert theirs["message"] == "There is no credential 'service' that you may use"
    assert theirs["extra_info"]["command"] == "nodegraph credentials add service"
    assert "house" not in str(await refused(three.alice, one("AskService", key="nothing")))
    assert (await refused(three.alice, one("AskService", key="")))["message"] == "No credential is chosen"
    assert "command" not in (await refused(three.alice, one("AskService", key="$(reboot)")))["extra_info"]


async def test_a_credential_does_not_come_through_a_link(three: Three) -> None:
    prompt = {**one("AskService", key=["name", 0]), "name": {"class_type": "PrimitiveString", "inputs": {"value": "x"}}}
    assert (await refused(three.boss, prompt))["type"] == "bad_linked_input"


async def test_a_removed_one_fails_validation_and_what_waits_fails_when_its_turn_comes(
    house: House, three: Three
) -> None:
    house.book.store("brief", SECRET)
    prompt = one("AskService", key="brief")
    assert (await three.boss.call("POST", "/api/v1/queue/pause", {}))[0] == 200
    job = await queue(three.boss, prompt)
    house.book.remove("brief")
    assert "brief" not in await options(three.boss)
    problem = await refused(three.boss, prompt)
    assert problem["extra_info"]["command"] == "nodegraph credentials add brief"
    assert "nodegraph credentials add brief" in problem["details"]
    assert (await three.boss.call("POST", "/api/v1/queue/resume"))[0] == 200
    view = await three.boss.end(job)
    assert view["state"] == "failed"
    assert "There is no credential 'brief'" in view["result"]["error"]["message"]


async def test_a_changed_secret_gives_no_result_of_the_old_one(house: House, three: Three) -> None:
    house.book.store("changing", "the first secret")
    prompt = {
        "image": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0x123456}},
        "signed": {"class_type": "SignPicture", "inputs": {"image": ["image", 0], "key": "changing"}},
        "show": {"class_type": "PreviewImage", "inputs": {"images": ["signed", 0]}},
    }
    first = await run(three.boss, prompt)
    again = await run(three.boss, prompt)
    house.book.store("changing", "the second, longer secret")
    changed = await run(three.boss, prompt)
    assert ran(first) == {"image", "signed", "show"}
    assert ran(again) == set()
    assert ran(changed) == {"signed", "show"}


def ran(view: dict[str, Any]) -> set[str]:
    """The nodes that a job ran."""
    return set(view.get("seconds", {}))


async def test_a_node_cannot_give_a_credential_away(three: Three) -> None:
    prompt = {**one("TakeAny", value=["g", 0]), "g": {"class_type": "GiveAway", "inputs": {"key": "service"}}}
    view = await run(three.alice, prompt)
    assert view["state"] == "failed"
    assert "gives a credential out" in view["result"]["error"]["message"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_secret_is_in_no_answer_event_file_or_line_of_the_log(
    house: House, three: Three, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow = {"nodes": [], "links": [], "version": 0.4, "extra": {"key": "service"}}
    picture = {
        "image": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0x654321}},
        "signed": {"class_type": "SignPicture", "inputs": {"image": ["image", 0], "key": "service"}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["signed", 0], "filename_prefix": "signed"}},
    }
    await run(three.alice, picture, extra_data={"extra_pnginfo": {"workflow": workflow}})
    await run(three.alice, one("QuoteShown", key="service"))
    mine = await run(three.alice, one("QuoteFailure", key="service", mine=True))
    other = await run(three.alice, one("QuoteFailure", key="service", mine=False))
    await run(three.alice, one("QuoteBlocked", key="service"))
    assert mine["result"]["error"]["message"] == "The service refused '[credential service]'."
    assert other["result"]["error"]["message"] == "401 at https://example.org/?key=[credential service]"

    for person in (three.alice, three.boss):
        for path in ("/history", "/api/v1/jobs?limit=100", "/api/jobs", "/queue", "/object_info", "/api/v1/nodes"):
            await person.get(path)
        for entry in (await person.get("/api/v1/jobs?limit=100"))["jobs"]:
            for what in ("", "/request", "/results", "/status"):
                await person.call("GET", f"/api/v1/jobs/{entry['job']}{what}")
    await three.boss.get("/internal/logs/raw")

    log = ""
    async with asyncio.timeout(30):
        while "refused" not in log or "401 for" not in log:
            log += capsys.readouterr().err
            await asyncio.sleep(0.02)
    house.printed.seek(0)
    printed = house.printed.read().decode()
    assert "the key is [credential service]" in printed
    assert "?key=[credential service]" in log
    assert "used [credential service]" in log

    said = {"printed": printed, "log": log}
    said.update((f"heard {number}", text) for number, text in enumerate(three.alice.heard + three.boss.heard))
    stored = {
        str(path): path.read_bytes()
        for path in house.home.rglob("*")
        if path.is_file() and path.parent.name != "credentials"
    }
    assert any(path.endswith(".png") for path in stored)
    assert any("jobs.sqlite" in path for path in stored)
    for form in FORMS:
        assert [name for name, text in said.items() if form in text] == []
        assert [name for name, content in stored.items() if form.encode() in content] == []
    assert any("[credential service]" in text for text in three.alice.heard)
