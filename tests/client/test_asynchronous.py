"""The client for asyncio: what is its own. What it shares with the one that waits is tested there."""

import asyncio
import inspect
from pathlib import Path

import pytest
from server.live_server import chain, one, steps

from nodegraph.client import (
    AsyncClient,
    AsyncJob,
    Client,
    Job,
    JobCancelledError,
    JobFailedError,
    WaitTimeoutError,
)
from nodegraph.execution.events import JobFinished, NodeProgress, Outcome


async def test_run_gives_pictures(async_client: AsyncClient, tmp_path: Path) -> None:
    result = await async_client.run(chain(2), timeout=120)
    (file,) = result.files
    path = await async_client.save(file, tmp_path)
    assert path.read_bytes() == await async_client.download(file)


async def test_many_jobs_are_followed_at_once(async_client: AsyncClient) -> None:
    results = await asyncio.gather(*(async_client.run(chain(1, value=n / 10), timeout=120) for n in range(10)))
    assert {result.outcome for result in results} == {Outcome.DONE}
    assert len({result.job for result in results}) == 10
    newest = [view.job async for view in async_client.jobs(page=4)][:10]
    assert set(newest) == {result.job for result in results}


async def test_a_run_is_followed_and_cancelled(async_client: AsyncClient) -> None:
    job = await async_client.submit(steps(100_000))
    last = None
    async for event in job.events():
        last = event
        if isinstance(event, NodeProgress) and event.value == 3:
            assert await job.cancel()
    assert isinstance(last, JobFinished)
    with pytest.raises(JobCancelledError):
        await job.result()
    with pytest.raises(JobFailedError, match="oh no"):
        await async_client.run(one("TestFail", message="oh no"), timeout=120)


async def test_waiting_may_be_given_up(async_client: AsyncClient) -> None:
    job = await async_client.submit(steps(100_000))
    with pytest.raises(WaitTimeoutError):
        await job.result(0.2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await job.result()
    assert await job.cancel()


async def test_a_picture_goes_up(async_client: AsyncClient, picture: Path) -> None:
    assert str(await async_client.upload(picture)) == "red.png"


@pytest.mark.parametrize(("blocking", "asynchronous"), [(Client, AsyncClient), (Job, AsyncJob)])
def test_both_clients_have_the_same_methods(blocking: type, asynchronous: type) -> None:
    def methods(kind: type) -> dict[str, str]:
        named = {name: value for name, value in vars(kind).items() if inspect.isfunction(value) and name[0] != "_"}
        return {name: str(inspect.signature(value)).replace("Async", "") for name, value in named.items()}

    assert methods(blocking) == methods(asynchronous)
    assert len(methods(blocking)) > 5
    for name, method in vars(asynchronous).items():
        if name in methods(asynchronous):
            gives = inspect.signature(method).return_annotation
            streams = "Iterator" in str(gives) or name == "job"
            assert inspect.iscoroutinefunction(method) != streams, name
