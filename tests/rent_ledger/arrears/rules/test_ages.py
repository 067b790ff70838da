"""The slices of age: each day is in one, whatever the bounds."""

from datetime import date

import pytest

from rent_ledger.arrears.rules.ages import NEVER_DUE, age_slices, label_of, number_of, slice_of

USUAL = age_slices((30, 60, 90))


@pytest.mark.parametrize(
    ("days", "label"),
    [(0, "0–30 j"), (1, "0–30 j"), (30, "0–30 j"), (31, "31–60 j"), (60, "31–60 j"), (61, "61–90 j"), (90, "61–90 j"),
     (91, "plus de 90 j"), (4000, "plus de 90 j")],
)  # fmt: skip
def test_each_day_has_its_slice(days: int, label: str) -> None:
    found = slice_of(days, USUAL)
    assert found
    assert found.label == label


@pytest.mark.parametrize("days", [None, -1])
def test_what_is_not_late_has_none(days: int | None) -> None:
    assert slice_of(days, USUAL) is None
    assert (number_of(days, USUAL), label_of(days, USUAL)) == (NEVER_DUE, "rien en retard")


def test_a_slice_is_told_by_its_number_and_its_label() -> None:
    assert (number_of(91, USUAL), label_of(91, USUAL)) == (4, "plus de 90 j")


@pytest.mark.parametrize(
    ("bounds", "labels"),
    [
        ((60, 30, 90), ["0–30 j", "31–60 j", "61–90 j", "plus de 90 j"]),
        ((30, 30, 90), ["0–30 j", "31–90 j", "plus de 90 j"]),
        ((0, 30, 0), ["0–30 j", "plus de 30 j"]),
        ((0, 0, 0), ["tout âge"]),
    ],
)
def test_the_slices_cover_every_day_in_whatever_order_the_bounds_are_set(
    bounds: tuple[int, ...], labels: list[str]
) -> None:
    slices = age_slices(bounds)
    assert [one.label for one in slices] == labels
    assert [one.number for one in slices] == list(range(1, len(labels) + 1))
    for days in range(120):
        assert [one for one in slices if one.least <= days <= (one.most or 999)] == [slice_of(days, slices)]


def test_the_due_days_of_a_slice_are_those_of_its_days() -> None:
    day = date(2026, 11, 5)
    assert USUAL[1].due_days(day) == (date(2026, 9, 6), date(2026, 10, 5))
    assert USUAL[3].due_days(day) == (None, date(2026, 8, 6))
