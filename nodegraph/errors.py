"""The errors a user can cause.

Each says what was wrong, where, what was expected and what to do; programming mistakes are ``assert``s and never
pass through here. Modules subclass :class:`UserError` beside the code that raises it.
"""

from collections.abc import Mapping


class UserError(ValueError):
    """Something the user can put right. ``str(error)`` is shown to them as it is."""

    @property
    def extra(self) -> Mapping[str, object]:
        """What programs may want to know of it beside the text."""
        return {}


class MissingFileError(UserError):
    """A file named by a graph is not there. The message names the folder it belongs in and what is there."""


class UnsafePathError(UserError):
    """A path that leaves the folder it was confined to."""


class NonFiniteError(UserError):
    """A computation produced NaN or infinity; nothing was saved."""
