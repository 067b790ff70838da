"""What was given up, or paid by a guarantor, and turned out not to be owed by the household."""

from django.db.models import QuerySet

from rent_ledger.books.codes import EntryKind
from rent_ledger.books.models import Allocation


def lessened() -> QuerySet[Allocation]:
    """What took back a part of it lies on it: by its `credit_posting`."""
    return Allocation.objects.filter(debit_posting__entry__kind=EntryKind.LESS_GIVEN_UP)
