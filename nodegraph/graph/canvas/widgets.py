"""Widget values: which of the values that a canvas lists belongs to which input.

A node's ``widgets_values`` is a bare list in the order of its widgets, with values in between that are no input: how a
seed changes after a run, a filter, the name of an upload button. Knows one node at a time, and no links.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from nodegraph.graph.canvas.document import CanvasNode
from nodegraph.graph.dynamic import keys, members
from nodegraph.graph.sockets import BOOLEAN, COMBO, DYNAMIC_COMBO, FLOAT, INT, STRING, WIDGET_TYPES
from nodegraph.graph.spec import Choices, FileList, InputSpec, Literal, NodeSpec

CONTROL = "control_after_generate"
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize"})
_UPLOADS = frozenset({"image", "audio", "video", "upload"})
_SEEDS = frozenset({"seed", "noise_seed"})
_EMPTY: Mapping[str, Literal] = {STRING: "", INT: 0, FLOAT: 0.0, BOOLEAN: False}
"""What an editor puts into a widget that has no default."""


def widget_values(node: CanvasNode, spec: NodeSpec | None) -> dict[str, Literal]:
    """The values of a node's widgets, by input. Widgets that the file does not know yet have their defaults.

    For an unknown class (``spec`` is None) it is the best guess that the file allows.
    """
    listed, named = node.widgets_values, node.widgets_values_named
    widgets = _guessed_widgets(node) if spec is None else _widgets(node, spec)
    if isinstance(listed, dict):
        return _by_name(widgets, listed, spec)
    if named is not None and (spec is None or not listed):
        return _by_name(widgets, named, spec)
    taker = _ListTaker(listed if isinstance(listed, list) else [], guessed=spec is None)
    dealt = _deal(widgets, taker)
    if named is not None and taker.has_more:
        return _by_name(widgets, named, spec)  # the list is that of another version of the class
    return dealt


def _deal(widgets: Iterable[InputSpec], take: Callable[[InputSpec, int], Any]) -> dict[str, Literal]:
    """Ask for the value of each widget in turn, telling how many others wait; what is chosen may bring more."""
    dealt: dict[str, Literal] = {}
    waiting = list(widgets)[::-1]
    while waiting:
        widget = waiting.pop()
        value = take(widget, len(waiting))
        if value is None:
            value = _initial(widget)
        if value is not None:
            dealt[widget.name] = value
        waiting.extend(reversed(_only_widgets(members(widget, value))))
    return dealt


def _by_name(widgets: Iterable[InputSpec], values: Mapping[str, Any], spec: NodeSpec | None) -> dict[str, Literal]:
    """The named values of the widgets, and of whatever else the class declares (or, if unknown, might)."""
    declared = None if spec is None else {i.name for i in spec.inputs}
    dealt = _deal(widgets, lambda widget, _: values.get(widget.name))
    for name, value in values.items():
        if name.rpartition(".")[2] != CONTROL and (declared is None or name.partition(".")[0] in declared):
            dealt.setdefault(name, value)
    return dealt


class _ListTaker:
    """Takes one value after the other from a list, passing over those that are of no input."""

    def __init__(self, values: Sequence[Any], *, guessed: bool) -> None:
        self._values = list(values)[::-1]
        self._guessed = guessed

    def __call__(self, widget: InputSpec, others: int) -> Any:
        """The value of ``widget``; ``others`` are still waiting."""
        value = self._values.pop() if self._values else None
        surplus = len(self._values) > others
        if self._next_is(_CONTROLS) and (_controlled(widget) or (self._guessed and surplus)):
            self._values.pop()
            if widget.type == COMBO and len(self._values) > others and isinstance(self._values[-1], str):
                self._values.pop()  # the filter that went with it
        elif surplus and self._next_is(_UPLOADS) and (self._guessed or _uploads(widget)):
            self._values.pop()
        return value

    @property
    def has_more(self) -> bool:
        """Whether something is left that no widget took."""
        return any(value is not None for value in self._values)

    def _next_is(self, among: Container[str]) -> bool:
        return bool(self._values) and isinstance(self._values[-1], str) and self._values[-1] in among


def _widgets(node: CanvasNode, spec: NodeSpec) -> list[InputSpec]:
    """The inputs that were widgets when the file was saved: by their type, or because the file says so."""
    marked = {socket.name for socket in node.sockets if socket.widget} | (node.widgets_values_named or {}).keys()
    sockets = {socket.name for socket in node.sockets if socket.link is not None} - marked
    by_type = {declared.name for declared in _only_widgets(spec.inputs)}
    required_first = sorted(spec.inputs, key=lambda declared: declared.optional)
    return [declared for declared in required_first if declared.name in (by_type | marked) - sockets]


def _only_widgets(inputs: Iterable[InputSpec]) -> list[InputSpec]:
    return [
        declared
        for declared in inputs
        if (declared.type in WIDGET_TYPES or declared.type == DYNAMIC_COMBO or "widgetType" in declared.extra)
        and not declared.socket_only
    ]


def _guessed_widgets(node: CanvasNode) -> list[InputSpec]:
    """The widgets of a class nobody knows: newer files list them among the inputs."""
    return [InputSpec(socket.widget.name or socket.name, str(socket.type)) for socket in node.sockets if socket.widget]


def _initial(widget: InputSpec) -> Literal:
    """What an editor shows in a fresh widget, or None where only a server could tell."""
    if widget.has_default:
        return widget.default
    if isinstance(widget.choices, Choices):
        return widget.choices.options[0] if widget.choices.options else None
    if widget.type == DYNAMIC_COMBO:
        return next(iter(keys(widget)), None)
    if widget.type == INT and widget.minimum is not None:
        return max(0, widget.minimum)
    return _EMPTY.get(widget.type)


def _controlled(widget: InputSpec) -> bool:
    """Whether a value that says how this one changes follows it."""
    return widget.control_after_generate or (widget.type == INT and widget.name in _SEEDS)


def _uploads(widget: InputSpec) -> bool:
    """Whether the name of an upload button may follow."""
    declared = isinstance(widget.choices, FileList) and bool(widget.choices.upload)
    return declared or any(key.endswith("_upload") for key in widget.extra)
