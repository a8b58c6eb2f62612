"""What keeps the results of one installation apart from those of another."""

from pathlib import Path

import pytest
import torch

from nodegraph.worker.configuration import configuration

CPU = torch.device("cpu")


def test_it_is_the_same_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = configuration(CPU, torch.float32)
    assert here == configuration(CPU, torch.float32)
    assert here != configuration(CPU, torch.bfloat16)
    assert here != configuration(torch.device("meta"), torch.float32)

    (tmp_path / "resampler-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    one = configuration(CPU, torch.float32)
    (tmp_path / "resampler-1.0.dist-info").rename(tmp_path / "resampler-1.1.dist-info")
    assert len({here, one, configuration(CPU, torch.float32)}) == 3

    monkeypatch.undo()
    monkeypatch.setattr(torch, "__version__", "99.0")
    assert configuration(CPU, torch.float32) != here
