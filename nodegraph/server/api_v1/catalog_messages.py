"""What travels about node classes and models. Types only."""

import msgspec

from nodegraph.graph.spec import NodeSpec
from nodegraph.models.inventory import State


class NodeList(msgspec.Struct, frozen=True):
    """The node classes there are."""

    nodes: list[NodeSpec]


class ModelFolder(msgspec.Struct, frozen=True):
    """A kind of models, and how many files there are of it."""

    name: str
    files: int


class ModelFolderList(msgspec.Struct, frozen=True):
    """The kinds of models there are folders for."""

    folders: list[ModelFolder]


class Model(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file in a folder of models, by the name that nodes know it by. ``size`` is in bytes; ``what`` says for people
    what it was recognised as; ``belongs``: the folder it should be in, where that is another one."""

    name: str
    size: int
    what: str
    state: State
    precision: str = ""
    belongs: str = ""


class ModelList(msgspec.Struct, frozen=True):
    """The files in a folder of models."""

    models: list[Model]
