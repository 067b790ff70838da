"""What was given up (erased, lost, remitted), or paid by a guarantor, of debts that a corrected demand asks no more.

It is no money, so it can't become the household's: so much of it is taken back, by an entry of its own kind.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection
from django.db.models import Sum

from common import clock
from common.codes import with_codes
from common.copy import bigints
from rent_ledger.books.codes import NOT_BY_THE_HOUSEHOLD, EntryKind, General, LineTitle
from rent_ledger.books.models import Entry
from rent_ledger.books.services.entries import NewEntry, NewPosting

_FREE = with_codes(
    """
SELECT e.id, e.effective_on, p.id, p.credit_id, p.debit_id, o.remaining, p.nature, p.due_on, p.for_month
FROM rent_ledger_openitem o
JOIN rent_ledger_posting p ON p.id = o.posting_id JOIN rent_ledger_entry e ON e.id = p.entry_id
WHERE o.account_id = ANY(%s::bigint[]) AND NOT o.is_debit AND p.debit_id IN NOT_BY_THE_HOUSEHOLD
ORDER BY p.id
""",
    NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
)
# What came back of losses beyond the losses that stand.
_BEYOND = with_codes(
    """
SELECT account FROM (
    SELECT credit_id AS account, amount FROM rent_ledger_posting
    WHERE credit_id = ANY(%(accounts)s::bigint[]) AND debit_id = General.LOSS
    UNION ALL
    SELECT debit_id, -amount FROM rent_ledger_posting
    WHERE debit_id = ANY(%(accounts)s::bigint[]) AND credit_id = General.LOSS
) moved GROUP BY account HAVING sum(amount) < 0
""",
    General,
)


def lessenings(account_ids: Collection[int], *, act: int) -> list[NewEntry]:
    """What takes back the part of each that settles nothing any more: one entry for each erasure, loss or remission,
    of its day. `act`: the first entry of the correction, which names it."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [bigints(account_ids)])
        rows = cursor.fetchall()
    by_entry = defaultdict(list)
    for entry, on, *row in rows:
        by_entry[entry, on].append(row)
    return [
        NewEntry(
            kind=EntryKind.LESS_GIVEN_UP,
            key=f"less:{entry}:{act}",
            effective_on=on,
            booked_on=clock.today(),
            label=_label(free[0][2]),
            postings=tuple(
                NewPosting(account, source, left, nature, due_on, month)
                for _, account, source, left, nature, due_on, month in free
            ),
            lessens=tuple(posting_id for posting_id, *_ in free),
        )
        for (entry, on), free in by_entry.items()
    ]


def _label(source: int) -> str:
    return str((LineTitle.LESS_BY_GUARANTOR if source == General.GUARANTORS else LineTitle.LESS_GIVEN_UP).label)


def came_back_beyond(account_ids: Collection[int]) -> bool:
    """Whether more came back on losses of one of these accounts than is lost."""
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND, {"accounts": bigints(account_ids)})
        return bool(cursor.fetchall())


def lessened_by(entry_ids: Collection[int]) -> list[int]:
    """The entries that took back a part of these: they are reversed with them."""
    rows = Entry.objects.filter(
        kind=EntryKind.LESS_GIVEN_UP,
        postings__allocations_received__credit_posting__entry__in=entry_ids,
    )
    standing = rows.values("id").annotate(laid=Sum("postings__allocations_received__amount")).filter(laid__gt=0)
    return sorted(row["id"] for row in standing)
