"""Random use of the job API of a live server: no answer is a defect, no job is lost, none changes once it has ended.

What the store does to a job, crashes included, is ``test_job_machine.py``.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from live_server import LiveServer, chain, steps

ENDED = ("done", "failed", "cancelled")
TITLES = ("a sunset", "a fox", None)
CLIENTS = ("one", "two")
QUESTIONS = ("", "/status", "/wait?timeout=0", "/result", "/result?inline=true", "/files", "/files/0", "/files/9")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("used"))
    yield live
    live.stop()


class Use(RuleBasedStateMachine):
    """``there`` is what was submitted and not deleted, in that order; ``ended`` how each was seen to have ended."""

    server: LiveServer
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.session = requests.Session()
        self.there: dict[str, dict[str, Any]] = {}
        self.ended: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.keys: dict[str, tuple[dict[str, Any], str]] = {}
        self.paused = False

    def ask(self, method: str, path: str, *expected: int, body: Any = None, key: str | None = None) -> Any:
        """The body of the answer, whose status must be one of these; the status alone if it is an error."""
        headers = {} if key is None else {"Idempotency-Key": key}
        url = f"{self.server.url}/api/v1{path}"
        with self.session.request(method, url, json=body, headers=headers, timeout=120) as answer:
            assert answer.status_code in expected, (method, path, answer.status_code, answer.text)
            if answer.status_code >= 400 or not answer.content:
                return answer.status_code
            return answer.json() if "json" in answer.headers["Content-Type"] else answer.content

    @rule(
        target=jobs,
        long=st.booleans(),
        title=st.sampled_from(TITLES),
        client=st.sampled_from(CLIENTS),
        priority=st.integers(-1, 1),
        key=st.none() | st.sampled_from("ab"),
    )
    def submit(self, long: bool, title: str | None, client: str, priority: int, key: str | None) -> str:
        prompt = steps(3, pause=0.001) if long else chain(1)
        told = {"client_id": client, **({"title": title} if title else {})}
        body = {"prompt": prompt, "priority": priority, "extra_data": told}
        full_key = None if key is None else f"{key}-{id(self)}"
        known = None if full_key is None else self.keys.get(full_key)
        if known is not None and known[0] != body:
            assert self.ask("POST", "/jobs", 409, body=body, key=full_key) == 409
            return known[1]
        answer = self.ask("POST", "/jobs", 201 if known is None else 200, body=body, key=full_key)
        job: str = answer["job"]
        if known is not None:
            assert (job, answer["existed"]) == (known[1], True)
            return job
        self.there[job] = body
        if full_key is not None:
            self.keys[full_key] = (body, job)
        return job

    @rule(target=jobs, job=jobs)
    def retry(self, job: str) -> str:
        found = self.ask("POST", f"/jobs/{job}/retry", *((201, 409) if job in self.there else (404,)))
        if isinstance(found, int):
            assert found == 404 or job not in self.ended
            return job
        again: str = found["job"]
        assert again not in self.there
        self.there[again] = self.there[job]
        return again

    @rule(job=jobs)
    def cancel(self, job: str) -> None:
        answer = self.ask("POST", f"/jobs/{job}/cancel", 200 if job in self.there else 404)
        if answer != 404:
            assert not (answer["found"] and job in self.ended)
            self.stopped.add(job)

    @rule(job=jobs, beside=jobs, how=st.sampled_from(["before", "after", "front", "back", "priority"]))
    def move(self, job: str, beside: str, how: str) -> None:
        value = {"before": beside, "after": beside, "front": True, "back": True, "priority": 1}[how]
        status = self.ask("PATCH", f"/jobs/{job}", 200, 400, 404, 409, body={how: value})
        if job not in self.there:
            assert status == 404
        elif job in self.ended:
            assert status == 409

    @rule(job=jobs)
    def delete(self, job: str) -> None:
        status = self.ask("DELETE", f"/jobs/{job}", *((204, 409) if job in self.there else (404,)))
        if status == 204:
            self.forget(job)
        else:
            assert job not in self.ended

    def forget(self, job: str) -> None:
        del self.there[job]
        self.ended.pop(job, None)
        self.keys = {key: known for key, known in self.keys.items() if known[1] != job}

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        assert self.ask("POST", f"/queue/{'pause' if paused else 'resume'}", 200)["paused"] is paused
        self.paused = paused

    @rule()
    def clear(self) -> None:
        self.ask("POST", "/queue/clear", 200)
        self.stopped |= self.there.keys() - self.ended.keys()

    @rule(job=jobs, question=st.sampled_from(QUESTIONS))
    def look(self, job: str, question: str) -> None:
        answer = self.ask("GET", f"/jobs/{job}{question}", 200, 404, 409)
        if job not in self.there:
            assert answer == 404 or question == "/status"
        elif question in ("", "/wait?timeout=0"):
            assert answer["job"] == job
        elif job in self.ended:
            assert answer != 409

    @rule(job=jobs)
    def wait(self, job: str) -> None:
        """To the very end, unless the queue is paused and it would never come."""
        if job in self.there and not self.paused:
            assert self.ask("GET", f"/jobs/{job}/wait?timeout=100", 200)["state"] in ENDED

    @rule(limit=st.integers(1, 3), order=st.sampled_from(["newest", "oldest"]))
    def turn_pages(self, limit: int, order: str) -> None:
        found: list[str] = []
        path, turn = f"/jobs?limit={limit}&order={order}", "before" if order == "newest" else "after"
        page = self.ask("GET", path, 200)
        found += [job["job"] for job in page["jobs"]]
        while page.get("next"):
            page = self.ask("GET", f"{path}&{turn}={page['next']}", 200)
            found += [job["job"] for job in page["jobs"]]
        assert found == (list(self.there) if order == "oldest" else list(self.there)[::-1])

    @rule(title=st.sampled_from([*filter(None, TITLES), "a", "%", "_", "nothing"]), client=st.sampled_from(CLIENTS))
    def seek(self, title: str, client: str) -> None:
        found = self.ask("GET", f"/jobs?title={requests.utils.quote(title)}&client={client}&order=oldest", 200)["jobs"]
        told = {job: body["extra_data"] for job, body in self.there.items()}
        expected = [job for job in told if told[job]["client_id"] == client and title in told[job].get("title", "")]
        assert [job["job"] for job in found] == expected

    @invariant()
    def no_job_is_lost_and_none_changes_after_its_end(self) -> None:
        listed = self.ask("GET", "/jobs?limit=500&order=oldest", 200)["jobs"]
        assert [job["job"] for job in listed] == list(self.there)
        for view in listed:
            job, state = view["job"], view["state"]
            assert self.ended.get(job, state) == state
            if state in ENDED:
                assert state == "done" or (state == "cancelled" and job in self.stopped), view
                self.ended[job] = state

    def teardown(self) -> None:
        """All that is there comes to its end, and can be forgotten."""
        self.pause(False)
        for job in list(self.there):
            self.wait(job)
        self.no_job_is_lost_and_none_changes_after_its_end()
        for job in list(self.there):
            self.ask("DELETE", f"/jobs/{job}", 204)
        self.session.close()


def test_jobs_survive_any_use(server: LiveServer) -> None:
    class UseOfThis(Use):
        pass

    UseOfThis.server = server
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        UseOfThis,
        # What fails is not made smaller: every step is a request, and there would be hundreds of lives more.
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
