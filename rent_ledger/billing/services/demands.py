"""The demands of a run: their entries go through `posting.post`, as a set; then the demands and their lines as rows."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from common import clock
from common.codes import Code
from common.copy import DayCells, copy_lines, draw_ids
from common.errors import Conflict
from common.periods import Month
from leases.contracts.codes import DemandKind
from leases.contracts.rules.billing import BilledPart
from office.access.actor import Actor
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.models import RentDemand
from rent_ledger.billing.sources import Draft, Line
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.books.services.accounts import locked_accounts, mandant_accounts
from rent_ledger.books.services.entries import NewEntry, NewPosting, PostedEntry
from rent_ledger.books.services.numbers import draw_numbers
from rent_ledger.books.services.posting import Ahead, JointAllocation, post
from rent_ledger.rights.codes import KEPT, AidWhy

_WORDS = {DemandKind.TERM.value: "Avis", DemandKind.INDEMNITY.value: "Indemnité d’occupation"}
_NUMBER = "\x00"
_INTS = {int}


class _Accounts(NamedTuple):
    """Account ids: by lease, by (lease, payer), by owner."""

    tenants: dict[int, int]
    aids: dict[tuple[int, int], int]
    owners: dict[int, int]

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> "_Accounts":
        """Those of `drafts`, locked."""
        pairs = {(d.lease_id, line.payer_id) for d in drafts for line in d.lines if line.payer_id is not None}
        tenants, aids = locked_accounts(lease_ids={d.lease_id for d in drafts}, pairs=pairs)
        return cls(tenants, aids, mandant_accounts({d.owner_id for d in drafts if d.owner_id is not None}))

    def kinds(self) -> dict[int, str]:
        tenants = dict.fromkeys(self.tenants.values(), AccountKind.TENANT.value)
        return tenants | dict.fromkeys(self.aids.values(), AccountKind.BENEFIT.value)


def write_demands(
    *, run_id: int, month: Month, drafts: Sequence[Draft], actor: Actor, joint: JointAllocation | None = None
) -> int:
    """Write the demands of `drafts` for `month`, with their lines and entries. Returns the number of demands.

    Call it in a transaction. `Conflict` if a lease has got its demand of the month meanwhile.
    """
    if not drafts:
        return 0
    accounts = _Accounts.of(drafts)
    ids = draw_ids(RentDemand, len(drafts))
    labels = {kind: f"{word} {month.month:02d}/{month.year}" for kind, word in _WORDS.items()}
    entries = [
        NewEntry(EntryKind.DEMAND, f"demand:{pk}", d.due_on, _postings(d, month, accounts), month.first, labels[d.kind])
        for pk, d in zip(ids, drafts, strict=True)
    ]
    post(
        entries=entries,
        actor=actor,
        is_replayable=False,
        locked=accounts.kinds(),
        ahead=_ahead(month, drafts, accounts),
        documents=lambda posted: _copy(run_id, month, ids, drafts, posted, accounts),
        joint=joint,
    )
    return len(drafts)


def _postings(d: Draft, month: Month, accounts: _Accounts) -> tuple[NewPosting, ...]:
    """One posting for each line, in their order."""
    tenant, due_on, first = accounts.tenants[d.lease_id], d.due_on, month.first
    owner = None if d.owner_id is None else accounts.owners[d.owner_id]
    found = []
    for line in d.lines:
        about = first if line.for_month is None else line.for_month.first
        due, amount = line.due_on or due_on, line.amount
        if line.payer_id is not None:
            other = accounts.aids[d.lease_id, line.payer_id]
        else:
            other = owner or line.nature.income.id
        if amount > 0:
            found.append(NewPosting(tenant, other, amount, line.nature, due, about))
        else:
            found.append(NewPosting(other, tenant, -amount, line.nature, due, about))
    return tuple(found)


def _ahead(month: Month, drafts: Sequence[Draft], accounts: _Accounts) -> Ahead:
    """Accounts whose only change is one term due on a future day: see `posting.Ahead`."""
    today = clock.today()
    times = Counter(d.lease_id for d in drafts)
    return Ahead(
        month,
        {
            accounts.tenants[d.lease_id]: (d.net, d.gross)
            for d in drafts
            if d.kind == DemandKind.TERM
            and times[d.lease_id] == 1
            and d.due_on > today
            and not [line for line in d.lines if line.due_on is not None and line.due_on <= today]
        },
    )


def _copy(
    run_id: int,
    month: Month,
    ids: Sequence[int],
    drafts: Sequence[Draft],
    posted: Sequence[PostedEntry],
    accounts: _Accounts,
) -> None:
    days, about, now = DayCells(), month.first.isoformat(), clock.now().isoformat()
    demands, lines = [], []
    for pk, d, entry in zip(ids, drafts, posted, strict=True):
        kind, due_on, start, end, _ = d.part
        gross, benefit = d.gross, d.benefit
        demands.append(
            f"{pk}\t{run_id}\t{d.lease_id}\t{accounts.tenants[d.lease_id]}\t{entry.id}\t{about}\t{kind}\t"
            f"{DemandState.ISSUED.value}\t{_NUMBER}\t{days[start]}\t{days[end]}\t{days[due_on]}\t{gross!s}\t"
            f"{benefit!s}\t{gross - benefit!s}\t{_inputs(d)}\t{now}"
        )
        lines += [_line(pk, position, line, about) for position, line in enumerate(d.lines)]
    copy_lines(
        "rent_ledger_demandline", ("demand_id", "position", "source", "nature", "amount", "for_month", "inputs"), lines
    )
    # As late as possible: the counter's row stays locked until the commit, and other workers wait for it.
    number = draw_numbers(f"AVIS-{month}", len(demands))
    try:
        with transaction.atomic():
            copy_lines(
                "rent_ledger_rentdemand",
                ("id", "run_id", "lease_id", "account_id", "entry_id", "month", "kind", "state", "number",
                 "billed_from", "billed_to", "due_on", "gross", "benefit", "net", "inputs", "issued_at"),
                [line.replace(_NUMBER, str(number + i), 1) for i, line in enumerate(demands)],
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("Un autre quittancement vient de produire certains de ces avis. Rechargez la page.") from error


def _line(pk: int, position: int, line: Line, about: str) -> str:
    month = about if line.for_month is None else line.for_month.first.isoformat()
    return f"{pk}\t{position}\t{line.source}\t{line.nature}\t{line.amount!s}\t{month}\t{_json(line.inputs)}"


def _json(inputs: Mapping[str, Any]) -> str:
    if set(map(type, inputs.values())) == _INTS:
        # The usual ones are ids and counts: written by hand, four times faster.
        return "{" + ", ".join([f'"{key}": {value}' for key, value in inputs.items()]) + "}"
    # COPY reads a backslash as the beginning of an escape.
    return json.dumps(inputs, default=_plain).replace("\\", "\\\\")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


# What is not expected, and why, is known only while the demand is made.
_NO_AID: dict[Code, str] = {
    why: f'{{"aid": "{why.value}"}}'
    for why in AidWhy
    if why not in (AidWhy.EXPECTED, AidWhy.CAPPED, *KEPT.values(), AidWhy.NONE_WAS_EXPECTED)
}


def _inputs(d: Draft) -> str:
    """Why no aid is expected; and the other part of the month, where there is one: its amounts share the rounding of
    these."""
    why = None if d.expected is None or d.expected.amount else _NO_AID.get(d.expected.reason.code)
    if d.other is None:
        return why or "{}"
    inputs = {"other": _part(d.other)}
    return _json(inputs | json.loads(why) if why else inputs)


def _part(part: BilledPart) -> dict[str, Any]:
    return {
        "from": part.start.isoformat(),
        "to": part.end.isoformat(),
        "terms": [line.term_id for line in part.lines],
        "days": [line.days for line in part.lines],
    }
