"""Who asks, and how far they may go. Knows no tokens, no HTTP and no files."""

from enum import StrEnum
from typing import NamedTuple

from nodegraph.errors import UserError


class NotAllowedError(UserError):
    """Somebody who is known asked for more than they may."""


class Scope(StrEnum):
    """What may be done, each with all before it."""

    READ = "read"
    """Look: at node classes and models, and at one's own jobs, files and settings."""
    RUN = "run"
    """Queue and cancel jobs of one's own, upload, write and delete files and settings of one's own."""
    ADMIN = "admin"
    """Everything, of everybody: the queue as a whole, memory, tokens, and what belongs to others."""

    def allows(self, needed: "Scope") -> bool:
        """Whether ``needed`` is this or less."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class Identity(NamedTuple):
    """Whoever sent a request.

    ``owner`` is whose jobs and files theirs are: a token's own id, or ``""`` for those the server belongs to, who are
    the person at this computer and whoever has an admin's token.
    """

    owner: str
    name: str
    scope: Scope

    def sees(self, owner: str) -> bool:
        """Whether what belongs to ``owner`` is theirs to see and to change."""
        return self.sees_only in (None, owner)

    @property
    def sees_only(self) -> str | None:
        """Whose things are all that they see; None: they see everybody's."""
        return None if self.scope is Scope.ADMIN else self.owner

    def require(self, scope: Scope) -> None:
        """Raise :class:`NotAllowedError` unless they may do what needs ``scope``."""
        if not self.scope.allows(scope):
            raise NotAllowedError(
                f"This needs the scope {scope.value!r}, and the token {self.name!r} has {self.scope.value!r}. "
                f"An admin of this server can make another: nodegraph tokens add NAME --scope {scope.value}."
            )


PERSON_HERE = Identity("", "this computer", Scope.ADMIN)
"""Who uses a server that listens to this computer only."""
