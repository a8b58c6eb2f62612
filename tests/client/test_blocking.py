"""The client that waits, against a real server with a real worker."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from server.live_server import LiveServer, chain, one, steps

from nodegraph.client import (
    AddressError,
    AnswerError,
    ChangedError,
    Client,
    ConflictError,
    FileThereError,
    JobCancelledError,
    JobFailedError,
    NotFoundError,
    OutputFile,
    RejectedError,
    ServerGoneError,
    Standing,
    UnreadableError,
    WaitTimeoutError,
)
from nodegraph.client.saving import save
from nodegraph.errors import UnsafePathError
from nodegraph.execution.events import JobFinished, JobStarted, NodePreview, NodeProgress, Outcome
from nodegraph.graph.formats import Format, UnknownFormatError
from nodegraph.server.events import JobQueued, JobRemoved
from nodegraph.server.records import JobState


def saved(value: float) -> dict[str, Any]:
    """A grey picture, saved."""
    graph = chain(1, value=value)
    graph["o"] = {"class_type": "SaveImage", "inputs": {"images": ["m", 0], "filename_prefix": "grey/one"}}
    return graph


def test_run_gives_pictures(client: Client, tmp_path: Path) -> None:
    result = client.run(saved(0.3), timeout=120)
    assert result.outcome is Outcome.DONE
    (file,) = result.files
    content = client.download(file)
    assert content.startswith(b"\x89PNG")
    path = client.save(file, tmp_path)
    assert path == tmp_path / "grey" / file.filename
    assert path.read_bytes() == content
    with pytest.raises(FileThereError, match="there already"):
        client.save(file, tmp_path)
    assert client.save(file, tmp_path, overwrite=True) == path


def test_a_canvas_is_run_too(client: Client) -> None:
    canvas = {
        "nodes": [{"id": 1, "type": "TestEcho", "widgets_values": ["hello"], "inputs": [], "outputs": []}],
        "links": [],
        "version": 0.4,
    }
    assert client.run(canvas, timeout=120).outputs["1"]["text"] == ["hello"]


def test_events_tell_a_run_from_the_queue_to_the_end(client: Client) -> None:
    job = client.submit(steps(3))
    events = list(job.events(previews=True))
    assert isinstance(events[0], JobQueued)
    assert isinstance(events[-1], JobFinished)
    assert [event.value for event in events if isinstance(event, NodeProgress)] == [1, 2, 3]
    assert {type(event) for event in events} >= {JobStarted}
    assert all(event.job == job.id for event in events)
    assert [event for event in job.events() if not isinstance(event, NodePreview)] == [
        event for event in events if not isinstance(event, NodePreview)
    ]
    assert list(client.job(job.id).events()) == list(job.events())


def test_a_program_ends_though_it_holds_events_it_did_not_read(server: LiveServer) -> None:
    script = (
        "import sys; from nodegraph.client import Client\n"
        "client = Client(sys.argv[1])\n"
        "events = client.submit({'1': {'class_type': 'TestEcho', 'inputs': {'text': 'held'}}}).events()\n"
        "print(type(next(events)).__name__)"
    )
    program = [sys.executable, "-c", script, server.url]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == ("JobQueued\n", "")


def test_a_workflow_that_cannot_run_is_told_node_by_node(client: Client) -> None:
    with pytest.raises(RejectedError, match=r"\n  node s \(SolidMask\): .*width") as caught:
        client.submit({**chain(1), "s": {"class_type": "SolidMask", "inputs": {"width": "wide"}}})
    assert caught.value.problems["s"].class_type == "SolidMask"
    with pytest.raises(RejectedError, match="NoSuchNode"):
        client.submit(one("NoSuchNode"))
    with pytest.raises(UnknownFormatError):
        client.submit({"what": 1})


def test_a_failed_job_raises_with_its_node(client: Client) -> None:
    job = client.submit(one("TestFail", message="out of luck"))
    with pytest.raises(JobFailedError, match=r"node n \(TestFail\): .*out of luck") as caught:
        job.result(120)
    assert caught.value.result.outcome is Outcome.FAILED
    again = job.retry()
    assert again.id != job.id
    with pytest.raises(JobFailedError):
        again.result(120)
    assert again.view().retry_of == job.id
    assert again.request().prompt == job.request().prompt


def test_waiting_ends_and_cancelling_stops(client: Client) -> None:
    job = client.submit(steps(100_000))
    with pytest.raises(WaitTimeoutError, match=job.id):
        job.result(0.5)
    waiting = client.submit(chain(1))
    assert client.queue().queued[0].job == waiting.id
    assert waiting.cancel()
    assert isinstance(list(waiting.events())[-1], JobRemoved)
    with pytest.raises(JobCancelledError):
        waiting.result(60)
    assert job.cancel()
    with pytest.raises(JobCancelledError):
        job.result(120)
    assert not job.cancel()
    with pytest.raises(NotFoundError):
        client.job("nobody").cancel()


def test_the_queue_is_paused_ordered_and_cleared(client: Client) -> None:
    assert client.pause().paused
    try:
        first, second, urgent = (client.submit(chain(1), priority=level) for level in (0, 0, 5))
        assert [job.job for job in client.queue().queued] == [urgent.id, first.id, second.id]
        second.move(before=first.id)
        assert first.move(priority=9).priority == 9
        assert [job.job for job in client.queue().queued] == [first.id, urgent.id, second.id]
        with pytest.raises(ConflictError):
            first.delete()
        assert sorted(client.clear()) == sorted([first.id, second.id, urgent.id])
    finally:
        assert not client.resume().paused
    with pytest.raises(ConflictError):
        first.move(front=True)
    first.delete()
    with pytest.raises(NotFoundError):
        first.view()


def test_a_key_makes_one_job(client: Client) -> None:
    first = client.submit(chain(1), key="mine")
    again = client.submit(chain(1), key="mine")
    assert again.id == first.id
    assert again.accepted is not None
    assert again.accepted.existed
    assert again.result(120).outcome is Outcome.DONE
    assert list(again.events()) == list(first.events())
    with pytest.raises(ConflictError):
        client.submit(chain(2), key="mine")


def test_jobs_are_listed_page_by_page(client: Client) -> None:
    made = [client.submit(chain(1)) for _ in range(5)]
    for job in made:
        job.result(120)
    listed = client.jobs(page=2)
    assert [next(listed).job for _ in range(5)] == [job.id for job in reversed(made)]
    assert {view.state for view in client.jobs(state=JobState.DONE)} == {JobState.DONE}


def test_events_of_all_jobs_go_on_from_a_number(client: Client) -> None:
    before = client.status().last_event
    job = client.submit(chain(1))
    job.result(120)
    heard = []
    for happened in client.events(after=before):
        heard.append(happened)
        if isinstance(happened.event, JobFinished):
            break
    assert [entry.number for entry in heard] == list(range(before + 1, before + 1 + len(heard)))
    assert {entry.event.job for entry in heard} == {job.id}


def test_pictures_go_up_and_come_back(client: Client, picture: Path) -> None:
    first = client.upload(picture, subfolder="colours")
    assert str(first) == "colours/red.png"
    again = client.upload(picture.read_bytes(), name="red.png", subfolder="colours")
    assert (again.value, again.sha256, again.existed) == (first.value, first.sha256, True)
    prompt = {
        "l": {"class_type": "LoadImage", "inputs": {"image": str(first)}},
        "o": {"class_type": "PreviewImage", "inputs": {"images": ["l", 0]}},
    }
    (file,) = client.run(prompt, timeout=120).files
    assert client.download(file).startswith(b"\x89PNG")


def test_files_are_written_where_nobody_else_wrote(client: Client) -> None:
    path = "workflows/sub folder/Ünï %2f #1.json"
    written = client.write_file(path, b"{}", new=True)
    with pytest.raises(ChangedError):
        client.write_file(path, b"{}", new=True)
    assert client.read_file(path) == (b"{}", written.etag)
    client.write_file(path, b'{"a": 1}', etag=written.etag)
    with pytest.raises(ChangedError):
        client.write_file(path, b'{"b": 1}', etag=written.etag)
    former, *_ = client.versions(path)
    assert client.read_file(path, version=former.version).content == b"{}"
    client.restore(path, former.version)
    assert client.read_file(path).content == b"{}"
    client.make_folder("notes")
    client.write_file("notes/deep/one.txt", b"1")
    assert client.move_file("notes/deep", "notes/low").path == "notes/low"
    assert {entry.path for entry in client.list_files("notes", recurse=True)} == {"notes/low", "notes/low/one.txt"}
    client.delete_file("notes", recurse=True)
    with pytest.raises(NotFoundError):
        client.read_file("notes/low/one.txt")
    client.delete_file(path)
    assert path in {gone.path for gone in client.deleted_files()}


@pytest.mark.parametrize("name", ["..", ".", "../../status", "workflows/../../../jobs"])
def test_no_name_leads_to_another_operation(name: str, client: Client) -> None:
    for answer in (client.read_file, client.delete_file, client.versions):
        with pytest.raises(AnswerError, match=r"cannot be used as a path|of your files|no file"):
            answer(name)
    with pytest.raises(NotFoundError, match="There is no job"):
        client.job(name).view()


def test_settings_are_merged(client: Client) -> None:
    client.change_settings({"page": {"colour": "dark", "size": 1}})
    changed = client.change_settings({"page": {"size": None}})
    assert changed.values["page"] == {"colour": "dark"}
    assert client.settings() == changed
    with pytest.raises(ChangedError):
        client.change_settings({"page": None}, etag='"other"')


def test_the_server_and_its_examples_are_told(client: Client, server: LiveServer) -> None:
    status = client.status()
    assert status.worker_ready
    assert set(client.examples()) >= {"text-to-image"}
    assert "nodes" in client.example("text-to-image")
    picture = client.example_thumbnail("text-to-image")
    assert picture is not None
    assert picture[8:12] == b"WEBP"
    with pytest.raises(NotFoundError):
        client.example("no-such")


def test_a_server_that_is_not_there_is_said() -> None:
    with Client("http://127.0.0.1:9", patience=0) as nobody:
        with pytest.raises(ServerGoneError, match=r"GET /api/v1/status"):
            nobody.status()
        with pytest.raises(ServerGoneError):
            next(nobody.events())
    with pytest.raises(AddressError):
        Client("127.0.0.1:8188")


def test_workflows_are_converted_both_ways(client: Client) -> None:
    drawn = client.convert(chain(1), Format.CANVAS)
    assert drawn.workflow is not None
    back = client.convert(drawn.workflow, Format.API).prompt
    assert back is not None
    assert {node: (one["class_type"], one["inputs"]) for node, one in back.items()} == {
        node: (one["class_type"], one["inputs"]) for node, one in chain(1).items()
    }
    assert client.convert(one("NoSuchNode"), Format.CANVAS).unknown[0].class_type == "NoSuchNode"


def test_prompts_are_counted(client: Client) -> None:
    assert [(count.tokens, count.chunks) for count in client.count_tokens(["a (cat:1.2)", ""])] == [(2, 1), (0, 1)]


def test_the_api_is_described(client: Client) -> None:
    assert client.openapi()["openapi"].startswith("3.1")


def test_a_job_of_others_is_waited_for(client: Client, server: LiveServer) -> None:
    job = client.submit(steps(30))
    with Client(server.url) as other:
        assert other.job(job.id).result(120).outcome is Outcome.DONE
        assert other.job(job.id).result(120) == job.result(120)
        with pytest.raises(NotFoundError, match="nobody"):
            other.job("nobody").result(120)


def test_threads_share_a_client(client: Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: client.run(chain(1, value=n / 20), timeout=120), range(20)))
    assert len({result.job for result in results}) == 20
    assert {result.outcome for result in results} == {Outcome.DONE}


def test_a_file_that_cannot_be_read_is_said(client: Client, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"missing\.png"):
        client.upload(tmp_path / "missing.png")
    with pytest.raises(AnswerError, match="not a picture"):
        client.upload(b"no picture", name="a.png")


@pytest.mark.parametrize("name", ["../x.png", "/etc/x.png", "a/../../x.png", "NUL", "C:x.png"])
def test_nothing_is_saved_outside_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UnsafePathError):
        save(OutputFile("1", "images", name, "", "output", "/view"), b"x", tmp_path / "in", overwrite=True)
    with pytest.raises(UnsafePathError):
        save(OutputFile("1", "images", "x.png", "..", "output", "/view"), b"x", tmp_path / "in", overwrite=True)
    assert [path.name for path in tmp_path.rglob("*")] == ["in"]


def test_a_job_is_waited_for_or_looked_at(client: Client) -> None:
    client.pause()
    job = client.submit(chain(1, value=0.71))
    assert job.status().state is Standing.QUEUED
    assert job.wait(0.05).state is JobState.QUEUED
    client.resume()
    assert job.wait(120).state is JobState.DONE
    assert client.job("nobody's").status().state is Standing.UNKNOWN


def test_what_came_of_a_job_is_there_at_once_and_later(client: Client) -> None:
    job = client.submit(saved(0.72))
    job.wait(120)
    (file,) = job.files()
    content = job.file(file.index)
    assert content.startswith(b"\x89PNG")
    assert job.outcome().files == [file]
    assert job.outcome(inline=True).files[0].content == content
    failed = client.submit(one("TestFail", message="alas"))
    failed.wait(120)
    assert failed.outcome().outcome is Outcome.FAILED


def test_what_workflows_are_made_of(client: Client) -> None:
    assert client.node("TestEcho") in client.nodes()
    with pytest.raises(NotFoundError, match="no node class"):
        client.node("TestNothing")
    assert {folder.name for folder in client.model_folders()} > {"checkpoints", "loras"}
    assert client.models("loras") == []


def test_jobs_are_listed_that_are_wanted(client: Client) -> None:
    client.pause()
    jobs = [client.submit(chain(1), extra_data={"title": f"Wanted {n}", "client_id": "lister"}) for n in range(3)]
    mine = list(client.jobs(client="lister", oldest_first=True, page=2, state=[JobState.QUEUED, JobState.RUNNING]))
    assert [view.job for view in mine] == [job.id for job in jobs]
    assert [view.job for view in client.jobs(title="Wanted 1")] == [jobs[1].id]
    assert list(client.jobs(client="lister", until=mine[0].created, shown=True)) == []
    client.clear()
    client.resume()
