"""If-Match and If-None-Match, as RFC 9110 has them."""

import pytest

from nodegraph.userdata.conditions import Condition, ConditionError, etag_of

ONE, TWO = etag_of(b"1"), etag_of(b"2")


@pytest.mark.parametrize(
    ("condition", "etag", "holds"),
    [
        (Condition(), None, True),
        (Condition(), ONE, True),
        (Condition(match=ONE), ONE, True),
        (Condition(match=f"{TWO},{ONE}"), ONE, True),
        (Condition(match=f" {TWO} , {ONE} "), ONE, True),
        (Condition(match="*"), ONE, True),
        (Condition(match="*"), None, False),
        (Condition(match=TWO), ONE, False),
        (Condition(match=ONE), None, False),
        (Condition(match=f"W/{ONE}"), ONE, False),
        (Condition(match=ONE.strip('"')), ONE, False),
        (Condition(match=""), ONE, False),
        (Condition(none_match="*"), None, True),
        (Condition(none_match="*"), ONE, False),
        (Condition(none_match=TWO), ONE, True),
        (Condition(none_match=f"W/{ONE}"), ONE, False),
        (Condition(match=ONE, none_match="*"), ONE, False),
    ],
)
def test_a_change_goes_ahead_only_if_its_conditions_hold(condition: Condition, etag: str | None, holds: bool) -> None:
    if holds:
        condition.check(etag, "a.json")
        return
    with pytest.raises(ConditionError, match=r"'a\.json'") as caught:
        condition.check(etag, "a.json")
    assert caught.value.extra == {"etag": etag}


def test_who_has_a_content_need_not_get_it_again() -> None:
    assert Condition(none_match=f"{TWO}, W/{ONE}").is_known(ONE)
    assert Condition(none_match="*").is_known(ONE)
    assert not Condition(none_match=TWO).is_known(ONE)
    assert not Condition().is_known(ONE)


def test_etags_are_quoted_and_differ_with_the_content() -> None:
    assert ONE != TWO
    assert etag_of(b"1") == ONE
    assert ONE.startswith('"')
    assert ONE.endswith('"')
