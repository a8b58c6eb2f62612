"""Plain values, to be linked to several inputs."""

from typing import Annotated

from nodegraph.packs.declare import node
from nodegraph.packs.markers import ControlAfterGenerate, Range
from nodegraph.packs.types import Text

_LARGEST = 2**63 - 1
_CATEGORY = "utils/primitive"


@node("PrimitiveInt", category=_CATEGORY, display_name="Int")
def primitive_int(*, value: Annotated[int, Range(-_LARGEST, _LARGEST), ControlAfterGenerate()]) -> int:
    """A whole number."""
    return value


@node("PrimitiveFloat", category=_CATEGORY, display_name="Float")
def primitive_float(*, value: Annotated[float, Range(-_LARGEST, _LARGEST)]) -> float:
    """A number."""
    return value


@node("PrimitiveString", category=_CATEGORY, display_name="String")
def primitive_string(*, value: str) -> str:
    """A line of text."""
    return value


@node("PrimitiveStringMultiline", category=_CATEGORY, display_name="String (Multiline)")
def primitive_string_multiline(*, value: Text) -> str:
    """A text of several lines."""
    return value


@node("PrimitiveBoolean", category=_CATEGORY, display_name="Boolean")
def primitive_boolean(*, value: bool) -> bool:
    """A switch."""
    return value
