"""Terms that will soon be barred: the oldest ones only are read, so a pass costs little."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.periods import add_months
from common.reasons import Reason
from leases.models import Lease
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import OpenItem
from rent_ledger.books.plans import PlanDebt
from rent_ledger.books.rules.natures import HOUSING_NATURES
from rent_ledger.procedures.codes import BarredWhy, StepKind, Track
from rent_ledger.procedures.models import ProcedureStep
from rent_ledger.procedures.parameters import prescription_params
from rent_ledger.procedures.queries.facts import track_of_contract
from rent_ledger.procedures.rules.prescription import barred_on, warned_from


@dataclass(frozen=True, slots=True)
class SoonBarred:
    """A term that can't be claimed from `on`. `left`: what is left of it (euros)."""

    account_id: int
    due_on: date
    left: Decimal
    on: date
    track: Track

    @property
    def reason(self) -> Reason:
        code = BarredWhy.LEASE if self.track == Track.LEASE else BarredWhy.OTHER
        return Reason(code, {"due_on": self.due_on, "left": self.left, "on": self.on})


def soon_barred(account_ids: Sequence[int] | None, *, day: date) -> list[SoonBarred]:
    """The terms of households (of these accounts, None: all) that are warned of on `day` and are not barred yet, the
    nearest first. Four queries at most."""
    params = prescription_params(day)
    shortest = min(params.lease_months, params.other_months) - params.warn_months
    items = OpenItem.objects.filter(
        is_debit=True, account__kind=AccountKind.TENANT, due_on__lte=add_months(day, -shortest),
        nature__in=sorted(HOUSING_NATURES),
    ).order_by("due_on", "posting_id")  # fmt: skip
    if account_ids is not None:
        items = items.filter(account__in=account_ids)
    rows = list(items.values_list("account_id", "account__lease_id", "posting_id", "due_on", "remaining"))
    if not rows:
        return []
    leases = Lease.objects.select_related("agreement__owner", "unit__dwelling").in_bulk({row[1] for row in rows})
    tracks = {pk: track_of_contract(lease) for pk, lease in leases.items()}
    plans: defaultdict[int, list[date]] = defaultdict(list)
    signed = PlanDebt.objects.filter(posting__in=[row[2] for row in rows], plan__signed_on__isnull=False)
    for posting, on in signed.values_list("posting_id", "plan__signed_on"):
        if on is not None:
            plans[posting].append(on)
    writs: defaultdict[int, list[date]] = defaultdict(list)
    steps = ProcedureStep.objects.filter(kind=StepKind.WRIT, procedure__account__in={row[0] for row in rows})
    # What is dismissed interrupted nothing (C. civ., art. 2243).
    for account, on in steps.exclude(procedure__steps__kind=StepKind.DISMISSED).values_list("procedure__account", "on"):
        writs[account].append(on)
    found = []
    for account, lease, posting, due_on, left in rows:
        track = tracks[lease]
        on = barred_on(due_on, track=track, interrupted=[*plans[posting], *writs[account]], params=params)
        if warned_from(on, params) <= day < on:
            found.append(SoonBarred(account, due_on, left, on, track))
    return sorted(found, key=lambda one: (one.on, one.due_on))
