"""The field's newer routes for jobs, against a real server with a real worker."""

import uuid

import pytest
from live_server import FieldClient, chain, one, steps

KEYS = {
    "id",
    "status",
    "priority",
    "create_time",
    "execution_start_time",
    "execution_end_time",
    "execution_error",
    "outputs_count",
    "previewable_outputs_count",
    "preview_output",
    "workflow_id",
}


def of(workflow: str) -> dict[str, object]:
    """What a page sends with a prompt that came from this workflow."""
    return {"extra_data": {"extra_pnginfo": {"workflow": {"id": workflow}}}}


async def ended(client: FieldClient, prompt: object, **more: object) -> str:
    prompt_id = str((await client.post(prompt, **more))["prompt_id"])
    await client.finish(prompt_id)
    return prompt_id


async def test_jobs_are_listed_filtered_sorted_and_paged(client: FieldClient) -> None:
    workflow = str(uuid.uuid4())
    shown = await ended(client, chain(0, value=0.91), **of(workflow))
    failed = await ended(client, one("TestFail", message="broken vase"), **of(workflow))
    slow = await ended(client, steps(3, pause=0.1), **of(workflow))

    async def listed(query: str = "") -> list[str]:
        return [job["id"] for job in (await client.get(f"/api/jobs?workflow_id={workflow}{query}"))["jobs"]]

    assert await listed() == [slow, failed, shown]
    assert await listed("&sort_order=asc") == [shown, failed, slow]
    assert (await listed("&sort_by=execution_duration"))[0] == slow
    assert (await listed("&sort_by=execution_duration&sort_order=asc"))[-1] == slow
    assert await listed("&status=failed") == [failed]
    assert await listed("&status=completed,failed&limit=2") == [slow, failed]
    page = await client.get(f"/api/jobs?workflow_id={workflow}&limit=1&offset=1")
    assert [job["id"] for job in page["jobs"]] == [failed]
    assert page["pagination"] == {"offset": 1, "limit": 1, "total": 3, "has_more": True}
    assert (await client.get(f"/api/jobs?workflow_id={workflow}&offset=2"))["pagination"]["has_more"] is False
    for query in ("status=lost", "sort_by=name", "sort_order=up", "limit=many"):
        async with client.session.get(f"{client.url}/api/jobs?{query}") as response:
            assert response.status == 400, query


async def test_a_job_says_what_came_of_it(client: FieldClient) -> None:
    workflow = str(uuid.uuid4())
    prompt = chain(0, value=0.92)
    job = await client.get(f"/api/jobs/{await ended(client, prompt, **of(workflow))}")
    assert job.keys() == KEYS | {"outputs", "execution_status", "workflow"}
    assert (job["status"], job["workflow_id"], job["execution_error"]) == ("completed", workflow, None)
    assert job["create_time"] <= job["execution_start_time"] <= job["execution_end_time"]
    assert (job["outputs_count"], job["previewable_outputs_count"]) == (1, 1)
    (image,) = job["outputs"]["o"]["images"]
    assert job["preview_output"] == {**image, "nodeId": "o", "mediaType": "images"}
    assert job["execution_status"]["status_str"] == "success"
    assert job["workflow"]["prompt"]["o"]["class_type"] == "PreviewImage"
    assert job["workflow"]["extra_data"]["extra_pnginfo"]["workflow"]["id"] == workflow
    failed = await client.get(f"/api/jobs/{await ended(client, one('TestFail', message='broken vase'))}")
    assert (failed["status"], failed["execution_error"]["exception_message"]) == ("failed", "broken vase\n")
    assert failed["workflow_id"] is None
    async with client.session.get(f"{client.url}/api/jobs/{uuid.uuid4()}") as response:
        assert response.status == 404


async def test_jobs_are_cancelled_where_they_are(client: FieldClient) -> None:
    running = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    waiting = [(await client.post(chain(1)))["prompt_id"] for _ in range(3)]
    statuses = {job["id"]: job for job in (await client.get("/api/jobs?status=in_progress,pending"))["jobs"]}
    assert statuses[running]["status"] == "in_progress"
    assert statuses[waiting[0]].keys() == KEYS
    assert {statuses[job]["status"] for job in waiting} == {"pending"}
    assert await client.call("/api/jobs/cancel", {"job_ids": waiting[:2]}) == (200, {"cancelled": True})
    assert await client.call(f"/api/jobs/{waiting[2]}/cancel", {}) == (200, {"cancelled": True})
    assert await client.call(f"/api/jobs/{waiting[2]}/cancel", {}) == (200, {"cancelled": False})
    assert await client.call("/api/jobs/cancel", {"job_ids": waiting}) == (200, {"cancelled": False})
    assert (await client.call("/api/jobs/cancel", {"job_ids": "all"}))[0] == 400
    assert await client.call(f"/api/jobs/{running}/cancel", {}) == (200, {"cancelled": True})
    await client.finish(running)
    assert (await client.get(f"/api/jobs/{running}"))["status"] == "cancelled"
    listed = [job["id"] for job in (await client.get("/api/jobs"))["jobs"]]
    assert running in listed
    assert not set(waiting) & set(listed)  # they never ran


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"prompt_id": null}'])
async def test_any_body_interrupts(client: FieldClient, body: bytes) -> None:
    prompt_id = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    async with client.session.post(f"{client.url}/interrupt", data=body) as response:
        assert (response.status, await response.read()) == (200, b"")
    assert (await client.until("execution_interrupted"))["prompt_id"] == prompt_id
    await client.finish(prompt_id)
