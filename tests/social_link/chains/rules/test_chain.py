"""The way from detection to fit (S2-04): delays and stops, by hand."""

from datetime import date

import pytest

from social_link.chains.codes import Link
from social_link.chains.rules.chain import Way, delays, summed

D = date
S = tuple(Link)


def way(*days: date | None, is_over: bool = False) -> Way:
    return Way({link: day for link, day in zip(S, days, strict=False) if day}, is_over)


@pytest.mark.parametrize(
    ("text", "days", "is_over", "expected", "stopped"),
    [
        ("nothing is known", (), False, {}, None),
        ("one day tells no delay", (D(2026, 1, 5),), False, {}, None),
        ("from step to step", (D(2026, 1, 5), D(2026, 1, 20)), False, {"ORIENT": 15}, None),
        ("the same day", (D(2026, 1, 5), D(2026, 1, 5)), False, {"ORIENT": 0}, None),
        ("a step in between is not known", (D(2026, 1, 5), None, None, D(2026, 3, 5)), False, {"ACCESS": 59}, None),
        ("known before its turn", (D(2026, 1, 5), D(2026, 1, 2)), False, {}, None),
        ("over a leap day", (D(2028, 2, 28), D(2028, 3, 1)), False, {"ORIENT": 2}, None),
        ("over the turn of the year", (D(2026, 12, 31), D(2027, 1, 1)), False, {"ORIENT": 1}, None),
        ("stopped after the orientation", (D(2026, 1, 5), D(2026, 1, 20)), True, {"ORIENT": 15}, "ORIENT"),
        ("stopped, the last step that is known", (None, None, None, D(2026, 3, 5)), True, {}, "ACCESS"),
        ("at its end it stops nowhere", (None,) * 5 + (D(2026, 9, 1),), True, {}, None),
        ("over, and nothing known", (), True, {}, None),
    ],
)
def test_delays_and_stops(
    text: str, days: tuple[date | None, ...], is_over: bool, expected: dict[str, int], stopped: str | None
) -> None:
    found = way(*days, is_over=is_over)
    assert (delays(found), found.stopped_at) == (expected, stopped), text


def test_the_sum_of_all_ways() -> None:
    found = summed(
        [
            way(
                D(2026, 1, 1), D(2026, 1, 11), D(2026, 1, 21), D(2026, 2, 1), D(2026, 2, 5), D(2026, 8, 1), is_over=True
            ),
            way(D(2026, 1, 1), D(2026, 1, 21), None, D(2026, 3, 1)),
            way(D(2026, 1, 1), D(2026, 1, 31), is_over=True),
            way(D(2026, 1, 1), D(2026, 1, 5)),
        ]
    )
    assert [(row.reached, row.dated, row.median_days, row.stopped) for row in found] == [
        (4, 4, None, 0), (4, 4, 15, 1), (2, 1, 10, 0), (2, 2, 25, 0), (1, 1, 4, 0), (1, 1, 177, 0),
    ]  # fmt: skip
