"""Webhooks: told at least once, signed, with patience, and never inside of the network. Real servers on both sides."""

import asyncio
import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import pytest
from aiohttp import web
from http_api import Api
from live_server import LiveServer, chain, one

from nodegraph.access.credentials import CredentialBook
from nodegraph.server.webhooks import address, deliverer
from nodegraph.server.webhooks.address import PublicResolver, WebhookAddressError, check_url, without_query
from nodegraph.server.webhooks.deliverer import Pace
from nodegraph.server.webhooks.post import Caller, signature

SECRET = "a secret of the house"


class Receiver:
    """What webhooks call. ``answers`` are given in turn, then 204."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.answers: list[Callable[[], web.StreamResponse]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        await self.heard.put((dict(request.headers), await request.read()))
        return self.answers.pop(0)() if self.answers else web.Response(status=204)

    async def next(self) -> tuple[dict[str, str], Any]:
        """The headers and the body of the next call, whose signature must be right."""
        async with asyncio.timeout(60):
            headers, body = await self.heard.get()
        if signed := headers.get("X-Nodegraph-Signature"):
            match = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", signed)
            assert match
            expected = hmac.new(SECRET.encode(), f"{match[1]}.".encode() + body, hashlib.sha256).hexdigest()
            assert hmac.compare_digest(expected, match[2])
        return headers, json.loads(body)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hooked")


@pytest.fixture(scope="module")
def hooked(home: Path) -> Iterator[LiveServer]:
    with patch.object(deliverer, "Pace", lambda: Pace(first=0.05, factor=1.5, attempts=3)):
        live = LiveServer(home, allow_webhooks=("127.0.0.1",))
    yield live
    live.stop()


@pytest.fixture
async def calls(hooked: LiveServer, session: aiohttp.ClientSession) -> Api:
    return Api(session, hooked.url)


async def settled(api: Api, job: str) -> list[dict[str, Any]]:
    """The deliveries of a job once none is pending."""
    async with asyncio.timeout(60):
        while True:
            view = await api.call("GET", f"/jobs/{job}/webhook")
            if all(one["state"] != "pending" for one in view["deliveries"]):
                return list(view["deliveries"])
            await asyncio.sleep(0.02)


def secrets_of(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "user" / "jobs.sqlite")) as database:
        return [secret for (secret,) in database.execute("SELECT secret FROM webhook_secrets")]


async def test_the_start_and_the_end_of_a_job_are_told(calls: Api, receiver: Receiver, home: Path) -> None:
    webhook = {"url": f"{receiver.url}/hook?token=t0ken", "secret": SECRET, "events": ["started", "finished"]}
    job = await calls.submit(chain(1, value=0.2), webhook=webhook, extra_data={"title": "Told"})
    heard = [await receiver.next() for _ in range(2)]
    by_event = {body["event"]: (headers, body) for headers, body in heard}
    assert by_event.keys() == {"started", "finished"}
    headers, body = by_event["finished"]
    assert (body["job"]["job"], body["job"]["state"]) == (job, "done")
    assert body["files"][0]["url"].startswith("/view?")
    assert headers["X-Nodegraph-Delivery"] == body["delivery"]
    assert (headers["X-Nodegraph-Event"], headers["X-Nodegraph-Attempt"]) == ("finished", "1")
    assert headers["Content-Type"] == "application/json"
    deliveries = await settled(calls, job)
    assert [(one["state"], one["status"], one["attempts"]) for one in deliveries] == [("delivered", 204, 1)] * 2
    view = await calls.call("GET", f"/jobs/{job}/webhook")
    assert view["url"] == f"{receiver.url}/hook"
    async with asyncio.timeout(60):
        while True:
            if not secrets_of(home):
                break
            await asyncio.sleep(0.02)
    for path in (f"/jobs/{job}", f"/jobs/{job}/request", f"/jobs/{job}/webhook", "/jobs", "/queue"):
        shown = str(await calls.call("GET", path))
        assert SECRET not in shown
        assert "t0ken" not in shown


async def test_a_failure_is_told_and_without_a_secret_nothing_is_signed(calls: Api, receiver: Receiver) -> None:
    job = await calls.submit(one("TestFail", message="alas"), webhook={"url": receiver.url})
    headers, body = await receiver.next()
    assert (body["job"]["state"], "alas" in body["job"]["error"]) == ("failed", True)
    assert "X-Nodegraph-Signature" not in headers
    assert [one["event"] for one in await settled(calls, job)] == ["finished"]


async def test_what_is_not_taken_is_sent_again(calls: Api, receiver: Receiver) -> None:
    receiver.answers = [
        lambda: web.Response(status=500),
        lambda: web.Response(status=302, headers={"Location": "/elsewhere"}),
    ]
    job = await calls.submit(chain(1, value=0.21), webhook={"url": receiver.url, "secret": SECRET})
    heard = [await receiver.next() for _ in range(3)]
    assert [headers["X-Nodegraph-Attempt"] for headers, _ in heard] == ["1", "2", "3"]
    assert len({headers["X-Nodegraph-Delivery"] for headers, _ in heard}) == 1
    (delivery,) = await settled(calls, job)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert receiver.heard.empty(), "no redirect is followed"


async def test_it_is_given_up_in_the_end(calls: Api, receiver: Receiver) -> None:
    receiver.answers = [lambda: web.Response(status=503, headers={"Retry-After": "0"}) for _ in range(3)]
    job = await calls.submit(chain(1, value=0.22), webhook={"url": receiver.url})
    (delivery,) = await settled(calls, job)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("failed", 3, 503)
    nobody = await calls.submit(chain(1, value=0.22), webhook={"url": "http://127.0.0.1:1/"})
    (delivery,) = await settled(calls, nobody)
    assert delivery["state"] == "failed"
    assert "status" not in delivery
    assert delivery["error"]


async def test_a_job_that_never_began_has_no_start_to_tell(calls: Api, receiver: Receiver) -> None:
    await calls.call("POST", "/queue/pause", {})
    webhook = {"url": receiver.url, "events": ["finished", "started"]}
    job = await calls.submit(chain(1), webhook=webhook)
    await calls.call("POST", f"/jobs/{job}/cancel")
    _, body = await receiver.next()
    assert body["job"]["state"] == "cancelled"
    assert {one["event"]: one["state"] for one in await settled(calls, job)} == {
        "finished": "delivered",
        "started": "dropped",
    }
    await calls.call("POST", "/queue/resume")


async def test_what_was_not_told_is_told_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers = [lambda: web.Response(status=500)]
    with patch.object(deliverer, "Pace", lambda: Pace(first=2.0)):
        first = LiveServer(tmp_path, allow_webhooks=("127.0.0.1",))
    async with aiohttp.ClientSession() as session:
        job = await Api(session, first.url).submit(
            chain(1, value=0.23), webhook={"url": receiver.url, "secret": SECRET}
        )
        before, _ = await receiver.next()
        await asyncio.to_thread(first.stop)
        second = LiveServer(tmp_path, allow_webhooks=("127.0.0.1",))
        after, body = await receiver.next()
        assert (body["job"]["job"], after["X-Nodegraph-Attempt"]) == (job, "2")
        assert after["X-Nodegraph-Delivery"] == before["X-Nodegraph-Delivery"]
        assert "X-Nodegraph-Signature" in after
        await settled(Api(session, second.url), job)
        await asyncio.to_thread(second.stop)
    assert secrets_of(tmp_path) == []


async def test_a_call_is_signed_with_the_credential_that_is_named(calls: Api, receiver: Receiver, home: Path) -> None:
    book = CredentialBook.of(home / "user")
    book.store("hooks", SECRET)
    webhook = {"url": receiver.url, "credential": "hooks"}
    job = await calls.submit(chain(1, value=0.26), webhook=webhook)
    headers, _ = await receiver.next()
    assert "X-Nodegraph-Signature" in headers
    assert [one["state"] for one in await settled(calls, job)] == ["delivered"]
    assert SECRET not in secrets_of(home)
    await calls.call("POST", "/queue/pause", {})
    waiting = await calls.submit(chain(1, value=0.27), webhook=webhook)
    book.remove("hooks")
    await calls.call("POST", "/queue/resume")
    (delivery,) = await settled(calls, waiting)
    assert (delivery["state"], "no credential 'hooks'" in delivery["error"]) == ("failed", True)
    assert receiver.heard.empty(), "nothing is sent that is not signed"
    both = {**webhook, "secret": SECRET}
    for refused in (webhook, both):
        answer = await calls.call("POST", "/jobs", {"prompt": chain(1), "webhook": refused}, expect=400)
        assert answer["error"]["type"] == "no_credential"
        assert "webhook" in answer["error"]["message"]


async def test_a_forgotten_job_takes_its_webhook_with_it(calls: Api, receiver: Receiver, home: Path) -> None:
    job = await calls.submit(chain(1, value=0.24), webhook={"url": receiver.url})
    await settled(calls, job)
    await calls.call("DELETE", f"/jobs/{job}", expect=204)
    await calls.call("GET", f"/jobs/{job}/webhook", expect=404)
    with closing(sqlite3.connect(home / "user" / "jobs.sqlite")) as database:
        rows = database.execute("SELECT 1 FROM deliveries WHERE seq NOT IN (SELECT seq FROM jobs)").fetchall()
    assert rows == []


async def test_the_same_request_is_one_job_and_one_webhook(calls: Api, receiver: Receiver) -> None:
    body = {"prompt": chain(1, value=0.25), "webhook": {"url": receiver.url, "secret": SECRET}}
    made = await calls.call("POST", "/jobs", body, key="hooked", expect=201)
    again = await calls.call("POST", "/jobs", body, key="hooked")
    assert (again["job"], again["existed"]) == (made["job"], True)
    await settled(calls, made["job"])
    other = {**body, "webhook": {"url": f"{receiver.url}/other", "secret": SECRET}}
    await calls.call("POST", "/jobs", other, key="hooked", expect=409)


@pytest.mark.parametrize(
    "webhook",
    [
        {"url": "ftp://example.org/"},
        {"url": "https://"},
        {"url": "//example.org"},
        {"url": "https://user:password@example.org/"},
        {"url": "https://example.org/#part"},
        {"url": "https://example.org/a b"},
        {"url": "https://example.org:99999/"},
        {"url": "http://[::1"},
        {"url": "http://10.0.0.1/"},
        {"url": "http://[::1]/"},
        {"url": "http://169.254.169.254/latest/meta-data/"},
        {"url": "http://[::ffff:192.168.0.1]/"},
        {"url": ""},
        {"url": f"https://example.org/{'x' * 2000}"},
        {"url": "https://example.org/", "secret": "short"},
        {"url": "https://example.org/", "events": []},
        {"url": "https://example.org/", "events": ["exploded"]},
        {"secret": SECRET},
        "https://example.org/",
    ],
    ids=str,
)
async def test_what_is_no_webhook_is_refused_with_its_name(calls: Api, webhook: Any) -> None:
    answer = await calls.call("POST", "/jobs", {"prompt": chain(1), "webhook": webhook}, expect=400)
    assert "webhook" in answer["error"]["message"]


ADDRESSES = {
    "127.0.0.1": False,
    "127.9.9.9": False,
    "0.0.0.0": False,
    "10.1.2.3": False,
    "172.16.0.1": False,
    "192.168.1.1": False,
    "169.254.169.254": False,
    "100.64.0.1": False,
    "224.0.0.1": False,
    "255.255.255.255": False,
    "::1": False,
    "::": False,
    "fe80::1": False,
    "fd00::1": False,
    "::ffff:127.0.0.1": False,
    "64:ff9b::a00:1": False,
    "2002:7f00:1::1": False,
    "::127.0.0.1": False,
    "64:ff9b:1::a00:1": False,
    "fec0::1": False,
    "93.184.216.34": True,
    "2606:2800:220:1::1": True,
    "64:ff9b::5db8:d822": True,
}


@pytest.mark.parametrize(("ip", "public"), ADDRESSES.items())
async def test_a_name_is_judged_by_what_it_resolves_to(ip: str, public: bool) -> None:
    found = [{"hostname": "name.example", "host": ip, "port": 80, "family": 0, "proto": 0, "flags": 0}]
    resolver = PublicResolver(frozenset())

    async def resolve(*_: object) -> Any:
        return found

    with patch.object(address.ThreadedResolver, "resolve", resolve):
        if public:
            assert await resolver.resolve("name.example") == found
        else:
            with pytest.raises(WebhookAddressError, match="--allow-webhook"):
                await resolver.resolve("name.example")
        assert await PublicResolver({"name.example"}).resolve("name.example") == found


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433"])
async def test_names_of_this_computer_are_not_called(host: str, receiver: Receiver) -> None:
    """However they are written: what the system makes of them counts, when the connection is made."""
    caller = Caller(frozenset())
    port = receiver.url.rpartition(":")[2]
    answer = await caller.call(f"http://{host}:{port}/", b"{}", secret=None, headers={})
    await caller.close()
    assert answer.status is None
    assert answer.final
    assert receiver.heard.empty()


def test_a_signature_can_be_computed_by_anyone_who_knows_the_secret() -> None:
    known = hmac.new(b"key", b"12.{}", hashlib.sha256).hexdigest()
    assert signature("key", b"{}", 12) == f"t=12,v1={known}"


def test_pauses_grow() -> None:
    pauses = [Pace().pause(attempt) for attempt in range(1, 8)]
    assert pauses[0] < 15
    assert pauses == sorted(pauses)
    assert max(pauses) <= 3600 * 1.25


def test_only_part_of_an_address_is_shown() -> None:
    assert without_query("https://example.org:8/a?token=b") == "https://example.org:8/a"
    check_url("http://10.0.0.1:8/a", {"10.0.0.1"})
