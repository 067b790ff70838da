"""What an address says is read without trust."""

import pytest

from common.address import moment_in, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42), ("0", 0), ("007", 7), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None), ("9" * 5000, None), ("²", None), ("٣", None), ("--5", None), ("-5", None),
        ("", None), (None, None), ("4 2", None),
    ],
)  # fmt: skip
def test_a_number_in_an_address(text: str | None, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-28T09:00:00+01:00", "2026-11-28T08:00:00+00:00"),
        ("0001-01-01T00:00:00+23:59", None), ("9999-12-31T23:59:00-23:00", None), ("2026-11-28T09:00:00", None),
        ("2026-13-01T00:00:00Z", None), ("hier", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_moment_in_an_address(text: str | None, found: str | None) -> None:
    moment = moment_in(text)
    assert (moment and moment.isoformat()) == found
