"""The routes below ``/api/v1``, as tests call them."""

import asyncio
from typing import Any

import aiohttp

ENDED = ("done", "failed", "cancelled")


class Api:
    """The routes below ``/api/v1``."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, expect: int = 200) -> Any:
        """The answer, whose status must be as expected."""
        headers = {} if key is None else {"Idempotency-Key": key}
        async with self.session.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers) as response:
            text = await response.text()
            assert response.status == expect, text
            return await response.json() if text else None

    async def submit(self, prompt: Any, **more: Any) -> str:
        """Queue a prompt; its job."""
        job: str = (await self.call("POST", "/jobs", {"prompt": prompt, **more}, expect=201))["job"]
        return job

    async def end(self, job: str) -> dict[str, Any]:
        """The job once it has ended."""
        return await self.until(job, *ENDED)

    async def until(self, job: str, *states: str) -> dict[str, Any]:
        """The job once it is in one of these states."""
        async with asyncio.timeout(120):
            while True:
                view: dict[str, Any] = await self.call("GET", f"/jobs/{job}")
                if view["state"] in states:
                    return view
                await asyncio.sleep(0.02)

    async def waiting(self) -> list[str]:
        """The waiting jobs in their order."""
        return [entry["job"] for entry in (await self.call("GET", "/queue"))["queued"]]
