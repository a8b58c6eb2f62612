"""Asynchronous nodes in progress. They go on whenever the run attends to them; owns no order and knows no nodes.

An event loop is made when the first of them starts, and runs on the thread of the run.
"""

import asyncio
import inspect
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Tasks(Generic[T]):
    """Answers still to come, each set with its owner. True while there are any."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._owners: dict[asyncio.Task[list[Any]], T] = {}

    def __bool__(self) -> bool:
        return bool(self._owners)

    def start(self, owner: T, answers: Sequence[Any]) -> None:
        """Let what is awaitable among ``answers`` go on; the rest are answers already."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        self._owners[self._runner.get_loop().create_task(_all(answers))] = owner

    def attend(self, seconds: float) -> list[tuple[T, asyncio.Task[list[Any]]]]:
        """Give them up to ``seconds``, less if one is done before. Returns the finished, in the order they started."""
        assert self._runner is not None
        done = self._runner.run(_wait(self._owners, seconds))
        return [(self._owners.pop(task), task) for task in done]

    def close(self) -> None:
        """Cancel what still runs, and wait for it to end."""
        if self._runner is not None:
            self._runner.close()


async def _all(answers: Sequence[Any]) -> list[Any]:
    return list(await asyncio.gather(*map(_one, answers)))


async def _one(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer


async def _wait(tasks: Iterable[asyncio.Task[list[Any]]], seconds: float) -> list[asyncio.Task[list[Any]]]:
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return [task for task in tasks if task in done]
