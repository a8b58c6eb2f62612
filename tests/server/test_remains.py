"""What a job saved before its worker was lost is named in its record."""

from pathlib import Path

import msgspec
import pytest
from job_samples import crash, new_job

from nodegraph.execution.events import Outcome
from nodegraph.media import reservations
from nodegraph.media.owners import OwnerFolders
from nodegraph.media.reservations import Reservations
from nodegraph.server.jobs import JobStore
from nodegraph.server.records import JobState, Record, ShownBy, Ticket
from nodegraph.server.remains import with_remains
from nodegraph.settings import Settings

JOB = "job"


@pytest.fixture(params=["", "0a1b2c3d4e5f"])
def ticket(request: pytest.FixtureRequest) -> Ticket:
    """Of a job of the server's own person, and of one of a token."""
    return Ticket(0, 1.0, 1, JOB, owner=request.param)


@pytest.fixture
def folders(tmp_path: Path, ticket: Ticket) -> OwnerFolders:
    made = OwnerFolders.of_settings(Settings.under(tmp_path))
    (made.of(ticket.owner).output / "sub").mkdir(parents=True)
    made.of(ticket.owner).user.mkdir(parents=True, exist_ok=True)
    return made


def save(folders: OwnerFolders, ticket: Ticket, node: str, *names: str, written: bool = True) -> None:
    journal = Reservations(folders.own.user, JOB).of(node)
    for name in names:
        journal.next()
        subfolder, _, filename = name.rpartition("/")
        journal.set("output", subfolder, filename, name.encode())
        if written:
            (folders.of(ticket.owner).output / name).write_bytes(name.encode())


def record(outputs: dict[str, dict[str, object]]) -> Record:
    return Record(Outcome.FAILED, 1.0, outputs, {node: ShownBy(node) for node in outputs}, {}, [])


def shown(filename: str, subfolder: str = "") -> dict[str, str]:
    return {"filename": filename, "subfolder": subfolder, "type": "output"}


def test_files_that_no_event_told_of_are_named(folders: OwnerFolders, ticket: Ticket) -> None:
    save(folders, ticket, "3", "a_1.png", "sub/a_2.png")
    save(folders, ticket, "4", "b.latent")
    completed = with_remains(record({"3": {"images": [shown("a_1.png")]}}), ticket, folders)
    assert completed.outputs == {
        "3": {"images": [shown("a_1.png"), shown("a_2.png", "sub")]},
        "4": {"files": [shown("b.latent")]},
    }
    assert set(completed.shown_by) == {"3", "4"}
    assert completed.outcome is Outcome.FAILED


def test_what_was_not_written_or_belongs_to_others_is_not_named(folders: OwnerFolders, ticket: Ticket) -> None:
    save(folders, ticket, "3", "never.png", written=False)
    save(folders, ticket, "4", "taken.png", "../user/x.png", written=False)
    (folders.of(ticket.owner).output / "taken.png").write_bytes(b"somebody else's")
    (folders.of(ticket.owner).user / "x.png").write_bytes(b"../user/x.png")
    before = record({})
    assert with_remains(before, ticket, folders) == before


def test_a_job_that_saved_nothing_has_no_remains(folders: OwnerFolders, ticket: Ticket) -> None:
    before = record({"1": {"text": ["a"], "odd": [1, {"a": 1}]}})
    assert with_remains(before, ticket, folders) == before
    save(folders, ticket, "3", "a.png")
    reservations.forget(folders.own.user, [JOB])
    assert with_remains(before, ticket, folders) == before


@pytest.mark.parametrize("end", ["cancelled while it waits again", "given up"])
async def test_ends_that_no_worker_tells_of_name_the_files(folders: OwnerFolders, ticket: Ticket, end: str) -> None:
    async def opened() -> JobStore:
        return await JobStore.open(
            folders.own.user / "jobs.sqlite", complete=lambda record, ticket: with_remains(record, ticket, folders)
        )

    store = await opened()
    await store.submit(new_job(JOB, owner=ticket.owner))
    store.take()
    save(folders, ticket, "3", "a.png")
    await crash(store)
    store = await opened()
    if end == "given up":
        store.take()
        await crash(store)
        store = await opened()
    else:
        assert [ticket.job for ticket in await store.remove([JOB])] == [JOB]
    row = await store.job(JOB)
    assert row is not None
    assert row.state is (JobState.FAILED if end == "given up" else JobState.CANCELLED)
    assert msgspec.json.decode(row.outputs) == {"3": {"images": [shown("a.png")]}}
    await store.close()
