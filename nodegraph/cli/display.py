"""What a run shows in a terminal: a bar with the rate of its steps, and in the end the files that were written."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nodegraph.execution.events import Event, NodeBlocked, NodeFinished, NodeOutput, NodeProgress
from nodegraph.media.folders import DataFolders


class Display:
    """Listens to one run. Bars go to standard error, and only where that is a terminal."""

    def __init__(self, prompt: Mapping[str, Any], folders: DataFolders) -> None:
        self._prompt = prompt
        self._folders = folders
        self._bar: tqdm[Any] | None = None
        self.files: list[Path] = []

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case NodeProgress():
                if self._bar is None:
                    self._bar = tqdm(desc=self._name(event.node), total=event.total, unit="step", disable=None)
                self._bar.update(event.value - self._bar.n)
            case NodeFinished():
                self._close()
            case NodeOutput():
                self.files += self._written(event.ui)
            case NodeBlocked():
                tqdm.write(f"{self._name(event.node)} did not run: {event.message}")
            case _:
                pass

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _name(self, node: str) -> str:
        described = self._prompt.get(node, {})
        return described.get("_meta", {}).get("title") or described.get("class_type") or node

    def _written(self, ui: Mapping[str, Sequence[Any]]) -> Iterator[Path]:
        """The files that an output shows, whatever their kind."""
        for shown in ui.values():
            for item in shown if isinstance(shown, Sequence) else ():
                if isinstance(item, Mapping) and "filename" in item:
                    yield self._folders.resolve(item.get("type", "output"), item.get("subfolder", ""), item["filename"])
