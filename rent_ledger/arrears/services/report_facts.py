"""What a report tells, as known on its day: facts of the rent side alone, never a cause, an answer or a support.

Amounts are decimal texts and days ISO texts, as in every document. `home` (lines) is empty where the address is
protected.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from common.money import ZERO
from common.periods import Month
from common.typography import counted
from leases.contracts.codes import LeaseKind
from leases.models import Lease
from office.messages.codes import GONE_STATES
from office.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage, LegalWhy, ReportKind
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.billing.services.papers import LeaseFacts, amount, lease_facts
from rent_ledger.books.models import OpenItem
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.books.rules.natures import BENEFIT_THRESHOLD_NATURES, CCAPEX_NATURES
from rent_ledger.rights.models import BenefitRight


def case_facts(
    cases: Collection[ArrearsCase], kind: ReportKind, *, day: date, rights: Mapping[int, BenefitRight]
) -> dict[int, dict[str, Any]]:
    """By case id, the facts of an impayé or of a signal. `cases` with their `account__lease`. A constant number of
    queries."""
    leases = {case.pk: case.account.lease for case in cases if case.account.lease}
    told = lease_facts({lease.pk: day for lease in leases.values()})
    natures = CCAPEX_NATURES if kind == ReportKind.CCAPEX else BENEFIT_THRESHOLD_NATURES
    months = _months([case.account_id for case in cases], natures, day)
    steps = _steps(cases)
    found = {}
    for case in cases:
        lease = leases[case.pk]
        owed = months[case.account_id]
        found[case.pk] = _contract(lease, told[lease.pk], rights.get(lease.pk)) | {
            "since": _iso(case.ccapex_on if kind == ReportKind.CCAPEX else case.constituted_on),
            "threshold": _threshold(case) if kind == ReportKind.ARREARS else None,
            "months": [{"month": str(month), "left": amount(left)} for month, left in sorted(owed.items())],
            "total": amount(sum(owed.values(), ZERO)),
            "steps": steps[case.pk],
        }
    return found


def departure_facts(lease: Lease, *, last_day: date, right: BenefitRight) -> dict[str, Any]:
    """The facts of a departure: who left what, on which day. Neither why nor where to."""
    told = lease_facts({lease.pk: last_day})[lease.pk]
    return _contract(lease, told, right) | {"since": last_day.isoformat()}


def _contract(lease: Lease, told: LeaseFacts, right: BenefitRight | None) -> dict[str, Any]:
    return {
        "household": told.names,
        "home": list(told.home),
        "lease": lease.reference,
        "contract": LeaseKind(lease.kind).label,
        "start": lease.period.lower.isoformat(),
        "aid": {"kind": right.kind, "number": right.beneficiary_number, "amount": amount(right.amount)}
        if right
        else None,
    }


def _threshold(case: ArrearsCase) -> str | None:
    reason = case.legal_reason
    parts = {part.code: part.amount for part in reason.parts} if reason else {}
    found = parts.get(LegalWhy.THRESHOLD_MULTIPLE, parts.get(LegalWhy.THRESHOLD_AMOUNT))
    return amount(found) if found is not None else None


def _months(accounts: Collection[int], natures: Collection[str], day: date) -> dict[int, dict[Month, Decimal]]:
    """What is left of each month, by account id."""
    found: defaultdict[int, dict[Month, Decimal]] = defaultdict(dict)
    items = OpenItem.objects.filter(
        account__in=list(accounts), is_debit=True, due_on__lte=day, nature__in=sorted(natures)
    )
    for account, month, due_on, left in items.values_list("account_id", "for_month", "due_on", "remaining"):
        owed = found[account]
        owed[Month.of(month or due_on)] = owed.get(Month.of(month or due_on), ZERO) + left
    return found


def _steps(cases: Collection[ArrearsCase]) -> dict[int, list[dict[str, str]]]:
    """What the rent side did to be paid, by case id: what has left, and plans that were signed."""
    found: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    ids = [case.pk for case in cases]
    sent = Message.objects.filter(
        about=ABOUT_CASE, about_id__in=ids, state__in=sorted(GONE_STATES), kind__in=ArrearsMessage.values
    )
    for message in sent:
        if message.sent_at is not None:
            label = ArrearsMessage(message.kind).label
            way = "" if message.is_call else f" ({message.get_channel_display()})"
            found[message.about_id].append((message.sent_at.astimezone(clock.PARIS).date(), label + way))
    of_account = {case.account_id: case for case in cases}
    for plan in RepaymentPlan.objects.filter(account__in=of_account, signed_on__isnull=False).prefetch_related(
        "instalments"
    ):
        case = of_account[plan.account_id]
        if plan.signed_on is not None and plan.signed_on >= case.first_default_on:
            told = f"Plan d’apurement signé, {counted(len(plan.instalments.all()), 'mensualité')}"
            found[case.pk].append((plan.signed_on, told))
    return defaultdict(
        list, {pk: [{"on": on.isoformat(), "what": what} for on, what in sorted(rows)] for pk, rows in found.items()}
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
