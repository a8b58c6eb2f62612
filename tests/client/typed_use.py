"""How programs use the client, for the type checker alone: nothing here runs."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, assert_type

from nodegraph.client import AsyncClient, AsyncJob, Client, Gap, Job, JobView, OutputFile, QueueView, Result, Uploaded
from nodegraph.execution.events import NodeProgress
from nodegraph.server.events import Happened, ServerEvent


def waiting(client: Client, workflow: dict[str, Any]) -> None:
    job = client.submit(workflow, priority=3, targets=["9"], key="k")
    assert_type(job, Job)
    assert_type(client.run(workflow, timeout=5.0, front=True), Result)
    assert_type(job.events(), Iterator[ServerEvent | Gap])
    assert_type(client.events(after=1), Iterator[Happened | Gap])
    assert_type(client.jobs(), Iterator[JobView])
    assert_type(job.retry(), Job)
    assert_type(job.move(before="other"), JobView)
    assert_type(client.queue(), QueueView)
    assert_type(job.result().files, list[OutputFile])
    assert_type(client.upload("a.png"), Uploaded)
    for event in job.events():
        match event:
            case NodeProgress(_, node, value):
                assert_type((node, value), tuple[str, float])
            case Gap(after):
                assert_type(after, int)
    client.submit(workflow, priority="high")  # type: ignore[arg-type]
    client.submit(workflow, colour="red")  # type: ignore[call-arg]
    client.submit(3)  # type: ignore[arg-type]
    client.download("picture.png")  # type: ignore[arg-type]
    job.move(beside="other")  # type: ignore[call-arg]


async def awaiting(client: AsyncClient, workflow: dict[str, Any]) -> None:
    job = await client.submit(workflow, priority=3)
    assert_type(job, AsyncJob)
    assert_type(await client.run(workflow), Result)
    assert_type(job.events(), AsyncIterator[ServerEvent | Gap])
    assert_type(await client.save((await job.result()).files[0], "folder"), Path)
    client.submit(workflow).events()  # type: ignore[attr-defined]
