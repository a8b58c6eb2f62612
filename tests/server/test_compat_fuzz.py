"""Requests made up for the field's routes, sent to a live server: whatever comes, the answer is no defect, comes soon,
and says what was wrong. Nothing else uses this server, for some of these requests clear or delete.
"""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from live_server import LiveServer, chain

PATHS = (
    "prompt",
    "queue",
    "interrupt",
    "free",
    "history",
    "history/{}",
    "jobs",
    "jobs/{}",
    "view?filename={}",
    "view?filename=a.png&type={}&subfolder={}",
    "view?filename=a.png&preview={}&channel={}",
    "view_metadata/{}?filename={}",
    "upload/image",
    "upload/mask",
    "userdata?dir={}&recurse={}&split={}&full_info={}",
    "userdata/{}",
    "userdata/{}/move/{}",
    "v2/userdata?path={}",
    "settings",
    "settings/{}",
    "users",
    "models",
    "models/{}",
    "object_info",
    "object_info/{}",
    "embeddings",
    "extensions",
    "system_stats",
    "features",
    "experiment/models/{}",
    "experiment/models/preview/{}/0/{}",
    "internal/logs/subscribe",
    "internal/folder_paths",
    "internal/files/{}",
)
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "image/png",
    "application/json; charset=utf-16",
    'text/html; charset="',
    "",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
TIME = 60
"""Seconds in which a slow machine must have answered."""

KNOWN = ("prompt", "client_id", "extra_data", "number", "front", "prompt_id", "clear", "delete", "unload_models")
MORE = ("free_memory", "job_ids", "username", "enabled", "clientId", "partial_execution_targets", "preview_method")

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just(10**400)
    | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KNOWN + MORE) | st.text(max_size=5), inner)
    ),
    max_leaves=8,
)
nodes = st.dictionaries(
    st.sampled_from(["s", "i0", "m", "o"]) | st.text(max_size=3),
    st.fixed_dictionaries({}, optional={"class_type": values, "inputs": values, "_meta": values}) | values,
    max_size=4,
)
prompts = st.just(chain(1)) | nodes.map(lambda made: {**chain(1), **made}) | nodes | values
objects = st.fixed_dictionaries(
    {}, optional={"prompt": prompts, **{name: values for name in (*KNOWN, *MORE) if name != "prompt"}}
)
forms = st.lists(
    st.sampled_from(["image", "type", "subfolder", "overwrite", "original_ref", "x"]) | st.text(max_size=5)
)
bodies = st.one_of(
    st.binary(max_size=60),
    (objects | values).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [b"[" * 100_000, b'{"prompt":' * 5000, b"9" * 5000, b'{"number": 1e999}', b"\xff\xfe{\x00}\x00", b"\x00"]
    ),
    st.builds(
        lambda names, content: (
            b"".join(
                b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.png"\r\n\r\n%s\r\n'
                % (name.encode(errors="surrogatepass"), content)
                for name in names
            )
            + b"--x--\r\n"
        ),
        forms,
        st.binary(max_size=40),
    ),
)
names = st.one_of(
    st.text(max_size=12).map(lambda text: text.encode()),
    st.binary(max_size=12),
    st.sampled_from(
        [b"a.png", b"..", b"../../etc/passwd", b"a\x00b", b"workflows/a.json", b"-1", b"9" * 400, b"x" * 3000]
    ),
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("fuzzed"))
    yield live
    assert live.worker_pid is not None
    live.stop()


def ask(server: LiveServer, method: str, path: str, body: bytes, kind: str) -> tuple[int, str, bytes]:
    host = urlsplit(server.url)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=TIME)
    try:
        connection.request(method, path, body=body, headers={"Content-Type": kind} if kind else {})
        response = connection.getresponse()
        return response.status, response.headers.get("Content-Type", ""), response.read()
    finally:
        connection.close()


def check(server: LiveServer, request: tuple[str, str, list[bytes], str, bytes, str]) -> None:
    prefix, template, parts, method, body, kind = request
    path = f"/{prefix}{template}"
    for part in parts[: template.count("{}")]:
        path = path.replace("{}", quote_from_bytes(part, safe=""), 1)
    status, media, answer = ask(server, method, path.replace("{}", "x"), body, kind)
    assert status < 500 or status == 501, (method, path, body[:300], answer[:300])
    if status >= 400 and method != "HEAD" and "json" in media:
        said: Any = json.loads(answer)
        error = said["error"]
        assert error if isinstance(error, str) else error["message"], (method, path)
    assert b"Traceback" not in answer


requests = st.tuples(
    st.sampled_from(["", "api/"]),
    st.sampled_from(PATHS),
    st.lists(names, min_size=4, max_size=4),
    st.sampled_from(METHODS) | st.just("POST"),
    bodies,
    st.sampled_from(TYPES),
)


@given(requests)
@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_is_a_defect(fuzzed: LiveServer, request: tuple[str, str, list[bytes], str, bytes, str]) -> None:
    check(fuzzed, request)


@pytest.mark.slow
@given(requests)
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_is_a_defect_at_length(
    fuzzed: LiveServer, request: tuple[str, str, list[bytes], str, bytes, str]
) -> None:
    check(fuzzed, request)


@given(objects)
@example({"prompt": chain(1), "number": 1e300})
@example({"prompt": chain(1), "client_id": "\ud800"})
@example({"prompt": chain(1), "prompt_id": 5})
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_prompt_is_a_defect(fuzzed: LiveServer, body: dict[str, Any]) -> None:
    check(fuzzed, ("api/", "prompt", [], "POST", json.dumps(body).encode(), "application/json"))
    check(fuzzed, ("", "queue", [], "POST", json.dumps(body).encode(), "application/json"))
    check(fuzzed, ("", "history", [], "POST", json.dumps(body).encode(), "application/json"))
