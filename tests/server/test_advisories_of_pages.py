"""What was published against servers of this kind, tried here: pages of others that a browser lets talk to this one.

One test for each advisory, as in ``test_advisories.py``. What a browser sends is in the headers; that a real one sends
them is tried in ``tests/browser/test_security.py``.
"""

import json
from collections.abc import Iterator, Mapping

import aiohttp
import pytest
from live_server import LiveServer, chain
from test_advisories import Attacker, png

FRIEND = "https://friend.example"
EVIL = "http://evil.example"
FORM = "multipart/form-data; boundary=x"
READS = ("/queue", "/history", "/userdata?dir=.", "/view?filename=a.png&type=input", "/api/v1/jobs", "/api/v1/settings")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("visited"), allow_origins=(FRIEND,), allow_hosts=("graph.example",))
    (live.home / "input/a.png").write_bytes(png())
    yield live
    live.stop()


@pytest.fixture
def attacker(session: aiohttp.ClientSession, server: LiveServer) -> Attacker:
    return Attacker(session, server)


def forms() -> list[tuple[str, str, bytes]]:
    """What a page may send anywhere without asking: path, content type and body of a POST."""
    picture = b'--x\r\nContent-Disposition: form-data; name="image"; filename="evil.png"\r\n\r\n' + png() + b"\r\n--x--"
    prompt = json.dumps({"prompt": chain(1)}).encode()
    return [
        ("/upload/image", FORM, picture),
        ("/api/upload/image", FORM, picture),
        ("/prompt", "text/plain", prompt),
        ("/api/v1/jobs", "text/plain", prompt),
        ("/history", "text/plain", b'{"clear": true}'),
        ("/queue", "text/plain", b'{"clear": true}'),
        ("/interrupt", "application/x-www-form-urlencoded", b""),
        ("/free", "text/plain", b'{"unload_models": true}'),
        ("/settings", "text/plain", b'{"evil": true}'),
        ("/userdata/evil.txt", "text/plain", b"evil"),
        ("/api/v1/queue/pause", "text/plain", b""),
        ("/api/v1/queue/clear", "text/plain", b""),
        ("/api/v1/uploads?name=evil.png", "text/plain", png()),
    ]


async def no_form_is_taken(attacker: Attacker, headers: Mapping[str, str]) -> None:
    for path, kind, body in forms():
        status, answer, answered = await attacker.send(
            "POST", path, data=body, headers={**headers, "Content-Type": kind}
        )
        assert status == 403, (path, answer)
        assert "Access-Control-Allow-Origin" not in answered
    assert not (attacker.home / "input/evil.png").exists()
    assert not list((attacker.home / "user").rglob("evil.txt"))
    _, jobs, _ = await attacker.send("GET", "/api/v1/jobs")
    assert json.loads(jobs)["jobs"] == []
    _, settings, _ = await attacker.send("GET", "/settings")
    assert "evil" not in json.loads(settings)


async def nothing_is_read(attacker: Attacker, headers: Mapping[str, str]) -> None:
    for path in READS:
        status, _, answered = await attacker.send("GET", path, headers=headers)
        assert status == 403, path
        assert "Access-Control-Allow-Origin" not in answered


async def no_socket_opens(attacker: Attacker, headers: Mapping[str, str]) -> None:
    for path in ("/ws", "/api/ws", "/api/v1/ws"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await attacker.session.ws_connect(attacker.url + path, headers=headers)
        assert refused.value.status == 403


async def test_the_forms_are_good_ones(server: LiveServer, session: aiohttp.ClientSession) -> None:
    """Else that they are refused would prove nothing: each of them is heard when it comes from the page itself."""
    for path, kind, _ in forms():
        headers = {"Origin": server.url, "Content-Type": kind}
        async with session.post(server.url + path, data=b"", headers=headers) as response:
            assert response.status not in (403, 404, 405), path
    for path in READS:
        async with session.get(server.url + path, headers={"Origin": server.url}) as response:
            assert response.status == 200, path
    async with session.delete(f"{server.url}/api/v1/userdata/files/evil.txt") as response:
        assert response.status == 204


# ---- requests from elsewhere ----


async def test_cve_2024_10481_forms_of_another_site(attacker: Attacker) -> None:
    await no_form_is_taken(attacker, {"Origin": EVIL})
    await no_form_is_taken(attacker, {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})


async def test_cve_2024_1727_uploads_from_another_site(attacker: Attacker) -> None:
    large = b'--x\r\nContent-Disposition: form-data; name="image"; filename="large.png"\r\n\r\n' + bytes(1 << 20)
    for path, kind in (("/upload/image", FORM), ("/upload/mask", FORM), ("/api/v1/uploads?name=a.png", "text/plain")):
        headers = {"Origin": EVIL, "Content-Type": kind}
        assert (await attacker.send("POST", path, data=large, headers=headers))[0] == 403
    assert [path.name for path in (attacker.home / "input").iterdir()] == ["a.png"]
    assert not list((attacker.home / "temp").glob(".upload-*"))


async def test_cve_2026_56674_forms_of_a_page_without_an_origin(attacker: Attacker) -> None:
    await no_form_is_taken(attacker, {"Origin": "null"})


async def test_ghsa_5xxr_jvhm_jxmj_a_sandboxed_frame(attacker: Attacker) -> None:
    """As a browser sends it, and as an old one that does not say where it comes from."""
    told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    for headers in ({"Origin": "null"}, {"Origin": "null", **told}, told):
        await no_form_is_taken(attacker, headers)
        await nothing_is_read(attacker, headers)
        await no_socket_opens(attacker, headers)


async def test_cve_2024_47165_answers_for_a_page_without_an_origin(attacker: Attacker) -> None:
    await nothing_is_read(attacker, {"Origin": "null"})
    status, _, headers = await attacker.send(
        "OPTIONS", "/api/v1/jobs", headers={"Origin": "null", "Access-Control-Request-Method": "POST"}
    )
    assert status == 403
    assert "Access-Control-Allow-Origin" not in headers


async def test_cve_2024_47084_another_site_with_a_cookie(attacker: Attacker) -> None:
    for headers in ({"Origin": EVIL, "Cookie": "access-token=x"}, {"Origin": "null", "Cookie": "a=b"}):
        await no_form_is_taken(attacker, headers)
        await nothing_is_read(attacker, headers)


async def test_cve_2026_40864_forms_whose_mode_is_no_cors(attacker: Attacker) -> None:
    for site in ("cross-site", "same-site"):
        await no_form_is_taken(attacker, {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})


@pytest.mark.parametrize(
    "origin",
    [
        "https://friend.example.evil.com",
        "https://evil-friend.example",
        "https://friend.example@evil.com",
        "https://friend.example:8443",
        "http://friend.example",
        "https://friendxexample",
        "https://friend.example evil.com",
    ],
)
async def test_cve_2026_40110_names_like_that_of_an_allowed_page(attacker: Attacker, origin: str) -> None:
    _, _, headers = await attacker.send("GET", "/queue", headers={"Origin": FRIEND})
    assert headers["Access-Control-Allow-Origin"] == FRIEND
    await nothing_is_read(attacker, {"Origin": origin})


async def test_cve_2019_9644_answers_included_as_scripts(attacker: Attacker) -> None:
    told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    await nothing_is_read(attacker, told)
    for path in READS:  # by a browser that tells nothing: what comes is no script, and is not taken for one
        _, _, headers = await attacker.send("GET", path)
        assert "script" not in headers["Content-Type"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


# ---- names that were made to lead here ----

REBOUND = {"Host": "evil.example:8188", "Origin": "http://evil.example:8188", "Sec-Fetch-Site": "same-origin"}


async def test_comfyui_12860_a_name_that_was_made_to_lead_here(attacker: Attacker) -> None:
    """The page and its name agree, so that the browser takes both for one site; only the name itself is wrong."""
    await no_form_is_taken(attacker, REBOUND)
    await nothing_is_read(attacker, REBOUND)
    await no_socket_opens(attacker, REBOUND)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", "[::]"]
)
async def test_cve_2024_28224_no_host_but_this_one(attacker: Attacker, host: str) -> None:
    """Nor ``0.0.0.0``, by which some browsers let public pages reach this computer."""
    for headers in ({"Host": host}, {"Host": f"{host}:80"}, {"Host": host, "Origin": f"http://{host}"}):
        await nothing_is_read(attacker, headers)


async def test_cve_2025_66414_the_check_is_there_without_being_asked_for(attacker: Attacker) -> None:
    """A host that the operator allows does not let in others, and names are compared as a whole."""
    status, _, _ = await attacker.send("GET", "/queue", headers={"Host": "graph.example"})
    assert status == 200
    for host in ("evil.graph.example", "graph.example.evil.com", "graph.example@evil.com", "graph.example,evil.com"):
        await nothing_is_read(attacker, {"Host": host})


async def test_cve_2026_34525_two_names_at_once(attacker: Attacker) -> None:
    for hosts in (("localhost", "evil.example"), ("evil.example", "localhost"), ("localhost", "localhost")):
        answer = await attacker.raw("/queue", "".join(f"Host: {host}\r\n" for host in hosts))
        assert answer[8:12] == b" 400", (hosts, answer[:100])
    answer = await attacker.raw("http://evil.example/queue", "Host: evil.example\r\n")
    assert answer[8:12] == b" 403", answer[:100]


# ---- sockets ----


async def test_cve_2024_11045_sockets_of_another_site(attacker: Attacker) -> None:
    await no_socket_opens(attacker, {"Origin": EVIL})
    await no_socket_opens(attacker, {"Origin": "http://127.0.0.1:7860"})


async def test_cve_2025_24010_sockets_and_answers_for_any_site(attacker: Attacker) -> None:
    for headers in ({"Origin": EVIL}, {"Origin": "http://localhost:1"}, {"Origin": "vscode-webview://x"}):
        await no_socket_opens(attacker, headers)
        await nothing_is_read(attacker, headers)


async def test_cve_2024_28179_sockets_are_guarded_as_requests_are(attacker: Attacker) -> None:
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": ""}, REBOUND):
        await no_socket_opens(attacker, headers)


# ---- links that lead away ----

AWAY = ("//evil.example", "//evil.example/..", "/%5cevil.example", "/%2fevil.example/%2e%2e", "///evil.example")


async def leads_nowhere(attacker: Attacker, path: str) -> None:
    head = (await attacker.raw(path)).partition(b"\r\n\r\n")[0].lower()
    assert not head.split(b" ", 1)[1].startswith(b"3"), head
    assert b"\r\nlocation:" not in head
    assert b"\r\nrefresh:" not in head


@pytest.mark.parametrize("path", AWAY)
async def test_cve_2019_10255_paths_that_begin_with_another_site(attacker: Attacker, path: str) -> None:
    await leads_nowhere(attacker, path)
    await leads_nowhere(attacker, f"/login?next={path}")


@pytest.mark.parametrize("path", AWAY)
async def test_cve_2020_26215_a_slash_at_the_end_of_another_site(attacker: Attacker, path: str) -> None:
    await leads_nowhere(attacker, f"{path}/")
    await leads_nowhere(attacker, f"{path}/%2e%2e/")


@pytest.mark.parametrize("path", ["/file=https://evil.example", "/view?filename=https://evil.example&type=input"])
async def test_cve_2024_4940_files_whose_name_is_an_address(attacker: Attacker, path: str) -> None:
    await leads_nowhere(attacker, path)


@pytest.mark.parametrize("key", ["next", "url", "redirect", "file", "_target_url"])
async def test_cve_2024_11044_addresses_in_a_query(attacker: Attacker, key: str) -> None:
    for path in ("/", "/api/v1/status", "/view", "/nowhere"):
        await leads_nowhere(attacker, f"{path}?{key}=https://evil.example")
