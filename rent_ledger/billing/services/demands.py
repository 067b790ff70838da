"""The demands of a run into the books, with their entries, table by table.

A run touches every lease and most accounts have nothing free to lay on the new debts: what the awaited benefit covers
is then known from the demand alone. The other accounts go by `settling`, as after any entry.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import NULL, bigints, copy_lines, draw_ids
from common.db import analyze_new, check_constraints
from common.errors import Conflict
from common.periods import Month
from leases.rules.billing import BilledLine
from office.actor import Actor
from office.wake import wake
from rent_ledger.enums import AccountKind, AllocationRule, DemandKind, DemandState, EntryKind, General, Nature
from rent_ledger.models import Account, Allocation, Entry, OpenItem, Posting, RentDemand
from rent_ledger.rules.allocation import lay_in_order
from rent_ledger.services import projections
from rent_ledger.services.accounts import locked_accounts, mandant_accounts
from rent_ledger.services.drafting import Draft
from rent_ledger.services.entries import NewEntry, NewPosting, PostedEntry
from rent_ledger.services.numbers import draw_numbers
from rent_ledger.services.posting import booking_days
from rent_ledger.services.settling import OpenBooks, settle

# (kind of demand, nature of the term) → (nature in the books, income account)
BOOKED: dict[tuple[str, str], tuple[str, int]] = {
    (DemandKind.TERM.value, "RENT"): (Nature.RENT.value, int(General.RENT_INCOME)),
    (DemandKind.TERM.value, "CHARGES"): (Nature.CHARGES.value, int(General.CHARGES_INCOME)),
    (DemandKind.TERM.value, "PARKING"): (Nature.PARKING.value, int(General.PARKING_INCOME)),
    (DemandKind.TERM.value, "SERVICES"): (Nature.SERVICES.value, int(General.SERVICES_INCOME)),
    (DemandKind.INDEMNITY.value, "RENT"): (Nature.INDEMNITY.value, int(General.INDEMNITY_INCOME)),
    (DemandKind.INDEMNITY.value, "CHARGES"): (Nature.INDEMNITY_CHARGES.value, int(General.CHARGES_INCOME)),
    (DemandKind.INDEMNITY.value, "PARKING"): (Nature.PARKING.value, int(General.PARKING_INCOME)),
    (DemandKind.INDEMNITY.value, "SERVICES"): (Nature.SERVICES.value, int(General.SERVICES_INCOME)),
}
_DEMAND, _AID, _MONTH = EntryKind.DEMAND.value, Nature.BENEFIT.value, AllocationRule.MONTH.value
_TERM, _ISSUED, _INCOME = DemandKind.TERM.value, DemandState.ISSUED.value, int(General.RENT_INCOME)
_NUMBER = "\x00"
_MANY = 500
_WORDS = {_TERM: "Avis", DemandKind.INDEMNITY.value: "Indemnité d’occupation"}


class _Accounts(NamedTuple):
    """Account ids: by lease, by (lease, payer), by owner."""

    tenants: dict[int, int]
    aids: dict[tuple[int, int], int]
    owners: dict[int, int]

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> "_Accounts":
        """Those of `drafts`, locked."""
        pairs = {(d.lease_id, d.expected.payer_id) for d in drafts if d.expected.payer_id is not None}
        tenants, aids = locked_accounts(lease_ids={d.lease_id for d in drafts}, pairs=pairs)
        return cls(tenants, aids, mandant_accounts({d.owner_id for d in drafts if d.owner_id is not None}))

    def kinds(self) -> dict[int, str]:
        tenants = dict.fromkeys(self.tenants.values(), AccountKind.TENANT.value)
        return tenants | dict.fromkeys(self.aids.values(), AccountKind.BENEFIT.value)


class _Lines(NamedTuple):
    """What is to be copied, table by table."""

    demands: list[str]
    entries: list[str]
    postings: list[str]
    items: list[str]
    allocations: list[str]


def write_demands(*, run_id: int, month: Month, drafts: Sequence[Draft], actor: Actor) -> int:
    """Enter `drafts` of `month`: demands, entries, allocations, projections. Returns their number.

    To be called in a transaction. `Conflict` where a lease has got its demand of the month meanwhile.
    """
    if not drafts:
        return 0
    accounts = _Accounts.of(drafts)
    kinds = accounts.kinds()
    times = Counter(d.lease_id for d in drafts)
    shared = _with_items(kinds, month)
    # Two demands of one lease share its benefit.
    shared.update(accounts.tenants[lease] for lease, n in times.items() if n > 1)
    lines, apart = _lines(run_id, month, drafts, accounts, shared, actor)
    _copy_books(lines)
    if apart:
        entries = [entry for entry, _ in apart]
        touched = {i for e in entries for p in e.postings for i in (p.debit, p.credit) if i in kinds}
        books = OpenBooks({account: kinds[account] for account in touched})
        settle(entries, {e.key: posted for e, posted in apart}, books)
    today = clock.today()
    done = projections.refresh_ahead(
        month=month,
        asked={
            accounts.tenants[d.lease_id]: (d.net, d.gross)
            for d in drafts
            if d.kind == _TERM and d.due_on > today and (d.expected.due_on or d.due_on) > today
            and times[d.lease_id] == 1
        },
        day=today,
    )  # fmt: skip
    check_constraints()
    _copy_demands(month, lines.demands)
    rest = set(accounts.tenants.values()) - done
    if len(rest) > _MANY:
        analyze_new([m._meta.db_table for m in (Account, RentDemand, Entry, Posting, Allocation, OpenItem)])
    if rest:
        projections.refresh(account_ids=sorted(rest), day=today)
        wake("arrears_changed")
    return len(drafts)


def _lines(
    run_id: int, month: Month, drafts: Sequence[Draft], accounts: _Accounts, shared: Collection[int], actor: Actor
) -> tuple[_Lines, list[tuple[NewEntry, PostedEntry]]]:
    """The rows of `drafts` in one pass, and the entries of `shared` accounts: these are still to be settled.

    A demand lacks its number, which `_copy_demands` puts where `_NUMBER` stands.
    """
    demand_ids, entry_ids = draw_ids(RentDemand, len(drafts)), draw_ids(Entry, len(drafts))
    posting_ids = iter(draw_ids(Posting, sum([len(d.lines) + bool(d.expected.amount) for d in drafts])))
    first, today = month.first, clock.today()
    booked = booking_days({first})[first]
    about, now = first.isoformat(), clock.now().isoformat()
    labels = {kind: f"{word} {month.month:02d}/{month.year}" for kind, word in _WORDS.items()}
    by = f"{booked}\t{booked:%Y-%m-01}\t{now}\t{NULL if actor.user_id is None else actor.user_id}"
    lines, apart = _Lines([], [], [], [], []), []
    for demand_id, entry_id, d in zip(demand_ids, entry_ids, drafts, strict=True):
        tenant, kind, due = accounts.tenants[d.lease_id], d.kind, d.due_on.isoformat()
        aid, aid_due_on, _, payer, _ = d.expected
        key = f"demand:{demand_id}"
        lines.demands.append(
            f"{demand_id}\t{run_id}\t{d.lease_id}\t{tenant}\t{about}\t{kind}\t{_ISSUED}\t{_NUMBER}\t{due}\t{d.gross!s}\t"
            f"{aid!s}\t{d.net!s}\t{_json(d)}\t{now}"
        )
        # Its key holds an id just drawn: nobody can send it again, no hash is needed to know it by.
        lines.entries.append(f"{entry_id}\t{_DEMAND}\t{due}\t{by}\t{key}\t\t{labels[kind]}\t{NULL}")
        owner = None if d.owner_id is None else accounts.owners[d.owner_id]
        debts = []
        for line in d.lines:
            nature, income = BOOKED[kind, line.nature]
            posting_id, amount = next(posting_ids), line.amount
            debts.append((posting_id, amount, nature))
            lines.postings.append(
                f"{posting_id}\t{entry_id}\t{tenant}\t{owner or income}\t{amount!s}\t{nature}\t{due}\t{due}\t{about}"
            )
        aid_id = account = 0
        if aid and payer is not None:
            aid_id, account = next(posting_ids), accounts.aids[d.lease_id, payer]
            lines.postings.append(
                f"{aid_id}\t{entry_id}\t{account}\t{tenant}\t{aid!s}\t{_AID}\t{aid_due_on}\t{due}\t{about}"
            )
        if tenant in shared or account in shared:
            apart.append(_entry(entry_id, key, d, tenant, debts, aid_id, account, first))
            continue
        if aid_id:
            lines.items.append(f"{aid_id}\tt\t{account}\t{aid!s}\t{aid_due_on}\t{_AID}\t{about}")
        for (posting_id, amount, nature), laid in zip(debts, lay_in_order(aid, [a for _, a, _ in debts]), strict=True):
            if laid:
                lines.allocations.append(f"{posting_id}\t{aid_id}\t{laid!s}\t{_MONTH}\t{today}\t")
            if laid != amount:
                lines.items.append(f"{posting_id}\tt\t{tenant}\t{amount - laid!s}\t{due}\t{nature}\t{about}")
    return lines, apart


def _entry(
    entry_id: int,
    key: str,
    d: Draft,
    tenant: int,
    debts: Sequence[tuple[int, Decimal, str]],
    aid_id: int,
    account: int,
    first: date,
) -> tuple[NewEntry, PostedEntry]:
    """What `settle` asks for; the other side of a debt has no open items, whichever account it is."""
    ids = [pk for pk, _, _ in debts]
    postings = [NewPosting(tenant, _INCOME, amount, nature, d.due_on, first) for _, amount, nature in debts]
    if aid_id and d.expected.due_on is not None:
        ids.append(aid_id)
        postings.append(NewPosting(account, tenant, d.expected.amount, _AID, d.expected.due_on, first))
    return NewEntry(_DEMAND, key, d.due_on, tuple(postings)), PostedEntry(entry_id, tuple(ids), False)


def _copy_books(lines: _Lines) -> None:
    copy_lines(
        "rent_ledger_entry",
        ("id", "kind", "effective_on", "booked_on", "month", "recorded_at", "author_id", "idempotency_key",
         "payload_hash", "label", "reverses_id"),
        lines.entries,
    )  # fmt: skip
    copy_lines(
        "rent_ledger_posting",
        ("id", "entry_id", "debit_id", "credit_id", "amount", "nature", "due_on", "effective_on", "for_month"),
        lines.postings,
    )
    copy_lines(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        lines.allocations,
    )
    copy_lines(
        "rent_ledger_openitem",
        ("posting_id", "is_debit", "account_id", "remaining", "due_on", "nature", "for_month"),
        lines.items,
    )


def _with_items(accounts: dict[int, str], month: Month) -> set[int]:
    """Those of `accounts` with something free, or with another debt of the month that its benefit may go to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT account_id FROM rent_ledger_openitem
            WHERE account_id = ANY(%s::bigint[]) AND (NOT is_debit OR for_month = %s)
            """,
            [bigints(accounts), month.first],
        )
        return {row[0] for row in cursor.fetchall()}


def _copy_demands(month: Month, demands: Sequence[str]) -> None:
    # As late as can be: the counter's row stays locked to the commit, and another worker waits for it.
    number = draw_numbers(f"AVIS-{month}", len(demands))
    try:
        with transaction.atomic():
            copy_lines(
                "rent_ledger_rentdemand",
                ("id", "run_id", "lease_id", "account_id", "month", "kind", "state", "number", "due_on", "gross",
                 "benefit", "net", "inputs", "issued_at"),
                [line.replace(_NUMBER, str(number + i), 1) for i, line in enumerate(demands)],
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("Un autre quittancement vient de produire certains de ces avis. Rechargez la page.") from error


def _json(d: Draft) -> str:
    """What rebuilds the demand (decision 8): the terms and their days, the right, the other part of the month."""
    right = f', "right": {d.expected.right_id}' if d.expected.right_id is not None else ""
    other = f', "other": {{{_part(d.other.start, d.other.end, d.other.lines)}}}' if d.other is not None else ""
    return f'{{"v": 1, {_part(d.start, d.end, d.lines)}{right}{other}}}'


def _part(start: date, end: date, lines: Sequence[BilledLine]) -> str:
    terms, days = ", ".join([str(line.term_id) for line in lines]), ", ".join([str(line.days) for line in lines])
    return f'"from": "{start}", "to": "{end}", "terms": [{terms}], "days": [{days}]'
