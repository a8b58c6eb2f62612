"""How often somebody may ask."""

from hypothesis import given
from hypothesis import strategies as st

from nodegraph.access.rates import MOST_KNOWN, Rates


def test_a_burst_and_then_the_rate() -> None:
    rates = Rates(rate=2, burst=3)
    assert [rates.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.take("b", 0.0) == 0
    assert rates.take("a", 0.4) > 0
    assert rates.take("a", 0.5) == 0
    assert rates.left("a", 1000.0) == 3


@given(pauses=st.lists(st.floats(0, 10), max_size=60), rate=st.floats(0.1, 100), burst=st.integers(1, 50))
def test_no_more_than_burst_and_rate_allow(pauses: list[float], rate: float, burst: int) -> None:
    rates, now, let_in = Rates(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        wait = rates.take("a", now)
        assert wait >= 0
        let_in += wait == 0
        assert let_in <= burst + rate * now + 1e-6


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 50))
def test_after_the_wait_that_was_told_one_may_be(rate: float, burst: int) -> None:
    rates = Rates(rate, burst)
    for _ in range(burst):
        assert rates.take("a", 0.0) == 0
    assert rates.take("a", rates.take("a", 0.0) * (1 + 1e-9)) == 0


def test_who_was_silent_longest_is_forgotten() -> None:
    rates = Rates(rate=1, burst=1)
    for index in range(MOST_KNOWN + 1):
        rates.take(str(index), 0.0)
    assert rates.left("0", 0.0) == 1
    assert rates.left(str(MOST_KNOWN), 0.0) == 0
