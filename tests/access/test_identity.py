"""How far somebody may go."""

import pytest

from nodegraph.access.identity import PERSON_HERE, Identity, NotAllowedError, Scope


def test_each_scope_has_all_before_it() -> None:
    allowed = {scope: {needed for needed in Scope if scope.allows(needed)} for scope in Scope}
    assert allowed == {
        Scope.READ: {Scope.READ},
        Scope.RUN: {Scope.READ, Scope.RUN},
        Scope.ADMIN: set(Scope),
    }


def test_everybody_sees_their_own_and_admins_see_all() -> None:
    ann, bob = Identity("a1", "Ann", Scope.RUN), Identity("b2", "Bob", Scope.READ)
    assert ann.sees("a1")
    assert not ann.sees("b2")
    assert not ann.sees("")
    assert not bob.sees("")
    assert all(PERSON_HERE.sees(owner) for owner in ("", "a1", "b2"))


def test_what_is_not_allowed_says_what_would_be() -> None:
    with pytest.raises(NotAllowedError, match=r"'run'.*'Bob' has 'read'.*nodegraph tokens add NAME --scope run"):
        Identity("b2", "Bob", Scope.READ).require(Scope.RUN)
    PERSON_HERE.require(Scope.ADMIN)
