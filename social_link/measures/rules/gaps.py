"""One household, one dwelling, one support (S0-03): since when one of the three lacks, and from which day it is asked.

A delay of the house (a dated parameter): a support is signed some days after the keys, and the other way round.
"""

from datetime import date, timedelta


def gap_since(there_since: date, other_until: date | None) -> date:
    """The first day without the other one: `there_since`, or the day after `other_until`, its last day before."""
    return there_since if other_until is None else max(there_since, other_until + timedelta(days=1))


def is_asked(since: date, day: date, after_days: int) -> bool:
    """Whether a gap that began on `since` is asked about on `day`."""
    return since + timedelta(days=after_days) <= day
