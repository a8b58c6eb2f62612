"""``@node``: makes a node class of a typed function.

The function stays what it was, callable in a test with no engine; what it declares is attached to it as a
:class:`NodeDefinition`, which the loader collects and the engine calls.

    @node("ImageInvert", category="image", display_name="Invert Image")
    def image_invert(*, image: Image) -> Image:
        return 1.0 - image

A first positional parameter, if there is one, takes the :class:`~nodegraph.packs.context.Context`.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph import dynamic
from nodegraph.graph.spec import CredentialList, InputSpec, NodeSpec
from nodegraph.packs.acceptance import Check, check_inputs, checks_of
from nodegraph.packs.locate import BUILTIN
from nodegraph.packs.signature import DeclarationError, read_signature

ATTRIBUTE = "__node__"
"""Where a function carries its definition."""

F = TypeVar("F", bound=Callable[..., Any])
Fingerprint = Callable[[Mapping[str, Any]], Any]
Wanted = Callable[[Mapping[str, Any]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class NodeDefinition:
    """A node class: its spec and its function. Satisfies :class:`nodegraph.execution.implementation.Implementation`."""

    spec: NodeSpec
    function: Callable[..., Any]
    context: bool
    """The function takes the context."""
    several: bool
    """The function returns a tuple of outputs."""
    asynchronous: bool
    fingerprint_of: Fingerprint | None = None
    wanted_by: Wanted | None = None
    names: frozenset[str] = field(default_factory=frozenset)
    """Of all that the function takes by keyword."""
    not_computed: Mapping[str, None] = field(default_factory=dict)
    """A ``None`` for every lazy input."""
    credentials: frozenset[str] = frozenset()
    """The inputs that name a credential."""
    groups: tuple[InputSpec, ...] = ()
    """The inputs that stand for others: the function gets their members as a mapping."""
    checks: tuple[tuple[str, Check], ...] = ()
    """The inputs whose values are looked at before a call; only the built-in pack has some."""

    def call(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """Compute once: see :meth:`Implementation.call`. An asynchronous node answers with an awaitable."""
        check_inputs(self.checks, inputs)
        if self.groups:
            inputs = dynamic.gathered(self.groups, inputs)
        if inputs.keys() != self.names:  # lazy inputs that were not wanted, or links to inputs it does not have
            inputs = {**self.not_computed, **{name: value for name, value in inputs.items() if name in self.names}}
        if self.credentials:
            inputs = {name: self._revealed(context, name, value) for name, value in inputs.items()}
        answer = self.function(context, **inputs) if self.context else self.function(**inputs)
        return self._awaited(answer) if self.asynchronous else self._in_form(answer)

    def _revealed(self, context: Any, name: str, value: Any) -> Any:
        if name not in self.credentials or value is None:
            return value
        return list(map(context.credential, value)) if isinstance(value, list) else context.credential(value)

    async def _awaited(self, answer: Awaitable[Any]) -> Any:
        return self._in_form(await answer)

    def _in_form(self, answer: Any) -> Any:
        """What a function returned, as the engine takes it: a tuple of values or one of the special results."""
        if self.several or isinstance(answer, (Shown, Blocked, Expansion)):
            return answer
        return (answer,) if self.spec.outputs else ()

    def fingerprint(self, literals: Mapping[str, Any]) -> Any:
        """What besides the inputs decides the result: see :meth:`Implementation.fingerprint`."""
        return None if self.fingerprint_of is None else self.fingerprint_of(literals)

    def wanted(self, inputs: Mapping[str, Any]) -> Sequence[str]:
        """The lazy inputs needed next: see :meth:`Implementation.wanted`."""
        return () if self.wanted_by is None else self.wanted_by(inputs)

    def within(self, *, pack: str, module: str, source: str) -> "NodeDefinition":
        """The same definition, knowing which pack it came from and the digest of its code."""
        spec = msgspec.structs.replace(self.spec, pack=pack, module=module, source=source)
        return replace(self, spec=spec, checks=checks_of(spec) if pack == BUILTIN else ())


def node(
    class_id: str,
    *,
    category: str,
    display_name: str = "",
    output: bool = False,
    takes_lists: bool = False,
    fingerprint: Fingerprint | None = None,
    wanted: Wanted | None = None,
    idempotent: bool = True,
    deprecated: bool = False,
    experimental: bool = False,
    aliases: Sequence[str] = (),
) -> Callable[[F], F]:
    """Declare the function below as the node class ``class_id``.

    ``category`` is its place in the menu, levels separated by ``/``. ``output``: running a graph means reaching such
    nodes. ``takes_lists``: it is called once with complete lists, and each parameter is a ``list[...]``.
    ``fingerprint`` is given the literal inputs and returns what else decides the result (``ALWAYS``: run every time);
    files that inputs name through a ``FileList`` need none. ``wanted`` is given the inputs known so far and returns
    the names of the lazy ones needed next. Not ``idempotent``: two such nodes with equal inputs both run.
    ``aliases`` are further words to find it by. The docstring's first paragraph is its description.

    Raises :class:`DeclarationError`, which names the function and the parameter and says what to do.
    """

    def declare(function: F) -> F:
        signature = read_signature(function, takes_lists=takes_lists)
        where = f"{function.__module__}.{function.__qualname__}"
        lazy = {declared.name: None for declared in signature.inputs if declared.lazy}
        if bool(lazy) != (wanted is not None):
            raise DeclarationError(
                f"{where}: input {next(iter(lazy))!r} is Lazy, but no wanted= says when it is needed."
                if lazy
                else f"{where}: it has wanted=, but no input is marked Lazy()."
            )
        spec = NodeSpec(
            class_id=class_id,
            display_name=display_name or class_id,
            category=category,
            inputs=signature.inputs,
            outputs=signature.outputs,
            description=_first_paragraph(inspect.getdoc(function) or ""),
            hidden=signature.hidden,
            is_output=output,
            takes_lists=takes_lists,
            idempotent=idempotent,
            deprecated=deprecated,
            experimental=experimental,
            aliases=tuple(aliases),
        )
        definition = NodeDefinition(
            spec,
            function,
            signature.context,
            signature.several,
            inspect.iscoroutinefunction(function),
            fingerprint,
            wanted,
            frozenset({declared.name for declared in signature.inputs} | signature.hidden.keys()),
            lazy,
            frozenset(d.name for d in signature.inputs if isinstance(d.choices, CredentialList)),
            dynamic.groups(spec),
        )
        setattr(function, ATTRIBUTE, definition)
        return function

    return declare


def definition_of(function: Callable[..., Any]) -> NodeDefinition:
    """The definition that ``@node`` attached. Raises :class:`DeclarationError` for any other function."""
    definition = getattr(function, ATTRIBUTE, None)
    if not isinstance(definition, NodeDefinition):
        raise DeclarationError(f"{function.__module__}.{function.__qualname__} is not a node: it has no @node.")
    return definition


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", 1)[0].split())
