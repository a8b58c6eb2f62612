"""A node with a widget that no node of the built-in pack has, for the tests of the editor."""

from typing import Annotated

from nodegraph.packs.declare import node
from nodegraph.packs.markers import ClientOptions, Range


@node("TestSlider", category="test")
def slider(*, amount: Annotated[float, Range(0, 1, step=0.05), ClientOptions({"display": "slider"})] = 0.5) -> float:
    """A number between two others."""
    return amount
