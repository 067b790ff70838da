"""What was decided of a case by mistake is taken back, while nothing has left the house by it.

A decision that was taken back stays in the history, with who did it and when. What it did goes with it: its message is
withdrawn, its pause lifted, its plan ended, its request to the social service withdrawn, its report forgotten.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from common import clock
from common.errors import Conflict
from common.periods import period
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.jobs.wake import wake
from office.messages.codes import WAITING_STATES, MessageState
from office.messages.services.outbox import withdraw_all
from office.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.freezes import FrozenDebt
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, HelpRequest, LetterHold
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.services.cases import lock_cases, refresh_cases, refresh_reports
from rent_ledger.arrears.services.courtesy import key_of
from rent_ledger.arrears.services.debt_holds import end_holds, running_after
from rent_ledger.arrears.services.letter_holds import may_hold
from rent_ledger.arrears.services.social import open_requests
from rent_ledger.books.codes import Action, HoldKind
from rent_ledger.books.models import DebtHold, OpenItem
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts

WITHDRAWN = "La décision a été annulée."
SETTLED = "Ce dossier est soldé : ses décisions ne s’annulent plus."
FOLLOWED = "Une décision plus récente a suivi : annulez-la d’abord."
LEAVING = "Le message est en train de partir : attendez un instant, puis relisez le dossier."
UNSURE = "On ne sait pas si le message est parti : la décision reste. Voyez le message, puis décidez de nouveau."
LEFT = "Le message est parti le {on} : il ne se reprend plus. Prenez une autre décision, ou écrivez de nouveau."
CALLED = "L’appel a été passé le {on} : il ne se reprend plus. Prenez une autre décision."
PAUSE_OVER = "Cette pause allait jusqu’au {on} : elle est finie. Décidez d’une nouvelle pause."
NOT_LIFTED = (
    "Cette pause a été remplacée, ou sa décision annulée : il n’y a pas de levée à reprendre. Rechargez la page."
)
OTHER_PAUSE = "Une autre pause court déjà, jusqu’au {on} : levez-la d’abord."
PAID_SINCE = "Ces dettes ont été payées depuis : il n’y a plus rien à mettre hors relance."
HOLD_OVER = "Ce qui tenait ces dettes hors relance est arrivé à sa fin depuis : elles restent en relance."
HELD_AGAIN = "Une de ces dettes est déjà de nouveau hors relance. Rechargez la page."
PLAN_TAKEN_BACK = "La décision qui les mettait hors relance a été annulée depuis : ces dettes restent en relance."
REPORT_ANSWERED = "La suite donnée à cette déclaration est notée : annulez-la d’abord, sur la page de la déclaration."
ANSWERED = "Le service social a répondu depuis à cette demande : elle ne s’annule plus."


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_decision(*, decision: CaseDecision, actor: Actor) -> CaseDecision:
    """Take back the last decision of a case that stands. Taking it back again changes nothing.

    `Conflict` where its message has left or is leaving, the social service has answered its request, another decision
    followed, or the case is settled.
    """
    # Before the case, as who posts a payment locks them.
    lock_accounts([decision.case.account_id])
    case = lock_cases([decision.case_id])[decision.case_id]
    row = (
        CaseDecision.objects.select_for_update(of=("self",))
        .select_related("letter_hold", "help_request")
        .get(pk=decision.pk)
    )
    if row.undone_at is not None:
        return row
    if case.closed_on is not None:
        raise Conflict(SETTLED, code="settled")
    if CaseDecision.objects.standing().filter(case=case, pk__gt=row.pk).exists():
        raise Conflict(FOLLOWED, code="followed")
    _withdraw_message(row)
    if row.help_request is not None and row.help_request.withdrawn_at is None:
        _withdraw_its_request(row.help_request)
    report = PayerReport.objects.select_for_update(of=("self",)).filter(decision=row).first()
    if report is not None and report.route:
        raise Conflict(REPORT_ANSWERED, code="answered")
    _undone(row, case, actor)
    if report is not None:
        unsend(report)
    if row.letter_hold is not None:
        _lift(row.letter_hold)
    if row.held:
        end_holds(DebtHold.objects.filter(pk__in=row.held), accounts=[case.account_id], day=clock.today())
    refresh_cases([case], actor)
    return row


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`refused`: the French reasons of the decisions that stay."""

    done: list[CaseDecision] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_decisions(*, decisions: Collection[CaseDecision], actor: Actor) -> TakenBack:
    """Take back what was decided together, each as `undo_decision`. One that can't be taken back doesn't stop the
    others.
    """
    # All of them before the first, as who takes back another set of the same cases.
    lock_accounts({decision.case.account_id for decision in decisions})
    lock_cases({decision.case_id for decision in decisions})
    result = TakenBack()
    for decision in decisions:
        try:
            result.done.append(undo_decision(decision=decision, actor=actor))
        except Conflict as refusal:
            result.refused.append(refusal.message)
    return result


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_request(*, case: ArrearsCase, actor: Actor) -> HelpRequest | None:
    """Take back « Alerter le social » of a case: the letters wait no more for its answer. None where no request waits.

    The alert that the request made follows: nobody's to take any more, or marked where somebody took it.
    """
    locked = lock_cases([case.pk])[case.pk]
    request = open_requests([case.pk]).get(case.pk)
    if request is None:
        return None
    _withdraw(request)
    refresh_cases([locked], actor)
    return request


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def undo_lift(*, hold: LetterHold, actor: Actor) -> LetterHold:
    """The pause that a person lifted runs again, to its day. Taking it back again changes nothing.

    `Conflict` where the case is settled, the pause is over by now or not lifted by a person, another one of the same
    side runs, or the decision that began it was taken back.
    """
    may_hold(actor, hold.source)
    case = lock_cases([hold.case_id])[hold.case_id]
    row = LetterHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if row.lifted_at is None:
        return row
    if case.closed_on is not None:
        raise Conflict(SETTLED, code="settled")
    if row.until < clock.today():
        raise Conflict(PAUSE_OVER.format(on=short_day(row.until, today=clock.today())), code="over")
    is_taken_back = CaseDecision.objects.filter(letter_hold=row, undone_at__isnull=False).exists()
    if is_taken_back or not row.is_lifted_by_hand:
        raise Conflict(NOT_LIFTED, code="not_lifted")
    if other := LetterHold.objects.filter(
        case=case, source=row.source, lifted_at=None, until__gte=clock.today()
    ).first():
        raise Conflict(OTHER_PAUSE.format(on=short_day(other.until, today=clock.today())), code="other_pause")
    row.lifted_at = None
    row.lifts[-1] |= {"back_at": clock.now().isoformat(), "back_by": actor.user_id}
    row.save(update_fields=["lifted_at", "lifts"])
    refresh_cases([case], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_release(*, case: ArrearsCase, number: int, actor: Actor) -> list[DebtHold]:
    """The debts of release `number` of the case (from 0) are held again from today, for the same reason and as long as
    they were to be, as far as something is left of them. Taking it back again changes nothing.

    Money that was allocated to them since the release stays. `Conflict` where the case is settled, nothing of the debts
    is left, they are held already, their hold would be over by now, or the decision that began it was taken back.
    """
    accounts = [case.account_id]
    lock_accounts(accounts)
    locked = lock_cases([case.pk])[case.pk]
    release = locked.releases[number]
    if "back_at" in release:
        return []
    if locked.closed_on is not None:
        raise Conflict(SETTLED, code="settled")
    today = clock.today()
    ends = {one["posting"]: date.fromisoformat(one["until"]) if one["until"] else None for one in release["holds"]}
    left = OpenItem.objects.filter(posting__in=ends, is_debit=True).values_list("posting", flat=True)
    asked = [one for one in release["holds"] if one["posting"] in set(left)]
    if not asked:
        raise Conflict(PAID_SINCE, code="paid")
    if any((end := ends[one["posting"]]) is not None and end <= today for one in asked):
        raise Conflict(HOLD_OVER, code="over")
    old = [one["hold"] for one in asked]
    decided = CaseDecision.objects.filter(case=locked, held__overlap=old)
    if decided.exclude(undone_at=None).exists():
        raise Conflict(PLAN_TAKEN_BACK, code="undone")
    again = running_after(DebtHold.objects.filter(posting__in=[one["posting"] for one in asked]), today)
    if again.exists():
        raise Conflict(HELD_AGAIN, code="held")
    made = DebtHold.objects.bulk_create(
        DebtHold(
            posting_id=one["posting"], kind=one["kind"], reason=one["reason"], author_id=actor.user_id,
            period=period(today, ends[one["posting"]]),
        )
        for one in asked
    )  # fmt: skip
    frozen_again = [hold.posting_id for hold in made if hold.kind == HoldKind.FREEZE]
    FrozenDebt.objects.filter(posting__in=frozen_again, freeze__ended_on=None).update(put_back_on=None)
    # Who takes the decision back ends what stands of it now.
    renewed = dict(zip(old, [hold.pk for hold in made], strict=True))
    for row in decided:
        row.held = [renewed.get(pk, pk) for pk in row.held]
        row.save(update_fields=["held"])
    release |= {"back_at": clock.now().isoformat(), "back_by": actor.user_id}
    locked.save(update_fields=["releases"])
    projections.refresh(account_ids=accounts)
    refresh_cases([locked], actor)
    return made


def _withdraw(request: HelpRequest) -> None:
    request.withdrawn_at = clock.now()
    request.save(update_fields=["withdrawn_at"])
    wake("help_requested")


def _withdraw_message(row: CaseDecision) -> None:
    message = Message.objects.select_for_update(of=("self",)).filter(key=key_of(row)).first()
    if message is None or message.state == MessageState.WITHDRAWN:
        return
    if message.state in WAITING_STATES | {MessageState.PERMANENT_FAILURE}:
        withdraw_all(about=ABOUT_CASE, ids=[row.case_id], why=WITHDRAWN, kind=message.kind)
        return
    if message.state == MessageState.TECHNICAL_FAILURE:
        raise Conflict(UNSURE, code="unsure")
    if message.state == MessageState.SENDING:
        raise Conflict(LEAVING, code="leaving")
    on = short_day((message.sent_at or message.created_at).astimezone(clock.PARIS).date(), today=clock.today())
    raise Conflict((CALLED if message.is_call else LEFT).format(on=on), code="gone")


def _withdraw_its_request(request: HelpRequest) -> None:
    if request.case_id not in open_requests([request.case_id]):
        raise Conflict(ANSWERED, code="answered")
    _withdraw(request)


def forget_report(report: PayerReport, actor: Actor) -> None:
    """The report, whose row and case are locked, has not left; its decision goes, whatever was decided since."""
    decision, case = report.decision, report.case
    unsend(report)
    if decision is not None and case is not None and decision.undone_at is None:
        _undone(decision, case, actor)
        refresh_cases([case], actor)
    refresh_reports([report], actor)


def unsend(report: PayerReport) -> None:
    report.sent_on, report.sent_by, report.noted_on, report.decision = None, "", None, None
    report.save(update_fields=["sent_on", "sent_by", "noted_on", "decision"])


def _undone(row: CaseDecision, case: ArrearsCase, actor: Actor) -> None:
    """The decision stands no more; of a report, the day of the one that stands beside it, or none."""
    row.undone_at, row.undone_by_id = clock.now(), actor.user_id
    row.save(update_fields=["undone_at", "undone_by"])
    if row.action == Action.REPORT_PAYER and row.reported_on is not None:
        other = CaseDecision.objects.standing().filter(case=case, reported_on__isnull=False).first()
        case.reported_on = other.reported_on if other else None
        case.save(update_fields=["reported_on"])


def _lift(hold: LetterHold) -> None:
    """End the pause, and begin again the one that it replaced."""
    if hold.lifted_at is not None:
        return
    hold.lifted_at = clock.now()
    hold.save(update_fields=["lifted_at"])
    LetterHold.objects.exclude(pk=hold.pk).filter(
        case=hold.case_id, source=hold.source, lifted_at=hold.recorded_at, until__gte=clock.today()
    ).update(lifted_at=None)
