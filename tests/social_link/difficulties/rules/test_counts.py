"""What may be told of a few, case by case (law.md A5: no count that points at somebody)."""

import pytest

from social_link.difficulties.rules.counts import pairs, shown, shown_parts, shown_together


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (60, 60)])
def test_a_few_are_not_counted(count: int, told: int | None) -> None:
    assert shown(count, 5) == told


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([10, 8, 6], [10, 8, 6]),
        ([10, 8, 0], [10, 8, 0]),
        ([10, 3, 2], [10, None, None]),  # their sum alone comes out, and it is five
        ([10, 8, 2], [10, None, None]),  # 20 in all would give the 2 back
        ([10, 2, 0], [None, None, 0]),
        ([10, 2, 1], [None, None, None]),  # 13 in all would give three households back, whichever of the two they are
        ([12, 10, 2, 2], [12, None, None, None]),
        ([12, 10, 3, 2], [12, 10, None, None]),
        ([0, 2, 0], [0, None, 0]),  # the sum is hidden with it
    ],
)
def test_a_sum_does_not_give_back_what_is_hidden(counts: list[int], told: list[int | None]) -> None:
    assert shown_parts(counts, 5) == told


@pytest.mark.parametrize(
    ("both", "one", "other", "told"),
    [
        (10, 20, 30, 10),
        (10, 10, 30, 10),  # all of one have the other: nobody is left over
        (4, 20, 30, None),
        (10, 13, 30, None),  # three have the one without the other
        (10, 30, 12, None),
        (0, 20, 30, 0),
        (0, 4, 30, None),
    ],
)
def test_two_together_tell_of_no_few(both: int, one: int, other: int, told: int | None) -> None:
    assert shown_together(both, one, other, 5) == told


def test_a_pair_is_counted_in_each_set_that_holds_it() -> None:
    sets = {frozenset("AB"): 3, frozenset("ABC"): 2, frozenset("A"): 4, frozenset("BC"): 5}
    assert [pairs(sets, first, second) for first, second in ("AA", "AB", "AC", "BC")] == [9, 5, 2, 7]
