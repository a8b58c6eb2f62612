"""The built-in pack, loaded once; and a context in which nodes that need no weights can be called as functions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from nodegraph import starter
from nodegraph.diffusion.gate import open_gate
from nodegraph.media.folders import DataFolders
from nodegraph.packs.context import Context
from nodegraph.packs.declare import NodeDefinition
from nodegraph.packs.loader import load_packs
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.handles import Clip, Model, Vae
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency


@pytest.fixture(scope="session")
def definitions() -> Mapping[str, NodeDefinition]:
    loaded = load_packs()
    assert loaded.failures == []
    return loaded.nodes


@pytest.fixture
def nodes(definitions: Mapping[str, NodeDefinition]) -> Mapping[str, Callable[..., Any]]:
    """The plain functions, by class id."""
    return {class_id: definition.function for class_id, definition in definitions.items()}


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    made = DataFolders(*(tmp_path / name for name in ("input", "output", "temp", "user")))
    made.input.mkdir()
    return made


@pytest.fixture
def ctx(tmp_path: Path, folders: DataFolders) -> Context:
    return Context(
        files=folders,
        models=ModelFolders(tmp_path / "models", ()),
        weights=Residency(device="cpu", precision="fp32"),
        gate=open_gate,
        node_id="1",
        progress=lambda value, total: None,
        send_picture=lambda mime, image: None,
        send_text=lambda text: None,
    )


@pytest.fixture(scope="session")
def starter_weights() -> Residency:
    """The networks of the starter model, loaded once."""
    return Residency(device="cpu", precision="fp32")


@pytest.fixture
def starter_ctx(ctx: Context, starter_weights: Residency) -> Context:
    """A context in which the handles of ``starter_parts`` can be computed with."""
    return replace(ctx, weights=starter_weights, models=ModelFolders("nowhere", bundled=starter.FOLDER))


@pytest.fixture(scope="session")
def starter_parts() -> tuple[Model, Clip, Vae]:
    return open_checkpoint(starter.CHECKPOINT)


@pytest.fixture
def picture() -> Tensor:
    """Something red before something bright, ``1 128 128 3``."""
    image = torch.full((1, 128, 128, 3), 0.8)
    image[:, 40:90, 40:90] = torch.tensor([0.8, 0.1, 0.1])
    return image
