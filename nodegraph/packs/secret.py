"""What a node is given where its workflow names a stored credential. Imports no torch."""

from typing import NoReturn


class Secret:
    """A secret that does not show itself: written anywhere, it reads as the name of its credential.

    What :meth:`reveal` gives is for the service it belongs to; a node returns, shows and logs nothing of it.
    """

    __slots__ = ("_text", "name")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._text = text

    def reveal(self) -> str:
        """The secret itself."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not stored: keep the name of its credential.")
