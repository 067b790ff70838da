"""Reads of reports: what is to report, what left, what a payer waits for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet

from common.links import household_page, link
from common.periods import ONE_DAY, Month
from leases.models import Household, Lease, Occupancy
from office.models import Organisation
from rent_ledger.arrears.codes import PayerRoute, ReportKind
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import departure_seen_from, payer_params, payer_steps
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.rules.payer_steps import PayerAnswer, PayerStep, departure_due, step_of
from rent_ledger.rights.models import BenefitRight


def rights_on(days: Mapping[int, date]) -> dict[int, BenefitRight]:
    """By lease id, the right to benefit in force on its day, else the last one that began before. One query."""
    found: dict[int, BenefitRight] = {}
    for right in BenefitRight.objects.filter(lease__in=list(days)).select_related("payer").order_by("period"):
        if right.period.lower is None or right.period.lower <= days[right.lease_id]:
            found[right.lease_id] = right
    return found


def last_days(stays: "QuerySet[Occupancy]") -> dict[int, date]:
    """The last day in the dwelling of each contract of these stays, by lease id. One query."""
    ended = stays.exclude(period__endswith=None).values("lease").annotate(end=Max("period__endswith")).order_by()
    return {row["lease"]: row["end"] - ONE_DAY for row in ended}


@dataclass(frozen=True, slots=True)
class Departure:
    """A household that has left a dwelling for which a benefit was paid to us. `last_day`: there, included.
    `due_on`: the last day to tell the payer."""

    lease_id: int
    last_day: date
    right: BenefitRight
    due_on: date

    @property
    def payer(self) -> Organisation:
        return self.right.payer


def departures(lease_ids: Collection[int], *, day: date) -> dict[int, Departure]:
    """Of these contracts, those whose household has left and whose benefit was paid to us then, by lease id. Four
    queries at most."""
    stays = Occupancy.objects.filter(lease__in=list(lease_ids))
    still = stays.filter(period__endswith=None).values_list("lease_id", flat=True)
    gone = last_days(stays.exclude(lease__in=still))
    gone = {lease: last for lease, last in gone.items() if last <= day}
    return _departures(gone, day)


def departures_to_tell(lease_ids: Collection[int] | None, *, day: date) -> list[Departure]:
    """Those of the last months that nobody has told yet, the nearest deadline first; `lease_ids`: among these."""
    recent = Occupancy.objects.filter(
        period__endswith__gt=departure_seen_from(day), period__endswith__lte=day + ONE_DAY
    )
    if lease_ids is not None:
        recent = recent.filter(lease__in=list(lease_ids))
    found = departures(list(recent.values_list("lease_id", flat=True)), day=day)
    sent = PayerReport.objects.living().filter(kind=ReportKind.DEPARTURE, lease__in=found, sent_on__isnull=False)
    told = set(sent.values_list("lease_id", "since_on"))
    rows = [one for one in found.values() if (one.lease_id, one.last_day) not in told]
    return sorted(rows, key=lambda one: (one.due_on, one.lease_id))


def _departures(gone: Mapping[int, date], day: date) -> dict[int, Departure]:
    if not gone:
        return {}
    rights, steps = rights_on(gone), payer_steps()
    found = {}
    for lease, last in gone.items():
        right = rights.get(lease)
        # A right of before the month of the exit was none of the departure.
        if right and right.is_direct and (right.period.upper is None or right.period.upper >= Month.of(last).first):
            found[lease] = Departure(lease, last, right, departure_due(last, payer_params(last, params=steps.on(last))))
    return found


def answer_of(report: PayerReport) -> PayerAnswer | None:
    """What the payer has said of it."""
    if not report.route or report.answered_on is None:
        return None
    return PayerAnswer(
        PayerRoute(report.route), report.answered_on, report.refused_on, report.stage_on, report.plan_sent_on
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that left, and what is waited for."""

    report: PayerReport
    step: PayerStep


def waiting(reports: Iterable[PayerReport], *, day: date) -> list[Waiting]:
    """Each with its step on `day`, by the delays in force on the day of the answer; the nearest deadline first. One
    query more."""
    steps, found = payer_steps(), []
    for report in reports:
        on = report.answered_on or day
        params = payer_params(on, params=steps.on(on))
        found.append(Waiting(report, step_of(answer_of(report), day=day, params=params)))
    return sorted(found, key=lambda one: (one.step.due_on or date.max, one.report.pk))


def open_reports() -> "QuerySet[PayerReport]":
    """Reports that left, of impayés whose case is open."""
    rows = PayerReport.objects.living().filter(kind=ReportKind.ARREARS, sent_on__isnull=False, case__closed_on=None)
    return rows.select_related("lease__household", "payer", "case")


def cases_to_report() -> "QuerySet[ArrearsCase]":
    """Cases that must be reported and are not, the nearest deadline first."""
    rows = ArrearsCase.objects.filter(closed_on=None, report_due_on__isnull=False, reported_on=None)
    return rows.select_related("account__household", "account__lease").order_by("report_due_on", "pk")


def reports_of(case: ArrearsCase) -> dict[str, PayerReport]:
    """The living report of each kind of the impayé of a case, by kind: the latest. One query."""
    if case.account.lease_id is None:
        return {}
    rows = PayerReport.objects.living().filter(lease=case.account.lease_id).exclude(kind=ReportKind.DEPARTURE)
    rows = rows.select_related("payer")
    since = {ReportKind.ARREARS: case.constituted_on, ReportKind.CCAPEX: case.ccapex_on}
    return {row.kind: row for row in rows.order_by("pk") if row.since_on == since[ReportKind(row.kind)]}


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is to tell by `due_on`: of a case, or of a departure (`lease`). `left`: days until then. `prepared`: its
    report, not sent yet."""

    due_on: date
    left: int
    household: Household
    since_on: date
    case: ArrearsCase | None = None
    lease: Lease | None = None
    prepared: PayerReport | None = None

    @property
    def url(self) -> str:
        """Where its facts are: the case, else the household."""
        return link("rent_ledger:case", self.case.pk) if self.case else household_page(self.household.pk)


def deadlines(*, day: date) -> list[Deadline]:
    """What is to tell a payer, of cases and of departures, the nearest deadline first. A constant number of queries."""
    cases, left = list(cases_to_report()), departures_to_tell(None, day=day)
    leases = {
        lease.pk: lease for lease in Lease.objects.filter(pk__in=[d.lease_id for d in left]).select_related("household")
    }
    drafts = PayerReport.objects.living().filter(sent_on=None)
    of_case = {d.case_id: d for d in drafts.filter(kind=ReportKind.ARREARS, case__in=[case.pk for case in cases])}
    of_lease = {d.lease_id: d for d in drafts.filter(kind=ReportKind.DEPARTURE, lease__in=leases)}
    found = [
        Deadline(
            case.report_due_on, (case.report_due_on - day).days, case.account.household, case.constituted_on, case=case,
            prepared=of_case.get(case.pk),
        )
        for case in cases
        if case.report_due_on and case.constituted_on and case.account.household
    ]  # fmt: skip
    found += [
        Deadline(
            one.due_on, (one.due_on - day).days, leases[one.lease_id].household, one.last_day,
            lease=leases[one.lease_id], prepared=of_lease.get(one.lease_id),
        )
        for one in left
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.due_on)
