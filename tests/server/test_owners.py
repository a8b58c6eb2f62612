"""Jobs belong to whoever queued them: two who run, and an admin, on a real server and by every door."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from live_server import LiveServer
from owners import PAGE, UNKNOWN, Person, check_nobody_heard, people

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.server.api_v1.routes import tables

SCOPES = {"alice": Scope.RUN, "bob": Scope.RUN, "boss": Scope.ADMIN}

LIMIT = 30


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("home"), require_token=True, queue_limit_per_token=LIMIT)
    yield live
    live.stop()


@pytest.fixture(scope="module")
def secrets(guarded: LiveServer) -> dict[str, str]:
    book = TokenBook.of(Path(guarded.settings.user_dir))
    made = {name: book.make(name, scope)[1] for name, scope in SCOPES.items()}
    book.close()
    return made


class Three:
    def __init__(self, alice: Person, bob: Person, boss: Person) -> None:
        self.alice, self.bob, self.boss = alice, bob, boss
        self.all = (alice, bob, boss)

    def check(self) -> None:
        check_nobody_heard(self.alice, self.bob, self.boss)
        check_nobody_heard(self.bob, self.alice, self.boss)

    async def come(self) -> None:
        for person in self.all:
            await person.come()
        assert (await self.boss.call("POST", "/api/v1/queue/clear"))[0] == 200
        assert (await self.boss.call("POST", "/history", {"clear": True}))[0] == 200

    async def go(self) -> None:
        await self.boss.call("POST", "/api/v1/queue/resume")
        await self.boss.call("POST", "/api/v1/queue/clear")
        await self.boss.call("POST", "/interrupt")
        for person in self.all:
            await person.go()


@pytest.fixture
async def three(guarded: LiveServer, secrets: dict[str, str]) -> AsyncIterator[Three]:
    everybody = Three(*people(guarded, **secrets))
    await everybody.come()
    yield everybody
    await everybody.go()
    everybody.check()


async def test_what_runs_and_ends_is_told_to_its_owner_and_to_admins(three: Three) -> None:
    for door in ("api", "socket", "field"):
        theirs = [await person.queue(door) for person in three.all]
        for person, job in zip(three.all, theirs, strict=True):
            assert (await person.end(job))["state"] == "done"
        if door == "field":  # then the field's socket, too, hears of the ends
            for person, job in zip(three.all, theirs, strict=True):
                await person.caught_up(job)
    for person in (three.alice, three.bob):
        assert [job["job"] for job in (await person.get("/api/v1/jobs"))["jobs"]] == person.jobs[::-1]
        assert list(await person.get("/history")) == person.jobs
        said = "".join(person.heard)
        for word in ("job_queued", "job_taken", "node_preview", "progress_state", "execution_success", "executed"):
            assert f'"{word}"' in said
    everything = "".join(three.boss.heard)
    assert all(job in everything for person in three.all for job in person.jobs)
    assert len((await three.boss.get("/api/v1/jobs"))["jobs"]) == 9


async def test_another_job_is_one_that_never_was(three: Three) -> None:
    alice, bob, boss = three.all
    ended, running = await alice.queue(), await alice.queue("field", count=100_000)
    await alice.end(ended)
    await alice.heard_of("job_taken", running)
    await boss.call("POST", "/api/v1/queue/pause")
    waiting = [await alice.queue(), await alice.queue()]
    mine = await bob.queue()
    before = [await alice.view(job) for job in alice.jobs]
    probes = [
        (operation.method, operation.resource.replace("{job}", "JOB").replace("{index}", "0"), "{}")
        for table in tables()
        for operation in table.table
        if "{job}" in operation.resource and operation.resource != "/api/v1/jobs/{job}"
    ]
    assert len(probes) >= 6
    probes += [
        ("GET", "/api/v1/jobs/JOB", "null"),
        ("GET", "/history/JOB", "null"),
        ("GET", "/api/jobs/JOB", "null"),
        ("POST", "/api/jobs/JOB/cancel", "null"),
        ("POST", "/api/jobs/cancel", '{"job_ids": ["JOB"]}'),
        ("DELETE", "/api/v1/jobs/JOB", "null"),
        *(("PATCH", "/api/v1/jobs/JOB", body) for body in ('{"front": true}', '{"priority": -1}')),
        *(("PATCH", f"/api/v1/jobs/{mine}", f'{{"{side}": "JOB"}}') for side in ("before", "after")),
        ("POST", "/queue", '{"delete": ["JOB"]}'),
        ("POST", "/history", '{"delete": ["JOB"]}'),
        ("POST", "/interrupt", '{"prompt_id": "JOB"}'),
        ("POST", "/interrupt", "{}"),
    ]
    for method, path, body in probes:
        nothing = await bob.probe(method, path, UNKNOWN, body)
        for job in alice.jobs:
            assert await bob.probe(method, path, job, body) == nothing, (method, path)
    for job in alice.jobs:
        await bob.socket.send_json({"type": "subscribe", "job": job, "after": 0, "previews": True})
        await bob.socket.send_json({"type": "cancel", "job": job})
    for path in (
        "/api/v1/queue",
        "/api/v1/status",
        "/api/jobs",
        "/queue",
        "/history",
        "/api/v1/jobs",
        "/prompt",
        "/api/v1/jobs?q=secret",
    ):
        await bob.get(path)
    assert [await alice.view(job) for job in alice.jobs] == before
    assert await bob.get("/prompt") == {"exec_info": {"queue_remaining": 1}}
    assert await alice.get("/prompt") == {"exec_info": {"queue_remaining": 3}}
    assert await boss.get("/prompt") == {"exec_info": {"queue_remaining": 4}}
    assert (await bob.call("POST", "/queue", {"clear": True}))[0] == 200
    assert (await bob.view(mine))["state"] == "cancelled"
    assert (await bob.call("POST", "/history", {"clear": True}))[0] == 200
    assert (await bob.call("POST", "/api/v1/queue/clear"))[0] == 200
    assert [await alice.view(job) for job in alice.jobs] == before
    bob.heard = [text for text in bob.heard if '"cancelling"' not in text or '"found":true' in text]
    assert (await boss.call("POST", "/interrupt"))[0] == 200
    assert (await alice.end(running))["state"] == "cancelled"
    assert (await boss.call("POST", f"/api/v1/jobs/{waiting[0]}/cancel"))[0] == 200
    assert (await boss.call("PATCH", f"/api/v1/jobs/{waiting[1]}", {"priority": 3}))[0] == 200
    assert (await alice.view(waiting[1]))["priority"] == 3


async def test_turns_places_and_counts(three: Three) -> None:
    alice, bob, boss = three.all
    await boss.call("POST", "/api/v1/queue/pause")
    a = [await alice.queue() for _ in range(3)]
    b = [await bob.queue("field") for _ in range(2)]

    async def seen(person: Person) -> list[tuple[str, int]]:
        view = await person.get("/api/v1/queue")
        return [(entry["job"], entry.get("ahead", 0)) for entry in view["queued"]]

    order = [job for job, _ in await seen(boss)]
    first, other = (a, b) if order[0] == a[0] else (b, a)
    turns = [first[0], other[0], first[1], other[1], a[2]]
    assert order == turns
    assert await seen(alice) == [(job, turns.index(job)) for job in a]
    assert await seen(bob) == [(job, turns.index(job)) for job in b]
    assert [item[1] for item in (await boss.get("/queue"))["queue_pending"]] == turns
    assert [item[1] for item in (await bob.get("/queue"))["queue_pending"]] == b
    assert (await bob.get(f"/api/v1/jobs/{b[1]}/status"))["ahead"] == turns.index(b[1])
    assert ((await alice.get("/api/v1/queue"))["limit"], (await boss.get("/api/v1/queue"))["limit"]) == (LIMIT, 20_000)

    assert (await alice.call("PATCH", f"/api/v1/jobs/{a[2]}", {"front": True}))[0] == 200
    assert [job for job, _ in await seen(alice)] == [a[2], a[0], a[1]]
    assert [job for job, _ in await seen(bob)] == b
    for method, path, body in (
        ("PATCH", f"/api/v1/jobs/{a[0]}", {"priority": 1}),
        ("POST", "/api/v1/jobs", {"prompt": alice.prompt(), "priority": 1}),
    ):
        status, text = await alice.call(method, path, body)
        assert (status, msgspec.json.decode(text)["error"]["type"]) == (403, "not_allowed")
    await boss.call("PATCH", f"/api/v1/jobs/{a[1]}", {"priority": 1})
    assert (await alice.call("PATCH", f"/api/v1/jobs/{a[0]}", {"before": a[1]}))[0] == 403
    assert (await alice.call("PATCH", f"/api/v1/jobs/{a[1]}", {"front": True}))[0] == 200
    status, text = await boss.call("PATCH", f"/api/v1/jobs/{a[0]}", {"before": b[0]})
    assert (status, msgspec.json.decode(text)["error"]["type"]) == (409, "other_owner")


async def test_keys_and_ids_are_ones_own(three: Three) -> None:
    alice, bob, boss = three.all
    await boss.call("POST", "/api/v1/queue/pause")
    body = {"prompt": {"n": {"class_type": "TestEcho", "inputs": {"text": "the same"}}}}
    answers = {}
    for person in three.all:
        for path in ("/api/v1/jobs", "/prompt"):
            _, text = await person.call("POST", path, body, key="one key")
            answer = msgspec.json.decode(text)
            job = answer.get("job") or answer["prompt_id"]
            assert answers.setdefault(person.name, job) == job
            if job not in person.jobs:
                person.jobs.append(job)
    assert len(set(answers.values())) == 3
    for path, name in (("/api/v1/jobs", "job"), ("/prompt", "prompt_id")):
        own, taken = [
            (await person.probe("POST", path, alice.jobs[0], msgspec.json.encode({**body, name: "JOB"}).decode()))
            for person in (alice, bob)
        ]
        assert own == taken
        assert own[0] in (400, 409)


async def test_one_token_cannot_fill_the_queue(three: Three) -> None:
    alice, bob, boss = three.all
    await boss.call("POST", "/api/v1/queue/pause")
    for _ in range(LIMIT):
        await alice.queue()
    for path in ("/api/v1/jobs", "/prompt"):
        status, text = await alice.call("POST", path, {"prompt": alice.prompt()})
        assert (status, msgspec.json.decode(text)["error"]["type"]) == (429, "queue_full")
    await bob.queue()
    await boss.queue()


async def test_who_comes_again_with_the_client_id_of_another_gets_nothing_of_theirs(three: Three) -> None:
    alice, bob, _ = three.all
    running = await alice.queue("field", count=40, pause=0.02)
    again = await bob.session.ws_connect(f"{bob._url}/ws?clientId={PAGE}")
    greeting = await again.receive_json(timeout=60)
    assert greeting["data"]["status"] == {"exec_info": {"queue_remaining": 0}}
    await alice.end(running)
    await alice.caught_up(running)
    own = await bob.queue("field")
    while '"executing"' not in (text := str((await again.receive(timeout=60)).data)):
        bob.heard.append(text)
    assert own in text
    await again.close()


async def test_after_a_restart_jobs_are_still_their_owners(tmp_path: Path) -> None:
    first = LiveServer(tmp_path, require_token=True)
    book = TokenBook.of(Path(first.settings.user_dir))
    secrets = {name: book.make(name, scope)[1] for name, scope in SCOPES.items()}
    book.close()
    before = Three(*people(first, **secrets))
    await before.come()
    await before.boss.call("POST", "/api/v1/queue/pause")
    waiting = [await person.queue("field") for person in before.all]
    for person in before.all:
        await person.go()
    first.stop()
    second = LiveServer(tmp_path, require_token=True)
    after = Three(*people(second, **secrets))
    for person, job in zip(after.all, waiting, strict=True):
        person.jobs.append(job)
        await person.come()
    await after.boss.call("POST", "/api/v1/queue/resume")
    for person, job in zip(after.all, waiting, strict=True):
        assert (await person.end(job))["state"] == "done"
        await person.caught_up(job)
    after.check()
    await after.go()
    second.stop()


class Crowd(RuleBasedStateMachine):
    """They queue, look and meddle as it comes."""

    server: LiveServer
    secrets: dict[str, str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.three = self.runner.run(self._come())

    async def _come(self) -> Three:
        everybody = Three(*people(self.server, **self.secrets))
        await everybody.come()
        return everybody

    def teardown(self) -> None:
        self.runner.run(self._finish())
        self.runner.close()

    async def _finish(self) -> None:
        await self.three.boss.call("POST", "/api/v1/queue/resume")
        for person in self.three.all:
            last = await person.queue("field", number=1_000_000)
            await person.end(last)
            await person.caught_up(last)
        self.three.check()
        await self.three.go()

    who = st.integers(0, 2)
    which = st.integers(0, 20)

    @rule(who=who, door=st.sampled_from(["api", "field", "socket"]), front=st.booleans())
    def queue(self, who: int, door: str, front: bool) -> None:
        self.runner.run(self.three.all[who].queue(door, front=front))

    @rule(who=who)
    def look(self, who: int) -> None:
        paths = (
            "/api/jobs",
            "/queue",
            "/history",
            "/prompt",
            "/api/v1/jobs",
            "/api/v1/queue",
            "/api/v1/status",
            "/api/v1/jobs?q=e",
        )
        for path in paths:
            self.runner.run(self.three.all[who].call("GET", path))

    @rule(who=who)
    def pause(self, who: int) -> None:
        self.runner.run(self.three.all[who].call("POST", "/api/v1/queue/pause", {}))

    @rule(who=who, path=st.sampled_from(["/queue", "/history", "/api/v1/queue/clear"]))
    def clear(self, who: int, path: str) -> None:
        self.runner.run(self.three.all[who].call("POST", path, {"clear": True}))

    @rule(
        who=who,
        whose=who,
        which=which,
        what=st.sampled_from(
            [
                ("GET", "/api/v1/jobs/JOB", ""),
                ("GET", "/api/v1/jobs/JOB/status", ""),
                ("GET", "/api/v1/jobs/JOB/request", ""),
                ("GET", "/api/v1/jobs/JOB/wait?timeout=0", ""),
                ("GET", "/history/JOB", ""),
                ("GET", "/api/jobs/JOB", ""),
                ("POST", "/api/jobs/JOB/cancel", ""),
                ("POST", "/api/jobs/cancel", '{"job_ids": ["JOB"]}'),
                ("POST", "/api/v1/jobs/JOB/cancel", ""),
                ("PATCH", "/api/v1/jobs/JOB", '{"front": true}'),
                ("PATCH", "/api/v1/jobs/JOB", '{"priority": -1}'),
                ("DELETE", "/api/v1/jobs/JOB", ""),
                ("POST", "/queue", '{"delete": ["JOB"]}'),
                ("POST", "/history", '{"delete": ["JOB"]}'),
                ("POST", "/interrupt", '{"prompt_id": "JOB"}'),
            ]
        ),
    )
    def meddle(self, who: int, whose: int, which: int, what: tuple[str, str, str]) -> None:
        me, owner = self.three.all[who], self.three.all[whose]
        if owner.jobs:
            method, path, body = what
            job = owner.jobs[which % len(owner.jobs)]
            answer = self.runner.run(me.probe(method, path, job, body))
            if me not in (owner, self.three.boss):
                assert answer == self.runner.run(me.probe(method, path, UNKNOWN, body))

    @invariant()
    def nothing_is_told_that_is_anothers(self) -> None:
        self.three.check()


def test_nothing_of_one_is_in_anything_another_receives(guarded: LiveServer, secrets: dict[str, str]) -> None:
    Crowd.server, Crowd.secrets = guarded, secrets
    few = settings(
        max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Crowd, settings=few)  # type: ignore[no-untyped-call]
