"""Reading a node's inputs and outputs from the signature of its function.

Only translates, and complains in the words of whoever wrote the function. The decorator is in
:mod:`nodegraph.packs.declare`.
"""

import inspect
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from nodegraph.errors import UserError
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph import sockets
from nodegraph.graph.spec import Choices, CredentialList, FileList, Hidden, InputSpec, Listing, OutputSpec
from nodegraph.packs import markers
from nodegraph.packs.markers import Marker
from nodegraph.packs.secret import Secret

_WIDGETS: dict[Any, str] = {int: sockets.INT, float: sockets.FLOAT, str: sockets.STRING, bool: sockets.BOOLEAN}
_PYTHON: dict[str, tuple[type, ...]] = {
    sockets.INT: (int,),
    sockets.FLOAT: (int, float),
    sockets.STRING: (str,),
    sockets.BOOLEAN: (bool,),
}
"""What the default of such an input may be."""
_RESULTS = (Shown, Blocked, Expansion, type(None))
"""What a function may return beside, or in place of, its values."""
_M = TypeVar("_M")


class DeclarationError(UserError):
    """A node function whose signature does not say what the node needs; names the function and the parameter."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function's signature says. ``context``: its first parameter takes the context."""

    context: bool
    inputs: tuple[InputSpec, ...]
    hidden: dict[str, Hidden]
    outputs: tuple[OutputSpec, ...]
    several: bool
    """It returns a tuple of values, not one."""


class _Hint(NamedTuple):
    """An annotation taken apart."""

    type: Any
    markers: tuple[Any, ...]
    or_none: bool


def read_signature(function: Callable[..., Any], *, takes_lists: bool = False) -> Signature:
    """The inputs and outputs that ``function`` declares. Raises :class:`DeclarationError`."""
    where = f"{function.__module__}.{function.__qualname__}"
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise DeclarationError(
            f"{where}: an annotation uses a name that its module does not have ({error}). Import it at module level."
        ) from error
    parameters = list(inspect.signature(function).parameters.values())
    context = bool(parameters) and _takes_context(parameters[0], hints)
    inputs: list[InputSpec] = []
    hidden: dict[str, Hidden] = {}
    for parameter in parameters[context:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise DeclarationError(
                f"{where}: parameter {parameter.name!r} is not keyword-only. Put a bare * before it; only the context "
                "may come first."
            )
        if parameter.name not in hints:
            raise DeclarationError(f"{where}: parameter {parameter.name!r} has no annotation. Say its type.")
        place = f"{where}: parameter {parameter.name!r}"
        hint = _take_apart(hints[parameter.name])
        kind = _only(hint.markers, markers.HiddenInput)
        if kind is not None:
            hidden[parameter.name] = kind.kind
        elif (growing := _only(hint.markers, markers.Growing)) is not None:
            inputs.append(_group(place, parameter, hint, growing, takes_lists=takes_lists))
        else:
            inputs.append(_input(place, parameter, _unlisted(place, hint) if takes_lists else hint))
    outputs, several = _outputs(where, hints)
    return Signature(context, tuple(inputs), hidden, outputs, several)


def _takes_context(first: inspect.Parameter, hints: dict[str, Any]) -> bool:
    """Whether a first parameter is positional, and no input that its author forgot to make keyword-only."""
    if first.kind not in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        return False
    hint = _take_apart(hints.get(first.name))
    return not hint.markers and hint.type not in _WIDGETS


# ---- annotations ----


def _take_apart(annotation: Any) -> _Hint:
    """``Annotated[T | None, marker]`` and ``Annotated[T, marker] | None`` as (T, (marker,), True)."""
    found: tuple[Any, ...] = ()
    or_none = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *outer = get_args(annotation)
            found = (*found, *reversed(outer))
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            or_none = True
            rest = tuple(arg for arg in get_args(annotation) if arg is not type(None))
            annotation = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 (built from a tuple)
        else:
            return _Hint(annotation, tuple(marker for marker in found if isinstance(marker, Marker)), or_none)


def _only(found: Sequence[Any], kind: type[_M]) -> _M | None:
    """The first marker of a kind: an outer one, written at the parameter, wins over one of the type's alias."""
    return next((marker for marker in found if isinstance(marker, kind)), None)


def _unlisted(place: str, hint: _Hint) -> _Hint:
    """The hint of the items, where lists travel."""
    if get_origin(hint.type) is not list or _only(hint.markers, markers.Socket) is not None:
        raise DeclarationError(f"{place} carries a list of items: write its type as list[...].")
    inner = _take_apart(get_args(hint.type)[0])
    return _Hint(inner.type, (*hint.markers, *inner.markers), hint.or_none)


def _socket(place: str, hint: _Hint) -> str:
    """The socket type of an annotation."""
    socket = _only(hint.markers, markers.Socket)
    if socket is not None:
        return socket.type
    if _only(hint.markers, markers.Matching) is not None:
        return sockets.MATCH
    if (hint.type is Secret) != (_only(hint.markers, markers.Credential) is not None):
        raise DeclarationError(f"{place} is a credential: write its type as Annotated[Secret, Credential()].")
    if _choices(hint) is not None:
        return sockets.COMBO
    if hint.type is Any:
        return sockets.ANY
    if isinstance(hint.type, type) and hint.type in _WIDGETS:
        return _WIDGETS[hint.type]
    shown = hint.type.__qualname__ if isinstance(hint.type, type) else str(hint.type)
    raise DeclarationError(
        f"{place} has the type {shown}, which is no socket type. Use one of nodegraph.packs.types, or make a type: "
        f'Annotated[{shown}, Socket("MY_TYPE")].'
    )


# ---- inputs ----


def _input(place: str, parameter: inspect.Parameter, hint: _Hint) -> InputSpec:
    socket = _socket(place, hint)
    choices = _choices(hint)
    limits = _only(hint.markers, markers.Range)
    text = _only(hint.markers, markers.Multiline)
    tooltip = _only(hint.markers, markers.Tooltip)
    if limits is not None and socket not in (sockets.INT, sockets.FLOAT):
        raise DeclarationError(f"{place} has a Range, but is a {socket}: only INT and FLOAT have one.")
    if text is not None and socket != sockets.STRING:
        raise DeclarationError(f"{place} is Multiline, but is a {socket}: only STRING can be.")
    given = parameter.default is not inspect.Parameter.empty
    default = parameter.default if given else None
    optional = given and default is None
    if optional and not hint.or_none and hint.type is not Any:
        raise DeclarationError(
            f"{place} is None by default, but its type does not say so. Write its type as ... | None."
        )
    if given and not optional:
        default = _checked_default(place, socket, default, limits, choices)
    omittable = _only(hint.markers, markers.Omittable) is not None
    if omittable and not given:
        raise DeclarationError(f"{place} is Omittable, but has no default to stand for it. Give one.")
    return InputSpec(
        name=parameter.name,
        type=socket,
        optional=optional or omittable,
        default=default,
        has_default=given and not optional,
        minimum=limits.minimum if limits else None,
        maximum=limits.maximum if limits else None,
        step=limits.step if limits else None,
        round=limits.round if limits else None,
        choices=choices,
        multiline=text is not None,
        dynamic_prompts=text is not None and text.dynamic_prompts,
        tooltip=tooltip.text if tooltip else "",
        lazy=_only(hint.markers, markers.Lazy) is not None,
        socket_only=_only(hint.markers, markers.SocketOnly) is not None,
        control_after_generate=_only(hint.markers, markers.ControlAfterGenerate) is not None,
        extra=_extra(hint),
    )


def _group(
    place: str, parameter: inspect.Parameter, hint: _Hint, growing: markers.Growing, *, takes_lists: bool
) -> InputSpec:
    """An input that stands for as many as are linked."""
    if get_origin(hint.type) not in (Mapping, dict) or get_args(hint.type)[0] is not str:
        raise DeclarationError(f"{place} is Growing: write its type as Mapping[str, ...], with the type of one input.")
    if bool(growing.prefix) == bool(growing.names):
        raise DeclarationError(f"{place} is Growing: say either the prefix or the names of its inputs.")
    if parameter.default is not inspect.Parameter.empty:
        raise DeclarationError(f"{place} is Growing and has a default. Leave it out: with no links it is empty.")
    one = _take_apart(get_args(hint.type)[1])
    one = _unlisted(place, one) if takes_lists else one
    naming: dict[str, Any] = {"names": list(growing.names)} if growing.names else {"prefix": growing.prefix}
    member = {growing.prefix or "value": [_socket(place, one), _extra(one)]}
    limits = {"min": growing.minimum, "max": len(growing.names) or growing.maximum}
    tooltip = _only(hint.markers, markers.Tooltip)
    return InputSpec(
        name=parameter.name,
        type=sockets.AUTOGROW,
        tooltip=tooltip.text if tooltip else "",
        extra={"template": {"input": {"required": member}, **naming, **limits}},
    )


def _extra(hint: _Hint) -> dict[str, Any]:
    """The options that only a client reads."""
    options = _only(hint.markers, markers.ClientOptions)
    matching = _only(hint.markers, markers.Matching)
    template = {"template_id": "matched", "allowed_types": matching.allowed} if matching else None
    return {**(options.options if options else {}), **({"template": template} if template else {})}


def _choices(hint: _Hint) -> Choices | Listing | None:
    if _only(hint.markers, markers.Credential) is not None:
        return CredentialList()
    files = _only(hint.markers, FileList)
    if files is not None:
        return files
    options = _only(hint.markers, markers.Options)
    if options is not None:
        return Choices(tuple(options.names))
    return Choices(get_args(hint.type)) if get_origin(hint.type) is Literal else None


def _checked_default(
    place: str, socket: str, default: Any, limits: markers.Range | None, choices: Choices | Listing | None
) -> Any:
    """The default as the value it will be. Raises :class:`DeclarationError` where a user could not give it."""
    if socket in _PYTHON:
        if not isinstance(default, _PYTHON[socket]) or isinstance(default, bool) != (socket == sockets.BOOLEAN):
            raise DeclarationError(f"{place} has the default {default!r}, which is no {socket}.")
    elif isinstance(choices, CredentialList):
        raise DeclarationError(f"{place} is a credential: its one possible default is None, of type ... | None.")
    elif socket != sockets.COMBO:
        raise DeclarationError(
            f"{place} is a {socket}, which can only be linked: its one possible default is None, of type ... | None."
        )
    if isinstance(choices, Choices) and default not in choices.options:
        raise DeclarationError(f"{place} has the default {default!r}, which is none of its options {choices.options}.")
    if socket == sockets.FLOAT:
        default = float(default)
    if limits is not None and not (limits.minimum <= default <= limits.maximum):
        raise DeclarationError(
            f"{place} has the default {default!r}, which is not in its range {limits.minimum}..{limits.maximum}."
        )
    assert not isinstance(default, float) or math.isfinite(default), place
    return default


# ---- outputs ----


def _outputs(where: str, hints: dict[str, Any]) -> tuple[tuple[OutputSpec, ...], bool]:
    """The outputs that the return annotation declares, and whether they come as a tuple."""
    if "return" not in hints:
        raise DeclarationError(f"{where} has no return annotation. Say what it returns; -> None for nothing.")
    annotation = hints["return"]
    alternatives = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    values = [alternative for alternative in alternatives if alternative not in _RESULTS]
    if not values:
        return (), False
    if len(values) > 1:
        raise DeclarationError(f"{where} returns one of several types of values. Return one type, or Any.")
    (value,) = values
    if isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields"):
        fields = get_type_hints(value, include_extras=True)
        return tuple(_output(f"{where}: output {name!r}", fields[name], name) for name in value._fields), True
    if get_origin(value) is tuple:
        raise DeclarationError(f"{where} returns a bare tuple. Return a NamedTuple: its fields name the outputs.")
    return (_output(f"{where}: its output", value, ""),), False


def _output(place: str, annotation: Any, name: str) -> OutputSpec:
    hint = _take_apart(annotation)
    is_list = _only(hint.markers, markers.ListOutput) is not None
    if is_list:
        hint = _unlisted(place, hint)
    socket = _socket(place, hint)
    if _choices(hint) == CredentialList():
        raise DeclarationError(f"{place} is a credential. A node gives none away: return what was made with it.")
    named = _only(hint.markers, markers.Named)
    tooltip = _only(hint.markers, markers.Tooltip)
    return OutputSpec(named.name if named else name or socket, socket, is_list, tooltip.text if tooltip else "")
