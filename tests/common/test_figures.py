"""The middle of several numbers, the share of a part."""

from decimal import Decimal

import pytest

from common.figures import median, share


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], None), ([7], "7"), ([9, 1, 4], "4"), ([20, 26, 23, 22], "22.5"), ([3, 5], "4"), ([0, 0], "0")],
)
def test_median(numbers: list[int], expected: str | None) -> None:
    assert median(numbers) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, None), (0, 3, 0), (1, 3, 33), (1, 2, 50), (1, 200, 1), (7, 7, 100)]
)
def test_share(part: int, whole: int, percent: int | None) -> None:
    assert share(part, whole) == percent
