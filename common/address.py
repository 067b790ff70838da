"""What an address or a hidden field says, read without trust: a page never fails on what was typed there."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime

# The ids of the database, and the days that it keeps whatever the time zone.
_LARGEST = 2**63 - 1
_YEARS = range(1900, 9999)


def number_in(text: str | None) -> int | None:
    """The whole number that `text` is, or None: other digits than 0 to 9, signs and numbers that no row bears are none.

    >>> number_in("42"), number_in("²"), number_in("--5")
    (42, None, None)
    """
    if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    found = int(text)
    return found if found <= _LARGEST else None


def moment_in(text: str | None) -> datetime | None:
    """The moment with its time zone that `text` is in ISO, or None.

    >>> moment_in("2026-11-28T09:00:00+01:00").isoformat()
    '2026-11-28T08:00:00+00:00'
    """
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        return None
    return found.astimezone(UTC)
