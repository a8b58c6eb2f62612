"""Literals: reading one as the type its input takes, then checking its range and its options.

One :class:`LiteralCheck` is made for each declared input and kept, because a prompt of hundreds of nodes is checked
while its sender waits. Knows one input at a time, and no links.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from nodegraph.graph import problems
from nodegraph.graph.dynamic import keys
from nodegraph.graph.object_info import ListFiles, input_config, options_of
from nodegraph.graph.problems import Problem
from nodegraph.graph.sockets import BOOLEAN, FLOAT, INT, STRING
from nodegraph.graph.spec import Choices, CredentialList, FileList, InputSpec, Listing, Literal

FileExists = Callable[[FileList, str], bool]
"""Whether a name that a file list does not hold stands for a file all the same (``sub/x.png``, ``x.png [output]``)."""

Place = Callable[[FileList], str]
"""Where the files of a list lie, in words for people: a path."""

Bring = Callable[[Listing, str], str]
"""The command that brings what is missing in a list, for people to type; empty where none does."""


class Files:
    """The file lists of one validation: each is asked for once, and only if an input needs it."""

    def __init__(
        self, list_files: ListFiles, exists: FileExists | None, place: Place | None, bring: Bring | None = None
    ) -> None:
        self.list = list_files
        self.place = place or _folder_by_name
        self._bring = bring
        self._exists = exists
        self._names: dict[Listing, frozenset[str]] = {}

    def has(self, listing: Listing, value: object) -> bool:
        """Whether ``value`` may be chosen from ``listing``."""
        if not isinstance(value, str):
            return False
        names = self._names.get(listing)
        if names is None:
            extra = listing.extra if isinstance(listing, FileList) else ()
            names = self._names[listing] = frozenset([*self.list(listing), *extra])
        if value in names or isinstance(listing, CredentialList):
            return value in names
        return self._exists is not None and self._exists(listing, value)

    def command(self, listing: Listing, value: object) -> str:
        """The command that brings what is missing; empty if there is none."""
        return self._bring(listing, value) if self._bring is not None and isinstance(value, str) and value else ""


class LiteralCheck:
    """Reads and checks the literals of one declared input."""

    def __init__(self, declared: InputSpec) -> None:
        self.declared = declared
        self._convert = _CONVERSIONS.get(declared.type)
        self._ranged = declared.minimum is not None or declared.maximum is not None
        self._options = _known_options(declared)
        self._chosen = self._options is not None or isinstance(declared.choices, Listing)
        self._several = bool(declared.extra.get("multiselect") or declared.extra.get("multi_select"))

    def __call__(self, value: Literal, files: Files) -> tuple[Literal, Problem | None]:
        """``value`` as the input's type, and what is wrong with it, if anything."""
        if self._convert is not None:
            try:
                value = self._convert(value)
            except (TypeError, ValueError, OverflowError) as error:
                config = self.config(files)
                reason = str(error)
                return value, problems.invalid_input_type(self.declared.name, config, self.declared.type, value, reason)
        elif not _finite(value):
            reason = "it holds a number that is not finite"
            return value, problems.invalid_input_type(
                self.declared.name, self.config(files), self.declared.type, value, reason
            )
        if self._ranged and isinstance(value, int | float) and (problem := self._out_of_range(value, files)):
            return value, problem
        if self._chosen and (problem := self._not_an_option(value, files)):
            return value, problem
        return value, None

    def config(self, files: Files) -> list[Any]:
        """The input as ``/object_info`` shows it."""
        return input_config(self.declared, files.list)

    def _out_of_range(self, value: int | float, files: Files) -> Problem | None:
        declared = self.declared
        if declared.minimum is not None and value < declared.minimum:
            return problems.value_smaller_than_min(declared.name, self.config(files), value, declared.minimum)
        if declared.maximum is not None and value > declared.maximum:
            return problems.value_bigger_than_max(declared.name, self.config(files), value, declared.maximum)
        return None

    def _not_an_option(self, value: Literal, files: Files) -> Problem | None:
        chosen: Sequence[Any] = value if self._several and isinstance(value, list) else (value,)
        for one in chosen:
            if not self._may_choose(one, files):
                config = self.config(files)
                if isinstance(listing := self.declared.choices, FileList):
                    there = [str(option) for option in options_of(self.declared, files.list) or ()]
                    place, command = files.place(listing), files.command(listing, one)
                    return problems.missing_file(self.declared.name, config, one, listing, place, there, command)
                if isinstance(listing, CredentialList):
                    return problems.missing_credential(
                        self.declared.name, config, one, files.list(listing), files.command(listing, one)
                    )
                options = options_of(self.declared, files.list) or keys(self.declared)
                return problems.value_not_in_list(self.declared.name, config, one, options)
        return None

    def _may_choose(self, value: object, files: Files) -> bool:
        if isinstance(value, list | dict):
            return False
        if self._options is not None:
            return value in self._options
        return isinstance(self.declared.choices, Listing) and files.has(self.declared.choices, value)


def _folder_by_name(listing: FileList) -> str:
    return f"the folder {listing.folder!r}"


def _known_options(declared: InputSpec) -> frozenset[object] | None:
    """The options that depend on nothing outside the spec."""
    if isinstance(declared.choices, Choices):
        return frozenset(declared.choices.options)
    return frozenset(keys(declared)) or None


def _to_int(value: Any) -> int:
    number = value if type(value) is int else int(value)
    if not -(2**63) <= number < 2**64:
        raise OverflowError("the number does not fit into 64 bits")
    return number


def _to_float(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError("the number is not finite")
    return number


_CONVERSIONS: Mapping[str, Callable[[Any], Literal]] = {INT: _to_int, FLOAT: _to_float, STRING: str, BOOLEAN: bool}


def _finite(value: Literal) -> bool:
    """Whether all numbers of a JSON value are finite. Iterative: what is nested deeply is not our stack's problem."""
    if isinstance(value, str):
        return True
    stack: list[Any] = [value]
    while stack:
        match stack.pop():
            case float(number) if not isfinite(number):
                return False
            case list(items):
                stack.extend(items)
            case dict(items):
                stack.extend(items.values())
    return True
