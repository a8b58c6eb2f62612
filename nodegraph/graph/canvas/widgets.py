"""Widget values: which of the values that a canvas lists belongs to which input.

A node's ``widgets_values`` is a bare list in the order of its widgets, with values in between that are no input: how a
seed changes after a run, a filter, the name of an upload button. Knows one node at a time, and no links.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from nodegraph.graph.canvas.document import CanvasNode, Input
from nodegraph.graph.dynamic import keys, members
from nodegraph.graph.sockets import (
    ANY,
    AUTOGROW,
    BOOLEAN,
    COLOR,
    COMBO,
    DYNAMIC_COMBO,
    FLOAT,
    INT,
    STRING,
    UNWRITABLE_TYPES,
    WIDGET_TYPES,
)
from nodegraph.graph.spec import Choices, FileList, InputSpec, Literal, NodeSpec

CONTROL = "control_after_generate"
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize"})
_UPLOADS = frozenset({"image", "audio", "video", "upload"})
_PICTURES = ("image", "video", "animated_image")
_SEEDS = frozenset({"seed", "noise_seed"})
_EMPTY: Mapping[str, Literal] = {STRING: "", INT: 0, FLOAT: 0.0, BOOLEAN: False, COLOR: "#ffffff"}
"""What an editor puts into a widget that has no default."""


def widget_values(node: CanvasNode, spec: NodeSpec | None) -> dict[str, Literal]:
    """The values of a node's widgets, by input. Widgets that the file does not know yet have their defaults.

    For an unknown class (``spec`` is None) it is the best guess that the file allows.
    """
    listed, named = node.widgets_values, node.widgets_values_named
    widgets = _guessed_widgets(node) if spec is None else _widgets(node, spec)
    if isinstance(listed, dict):
        return _by_name(node, widgets, listed, spec)
    if named is not None and (spec is None or not listed):
        return _by_name(node, widgets, named, spec)
    taken, complete = _from_list(widgets, listed if isinstance(listed, list) else [], guessed=spec is None)
    if named is None:
        return taken
    if not complete:
        return _by_name(node, widgets, named, spec)  # the list is that of another version of the class
    return {**_others(node, named, spec), **taken}


def _from_list(
    widgets: Sequence[InputSpec], values: Sequence[Any], *, guessed: bool
) -> tuple[dict[str, Literal], bool]:
    """The values of a list by widget, and whether that took all of it."""
    taker = _ListTaker(values, guessed=guessed)
    taken = deal(widgets, taker)
    if taker.has_more and any(widget.type == COMBO and controlled(widget) for widget in widgets):
        filtering = _ListTaker(values, guessed=guessed, filters=True)
        with_filters = deal(widgets, filtering)
        if not filtering.has_more:
            return with_filters, True
    return taken, not taker.has_more


def deal(widgets: Iterable[InputSpec], take: Callable[[InputSpec, int], Any]) -> dict[str, Literal]:
    """Ask for the value of each widget in turn, telling how many others wait; what is chosen may bring more."""
    dealt: dict[str, Literal] = {}
    waiting = list(widgets)[::-1]
    while waiting:
        widget = waiting.pop()
        value = take(widget, len(waiting))
        if value is None:
            value = initial(widget)
        if value is not None:
            dealt[widget.name] = value
        waiting.extend(reversed(only_widgets(members(widget, value))))
    return dealt


def _by_name(
    node: CanvasNode, widgets: Iterable[InputSpec], values: Mapping[str, Any], spec: NodeSpec | None
) -> dict[str, Literal]:
    """The named values of the widgets and of others."""
    return {**_others(node, values, spec), **deal(widgets, lambda widget, _: values.get(widget.name))}


def _others(node: CanvasNode, values: Mapping[str, Any], spec: NodeSpec | None) -> dict[str, Literal]:
    """Named values of whatever the class declares or the node has an input for; if unknown, of all it might have."""
    names = {socket.name for socket in node.sockets if not _is_button(socket)}
    names |= {declared.name for declared in spec.inputs} if spec else set()
    return {
        name: value
        for name, value in values.items()
        if name.rpartition(".")[2] != CONTROL
        and value is not None
        and (spec is None or name in names or name.partition(".")[0] in names)
    }


def _is_button(socket: Input) -> bool:
    """Whether it only stands for a button to upload files with."""
    return isinstance(socket.type, str) and socket.type.endswith("UPLOAD")


class _ListTaker:
    """Takes one value after the other from a list, passing over those that are of no input.

    ``filters``: after a choice that changes after a run there is the filter that goes with it, too.
    """

    def __init__(self, values: Sequence[Any], *, guessed: bool, filters: bool = False) -> None:
        self._values = list(values)[::-1]
        self._guessed = guessed
        self._filters = filters

    def __call__(self, widget: InputSpec, others: int) -> Any:
        """The value of ``widget``; ``others`` are still waiting."""
        value = self._values.pop() if self._values else None
        surplus = len(self._values) > others
        if self._next_is(_CONTROLS) and (controlled(widget) or (self._guessed and surplus)):
            self._values.pop()
            if widget.type == COMBO and self._filters and self._values and isinstance(self._values[-1], str):
                self._values.pop()
        elif surplus and self._next_is(_UPLOADS) and (self._guessed or uploads(widget)):
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
    marked = {socket.name for socket in node.sockets if socket.widget}
    linked = {socket.name for socket in node.sockets if socket.link is not None} - marked
    named = (node.widgets_values_named or {}).keys()
    return [
        declared
        for declared in widget_order(spec)
        if declared.name in marked
        or (not _only_socket(declared) and declared.name in named)
        or (_is_widget(declared) and declared.name not in linked)
    ]


def widget_order(spec: NodeSpec) -> list[InputSpec]:
    """The inputs of a class in the order in which their widgets stand: those required first."""
    return sorted(spec.inputs, key=lambda declared: declared.optional)


def only_widgets(inputs: Iterable[InputSpec]) -> list[InputSpec]:
    """Those that are edited in place."""
    return [declared for declared in inputs if _is_widget(declared)]


def may_be_widget(declared: InputSpec) -> bool:
    """Whether an input that has a literal is edited in place: by its type, or because it is of a pack's own type."""
    return _is_widget(declared) or not _only_socket(declared)


def _is_widget(declared: InputSpec) -> bool:
    edited = declared.type in WIDGET_TYPES or declared.type == DYNAMIC_COMBO or "widgetType" in declared.extra
    return edited and not declared.socket_only


def _only_socket(declared: InputSpec) -> bool:
    """Whether no editor has a widget for it."""
    return declared.socket_only or declared.type in UNWRITABLE_TYPES or declared.type in (ANY, AUTOGROW)


def _guessed_widgets(node: CanvasNode) -> list[InputSpec]:
    """The widgets of a class nobody knows: newer files list them among the inputs."""
    return [InputSpec(socket.widget.name or socket.name, str(socket.type)) for socket in node.sockets if socket.widget]


def initial(widget: InputSpec) -> Literal:
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


def controlled(widget: InputSpec) -> bool:
    """Whether a value that says how this one changes follows it."""
    return widget.control_after_generate or (widget.type == INT and widget.name in _SEEDS)


def uploads(widget: InputSpec) -> bool:
    """Whether the name of an upload button may follow."""
    declared = isinstance(widget.choices, FileList) and bool(widget.choices.upload)
    return declared or any(key.endswith("_upload") for key in widget.extra)


def button_of(widget: InputSpec) -> str:
    """The value that an editor writes for the upload button of this widget, or ""."""
    kind = widget.choices.upload if isinstance(widget.choices, FileList) else ""
    return "image" if kind in _PICTURES or any(f"{known}_upload" in widget.extra for known in _PICTURES) else ""
