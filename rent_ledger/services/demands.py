"""The demands of a run into the books, with their entries, table by table.

A run touches every lease and most accounts have nothing free to lay on the new debts: what the awaited benefit covers
is then known from the demand alone. The other accounts go by `settling`, as after any entry.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import bigints, copy_lines, draw_ids
from common.db import check_constraints
from common.errors import Conflict
from common.periods import Month
from leases.rules.billing import BilledLine
from office.actor import Actor
from office.wake import wake
from rent_ledger.enums import AllocationRule, DemandKind, DemandState, EntryKind, General, Nature
from rent_ledger.models import RentDemand
from rent_ledger.rules.allocation import lay_in_order
from rent_ledger.services import projections
from rent_ledger.services.accounts import benefit_accounts, mandant_accounts, tenant_accounts
from rent_ledger.services.drafting import Draft
from rent_ledger.services.entries import NewEntry, NewPosting, PostedEntry
from rent_ledger.services.numbers import draw_numbers
from rent_ledger.services.posting import lock_accounts, write
from rent_ledger.services.settling import settle

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
_WORDS = {DemandKind.TERM.value: "Avis", DemandKind.INDEMNITY.value: "Indemnité d’occupation"}


class _Accounts(NamedTuple):
    """Account ids: by lease, by (lease, payer), by owner."""

    tenants: dict[int, int]
    aids: dict[tuple[int, int], int]
    owners: dict[int, int]


def write_demands(*, run_id: int, month: Month, drafts: Sequence[Draft], actor: Actor) -> int:
    """Enter `drafts` of `month`: demands, entries, allocations, projections. Returns their number.

    To be called in a transaction. `Conflict` where a lease has got its demand of the month meanwhile.
    """
    if not drafts:
        return 0
    accounts = _Accounts(
        tenant_accounts({d.lease_id for d in drafts}),
        benefit_accounts({(d.lease_id, d.expected.payer_id) for d in drafts if d.expected.payer_id is not None}),
        mandant_accounts({d.owner_id for d in drafts if d.owner_id is not None}),
    )
    kinds = lock_accounts({*accounts.tenants.values(), *accounts.aids.values()})
    ids = draw_ids(RentDemand, len(drafts))
    labels = {kind: f"{word} {month.month:02d}/{month.year}" for kind, word in _WORDS.items()}
    entries = [_entry(pk, d, month.first, labels[d.kind], accounts) for pk, d in zip(ids, drafts, strict=True)]
    written = write(entries, actor, is_replayable=False)
    _settle(entries, written, kinds, month)
    check_constraints()
    _copy_demands(run_id, month, drafts, ids, accounts)
    _refresh(sorted(set(accounts.tenants.values())), entries)
    return len(drafts)


def _entry(demand_id: int, d: Draft, first: date, label: str, accounts: _Accounts) -> NewEntry:
    tenant, due_on, kind = accounts.tenants[d.lease_id], d.due_on, d.kind
    owner = None if d.owner_id is None else accounts.owners[d.owner_id]
    postings = []
    for line in d.lines:
        nature, income = BOOKED[kind, line.nature]
        postings.append(NewPosting(tenant, owner or income, line.amount, nature, due_on, first))
    aid, aid_due_on, _, payer, _ = d.expected
    if aid and payer is not None and aid_due_on is not None:
        postings.append(NewPosting(accounts.aids[d.lease_id, payer], tenant, aid, _AID, aid_due_on, first))
    return NewEntry(_DEMAND, f"demand:{demand_id}", due_on, tuple(postings), first, label)


def _settle(entries: Sequence[NewEntry], written: dict[str, PostedEntry], kinds: dict[int, str], month: Month) -> None:
    """Lay the awaited benefits, and what was free, on the new debts; keep the open items."""
    shared = _with_items(kinds, month)
    # Two demands of one account share its benefit.
    shared.update(account for account, n in Counter(e.postings[0].debit for e in entries).items() if n > 1)
    apart = [e for e in entries if any(p.debit in shared or p.credit in shared for p in e.postings)]
    if apart:
        touched = {i for e in apart for p in e.postings for i in (p.debit, p.credit) if i in kinds}
        settle(apart, written, {account: kinds[account] for account in touched})
    keys = {e.key for e in apart}
    items, allocations, today = [], [], clock.today()
    for entry in entries:
        if entry.key in keys:
            continue
        posting_ids = written[entry.key].posting_ids
        *debts, last = entry.postings
        if last.nature == _AID:
            laid = lay_in_order(last.amount, [p.amount for p in debts])
            aid_id = posting_ids[-1]
            items.append(f"{aid_id}\tt\t{last.debit}\t{last.amount}\t{last.due_on}\t{_AID}\t{last.for_month}")
            allocations += [
                f"{posting}\t{aid_id}\t{amount}\t{_MONTH}\t{today}\t"
                for posting, amount in zip(posting_ids, laid, strict=False)
                if amount
            ]
        else:
            debts, laid = list(entry.postings), []
        for index, p in enumerate(debts):
            left = p.amount - laid[index] if laid else p.amount
            if left:
                items.append(f"{posting_ids[index]}\tt\t{p.debit}\t{left}\t{p.due_on}\t{p.nature}\t{p.for_month}")
    copy_lines(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        allocations,
    )
    copy_lines(
        "rent_ledger_openitem",
        ("posting_id", "is_debit", "account_id", "remaining", "due_on", "nature", "for_month"),
        items,
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


def _copy_demands(run_id: int, month: Month, drafts: Sequence[Draft], ids: Sequence[int], accounts: _Accounts) -> None:
    first, issued, issued_at = month.first.isoformat(), DemandState.ISSUED.value, clock.now().isoformat()
    # As late as can be: the counter's row stays locked to the commit, and another worker waits for it.
    first_number = draw_numbers(f"AVIS-{month}", len(drafts))
    try:
        with transaction.atomic():
            copy_lines(
                "rent_ledger_rentdemand",
                ("id", "run_id", "lease_id", "account_id", "month", "kind", "state", "number", "due_on", "gross",
                 "benefit", "net", "inputs", "issued_at"),
                [
                    f"{pk}\t{run_id}\t{d.lease_id}\t{accounts.tenants[d.lease_id]}\t{first}\t{d.kind}\t{issued}\t"
                    f"{number}\t{d.due_on}\t{d.gross!s}\t{d.expected.amount!s}\t{d.net!s}\t{_json(d)}\t{issued_at}"
                    for number, (pk, d) in enumerate(zip(ids, drafts, strict=True), first_number)
                ],
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


def _refresh(tenants: Sequence[int], entries: Sequence[NewEntry]) -> None:
    today = clock.today()
    if all(p.due_on > today for e in entries for p in e.postings):
        projections.refresh_ahead(account_ids=tenants, day=today)
    else:
        projections.refresh(account_ids=tenants, day=today)
        wake("arrears_changed")
