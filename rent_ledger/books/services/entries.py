"""What is entered in the books, and what comes back."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class NewPosting(NamedTuple):
    """`amount` > 0 (euros) from `debit` to `credit` (account ids). `for_month`: first day of the month it is about."""

    debit: int
    credit: int
    amount: Decimal
    nature: str
    due_on: date
    for_month: date | None = None


class NewEntry(NamedTuple):
    """A fact to enter once under `key`. `booked_on` defaults to `effective_on`, or to the first day of the first open
    month after it. `designate`: debit postings that the money is for, in order. `lessens`: of what takes back a part of
    other entries, the credit posting that each of its postings takes back.
    """

    kind: str
    key: str
    effective_on: date
    postings: tuple[NewPosting, ...]
    booked_on: date | None = None
    label: str = ""
    designate: tuple[int, ...] = ()
    reverses: int | None = None
    lessens: tuple[int, ...] = ()


class PostedEntry(NamedTuple):
    """`replayed`: the same fact was already in the books, nothing was written."""

    id: int
    posting_ids: tuple[int, ...]
    replayed: bool
