"""What krita-ai-diffusion asks of a server's own routes, in its order: a probe, the listener, one prompt at a time."""

import uuid

import aiohttp
from live_server import FieldClient, LiveServer, chain, steps


async def test_its_calls_are_answered(server: LiveServer, session: aiohttp.ClientSession) -> None:
    listener = FieldClient(session, server.url)
    device = (await listener.get("/system_stats"))["devices"][0]
    assert device["name"]
    assert device["vram_total"] > 0
    probe = FieldClient(session, server.url)
    probe.id = listener.id
    await probe.connect()
    await listener.connect()
    await probe.socket.close()  # which must not take the listener's place with it
    assert {"KSampler", "CLIPTextEncode"} <= (await listener.get("/object_info")).keys()

    chosen = str(uuid.uuid4())
    body = {"prompt": chain(1, value=0.37), "client_id": listener.id, "prompt_id": chosen}
    status, answer = await listener.call("/prompt", body)
    assert (status, answer["prompt_id"]) == (200, chosen)
    assert (await listener.until("execution_start"))["prompt_id"] == chosen
    assert (await listener.until("execution_cached"))["nodes"] == []
    assert (await listener.until("executed"))["output"]["images"]
    await listener.until("executing", node=None, prompt_id=chosen)

    running, waiting = str(uuid.uuid4()), str(uuid.uuid4())
    for job in (running, waiting):
        await listener.post(steps(10_000), prompt_id=job)
    await listener.until("progress", prompt_id=running)
    assert await listener.call("/queue", {"delete": [waiting]}) == (200, None)
    assert await listener.call("/interrupt", {}) == (200, None)
    await listener.until("execution_interrupted", prompt_id=running)
    await listener.until("executing", node=None, prompt_id=running)
    assert (await listener.get("/queue"))["queue_pending"] == []
    await listener.socket.close()
