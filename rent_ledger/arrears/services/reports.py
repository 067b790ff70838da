"""Reports to a payer or to the CCAPEX: prepared, sent by a person, answered; and each of these taken back.

Ancrage sends nothing here: who sends a report by the payer's own site or by post says which day, by which way, and
keeps the proof.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY
from common.typography import short_day
from leases.contracts.services.locks import locked as locked_lease
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.models import Organisation
from rent_ledger.arrears.codes import PayerRoute, ReportKind, SentBy
from rent_ledger.arrears.models import ArrearsCase, CaseDecision
from rent_ledger.arrears.queries.reports import departures, rights_on
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.services.cases import lock_cases, refresh_reports
from rent_ledger.arrears.services.decisions import record_report
from rent_ledger.arrears.services.report_facts import case_facts, departure_facts
from rent_ledger.arrears.services.taking_back import forget_report

PAPER = "payer_report"
TITLES = {
    ReportKind.ARREARS: "Déclaration d’impayé",
    ReportKind.DEPARTURE: "Départ d’un ménage",
    ReportKind.CCAPEX: "Signalement d’impayé",
}
COMMISSION = "Commission de coordination des actions de prévention des expulsions (CCAPEX)"
NOT_REACHED = "Le seuil légal n’est pas atteint : il n’y a rien à déclarer pour ce dossier."
NOT_OURS = "L’aide est versée au ménage : la loi ne demande de déclaration qu’au bailleur qui la reçoit."
NO_SIGNAL = "Le seuil de la CCAPEX n’est pas atteint, ou son texte ne régit pas ce contrat : il n’y a rien à signaler."
NO_CONTRACT = "Cette dette est d’avant le contrat : sa déclaration s’écrit à la main."
STILL_THERE = "Le ménage occupe encore le logement : son départ se signale après son dernier jour."
NO_AID = "Aucune aide ne nous était versée pour ce logement : il n’y a pas de départ à signaler."
WITHDRAWN = "Cette déclaration a été écartée. Préparez-la de nouveau."
NOT_SENT = "Notez d’abord le jour de l’envoi : la suite donnée vient après."
SENT = "Cette déclaration est envoyée : annulez d’abord l’envoi."
ANSWERED = "La suite donnée par l’organisme est notée : annulez-la d’abord."


@dataclass(slots=True)
class Prepared:
    """`refused`: (case, French reason) of those that have nothing to report."""

    done: list[PayerReport] = field(default_factory=list)
    refused: list[tuple[ArrearsCase, str]] = field(default_factory=list)


@needs(Write(Data.ARREARS))
@transaction.atomic
def prepare_reports(*, cases: Collection[ArrearsCase], actor: Actor, kind: ReportKind = ReportKind.ARREARS) -> Prepared:
    """A report of each case, with the facts of today and its letter; one that is prepared with the same facts, or sent,
    is given back as it is. One that is prepared with other facts is withdrawn for the new one.

    `InvalidInput` before the association is set up.
    """
    lock_cases([case.pk for case in cases])
    locked = list(
        ArrearsCase.objects.filter(pk__in=[case.pk for case in cases])
        .select_related("account__lease").order_by("report_due_on", "pk")
    )  # fmt: skip
    result, today = Prepared(), clock.today()
    rights = rights_on({c.account.lease_id: c.constituted_on or today for c in locked if c.account.lease_id})
    wanted = []
    for case in locked:
        refusal = _why_not(case, kind)
        if not refusal and kind == ReportKind.ARREARS and case.account.lease_id not in rights:
            refusal = NOT_OURS
        if refusal:
            result.refused.append((case, refusal))
        else:
            wanted.append(case)
    facts = case_facts(wanted, kind, day=today, rights=rights)
    former = {
        (report.lease_id, report.since_on): report
        for report in PayerReport.objects.living().filter(kind=kind, lease__in=[c.account.lease_id for c in wanted])
    }
    for case in wanted:
        lease, since = case.account.lease, case.ccapex_on if kind == ReportKind.CCAPEX else case.constituted_on
        if lease is None or since is None:
            continue
        made = PayerReport(kind=kind, lease=lease, case=case, since_on=since)
        if kind == ReportKind.ARREARS:
            made.payer, made.due_on = rights[lease.pk].payer, case.report_due_on
        result.done.append(_drawn(made, facts[case.pk], former.get((lease.pk, since)), actor))
    return result


@needs(Write(Data.ARREARS))
def prepare_report(*, case: ArrearsCase, actor: Actor, kind: ReportKind = ReportKind.ARREARS) -> PayerReport:
    """`prepare_reports` for one case. `Conflict` where there is nothing to report."""
    result = prepare_reports(cases=[case], actor=actor, kind=kind)
    if result.refused:
        raise Conflict(result.refused[0][1], code="nothing")
    return result.done[0]


@needs(Write(Data.ARREARS))
@transaction.atomic
def prepare_departure(*, lease: Lease, actor: Actor) -> PayerReport:
    """The letter that tells the payer that the household has left. The same facts give back the one that is there.

    `Conflict` while the household is there (`still_there`), and where no benefit was paid to us (`no_aid`).
    """
    lease = locked_lease(lease)
    today = clock.today()
    left = departures([lease.pk], day=today).get(lease.pk)
    if left is None:
        is_there = not lease.occupancies.filter(period__endswith__lte=today + ONE_DAY).exists()
        raise Conflict(STILL_THERE, code="still_there") if is_there else Conflict(NO_AID, code="no_aid")
    living = PayerReport.objects.living().filter(lease=lease, kind=ReportKind.DEPARTURE)
    made = PayerReport(
        kind=ReportKind.DEPARTURE, lease=lease, payer=left.payer, since_on=left.last_day, due_on=left.due_on
    )
    facts = departure_facts(lease, last_day=left.last_day, right=left.right)
    return _drawn(made, facts, living.filter(since_on=left.last_day).first(), actor)


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_report(*, report: PayerReport, actor: Actor) -> PayerReport:
    """« Écarter » a report that has not left; its history keeps it. Again changes nothing."""
    row = _lock(report)
    if row.withdrawn_at is not None:
        return row
    if row.sent_on is not None:
        raise Conflict(SENT, code="sent")
    _withdraw(row, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_sent(*, report: PayerReport, sent_on: date, sent_by: str, actor: Actor) -> PayerReport:
    """Who sent it says which day and by which way. The same again changes nothing.

    `InvalidInput` (`sent_on`, `sent_by`), `Conflict` where it is withdrawn, or noted otherwise already.
    """
    row = _lock(report)
    if row.withdrawn_at is not None:
        raise Conflict(WITHDRAWN, code="withdrawn")
    if sent_by not in SentBy.values:
        raise InvalidInput("Dites par quelle voie la déclaration est partie.", field="sent_by")
    today = clock.today()
    if not row.since_on <= sent_on <= today:
        raise InvalidInput(
            f"L’envoi est entre le {row.since_on:%d/%m/%Y}, jour des faits, et aujourd’hui.", field="sent_on"
        )
    if row.sent_on is not None:
        if (row.sent_on, row.sent_by) == (sent_on, sent_by):
            return row
        raise Conflict(
            f"L’envoi est déjà noté, le {short_day(row.sent_on, today=today)}. Annulez-le pour le noter autrement.",
            code="sent",
        )
    row.sent_on, row.sent_by, row.noted_on = sent_on, sent_by, today
    if row.kind == ReportKind.ARREARS and row.case is not None:
        record_report(case=row.case, reported_on=sent_on, actor=actor)
        row.decision = CaseDecision.objects.filter(case=row.case, reported_on=sent_on).latest("pk")
    row.save()
    refresh_reports([row], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_sent(*, report: PayerReport, actor: Actor) -> PayerReport:
    """The sending was noted by mistake: the report is prepared again, and owed again. Again changes nothing."""
    row = _lock(report)
    if row.sent_on is None:
        return row
    if row.route:
        raise Conflict(ANSWERED, code="answered")
    forget_report(row, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_answer(
    *,
    report: PayerReport,
    route: str,
    answered_on: date,
    refused_on: date | None = None,
    stage_on: date | None = None,
    plan_sent_on: date | None = None,
    actor: Actor,
) -> PayerReport:
    """What the payer does with the report, from which day: its clock runs from there. Noted again, it is changed.

    `InvalidInput` on the field of a day that can't be, `Conflict` where the report has not left.
    """
    row = _lock(report)
    if row.sent_on is None:
        raise Conflict(NOT_SENT, code="not_sent")
    if row.kind != ReportKind.ARREARS:
        raise Conflict("Seule la déclaration d’un impayé a une suite à noter.", code="no_answer")
    if route not in PayerRoute.values:
        raise InvalidInput("Dites ce que l’organisme fait de la déclaration.", field="route")
    today = clock.today()
    if not row.sent_on <= answered_on <= today:
        raise InvalidInput(
            f"La suite est connue entre l’envoi, le {row.sent_on:%d/%m/%Y}, et aujourd’hui.", field="answered_on"
        )
    for name, day in (("refused_on", refused_on), ("stage_on", stage_on), ("plan_sent_on", plan_sent_on)):
        if day is not None and not answered_on <= day <= today:
            raise InvalidInput(
                f"Ce jour est entre le {answered_on:%d/%m/%Y}, jour de la suite donnée, et aujourd’hui.", field=name
            )
    row.route, row.answered_on = route, answered_on
    if plan_sent_on != row.plan_sent_on:
        row.broken_told_on = None
    row.refused_on, row.stage_on, row.plan_sent_on = refused_on, stage_on, plan_sent_on
    row.save()
    refresh_reports([row], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_answer(*, report: PayerReport, actor: Actor) -> PayerReport:
    """What the payer does was noted by mistake: the report waits again. Again changes nothing."""
    row = _lock(report)
    if not row.route:
        return row
    row.route, row.answered_on = "", None
    row.refused_on = row.stage_on = row.plan_sent_on = row.broken_told_on = None
    row.save()
    refresh_reports([row], actor)
    return row


def _why_not(case: ArrearsCase, kind: ReportKind) -> str:
    """Why there is nothing to report of a case, or an empty text."""
    if case.account.lease is None:
        return NO_CONTRACT
    if kind == ReportKind.CCAPEX:
        return "" if case.ccapex_on else NO_SIGNAL
    if case.constituted_on is None:
        return NOT_REACHED
    return "" if case.report_due_on else NOT_OURS


def _lock(report: PayerReport) -> PayerReport:
    """The case, or the contract of a departure, then the report: who prepares another one waits."""
    if report.case_id is not None:
        lock_cases([report.case_id])
    else:
        locked_lease(report.lease)
    rows = PayerReport.objects.select_for_update(of=("self",)).select_related("case", "lease", "decision")
    return rows.get(pk=report.pk)


def _drawn(made: PayerReport, facts: dict[str, Any], former: PayerReport | None, actor: Actor) -> PayerReport:
    """`former`, where it says the same or has left; else `made`, with its letter."""
    if former is not None:
        if former.sent_on is not None or (former.facts, former.due_on) == (facts, made.due_on):
            return former
        _withdraw(former, actor)
    made.drawn_on, made.facts, made.author_id = clock.today(), facts, actor.user_id
    made.save()
    made.document = make_document(
        kind=PAPER,
        number=f"DECL-{made.pk}",
        title=TITLES[ReportKind(made.kind)],
        data={**facts, "kind": made.kind, "recipient": _recipient(made.payer), "to_a_body": True},
        actor=actor,
    )
    made.save(update_fields=["document"])
    return made


def _recipient(payer: Organisation | None) -> list[str]:
    return [payer.name, *payer.address.splitlines()] if payer else [COMMISSION]


def _withdraw(row: PayerReport, actor: Actor) -> None:
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.user_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
