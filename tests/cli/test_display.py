"""The progress bar of a run, and the files it lists."""

import io
import sys
from pathlib import Path

import pytest

from nodegraph.cli.display import Display
from nodegraph.execution.events import NodeFinished, NodeOutput, NodeProgress
from nodegraph.media.folders import DataFolders

PROMPT = {"1": {"class_type": "KSampler", "_meta": {"title": "Draw"}}, "2": {"class_type": "SaveImage"}}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(*(tmp_path / name for name in ("input", "output", "temp", "user")))


def show_steps(folders: DataFolders) -> None:
    with Display(PROMPT, folders) as display:
        for done in range(1, 4):
            display.show(NodeProgress("job", "1", done, 3))
        display.show(NodeFinished("job", "1", 0.1))


def test_shows_steps_and_their_rate_in_a_terminal(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show_steps(folders)
    last = terminal.getvalue().rstrip("\n").split("\r")[-1]
    assert last.startswith("Draw: 100%")
    assert " 3/3 " in last
    assert "step/s]" in last


def test_shows_no_bar_elsewhere(folders: DataFolders, capsys: pytest.CaptureFixture[str]) -> None:
    show_steps(folders)
    assert capsys.readouterr() == ("", "")


def test_lists_every_file_that_is_shown(folders: DataFolders) -> None:
    shown = {
        "images": [{"filename": "a.png", "subfolder": "sub", "type": "output"}],
        "latents": [{"filename": "b.latent"}],
        "text": ["no file", {"other": 1}],
        "animated": [True],
    }
    with Display(PROMPT, folders) as display:
        display.show(NodeOutput("job", "2", "2", shown))
    assert display.files == [folders.output / "sub" / "a.png", folders.output / "b.latent"]
