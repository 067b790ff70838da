"""What was decided of a case by mistake is taken back, while nothing has left the house by it.

A decision that was taken back stays in the history, with who did it and when. What it did goes with it: its message is
withdrawn, its pause lifted, its plan ended, its request to the social service withdrawn, its report forgotten.
"""

from django.db import transaction

from common import clock
from common.errors import Conflict
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.messages.codes import WAITING_STATES, MessageState
from office.messages.services.outbox import withdraw_all
from office.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, HelpRequest, LetterHold
from rent_ledger.arrears.services.arrears import end_holds, lock_cases, open_requests, refresh_cases
from rent_ledger.arrears.services.courtesy import key_of
from rent_ledger.books.codes import Action
from rent_ledger.books.models import DebtHold
from rent_ledger.books.services.posting import lock_accounts

WITHDRAWN = "La décision a été annulée."
SETTLED = "Ce dossier est soldé : ses décisions ne s’annulent plus."
FOLLOWED = "Une décision plus récente a suivi : annulez-la d’abord."
LEAVING = "Le message est en train de partir : attendez un instant, puis relisez le dossier."
UNSURE = "On ne sait pas si le message est parti : la décision reste. Voyez le message, puis décidez de nouveau."
LEFT = "Le message est parti le {on} : il ne se reprend plus. Prenez une autre décision, ou écrivez de nouveau."
CALLED = "L’appel a été passé le {on} : il ne se reprend plus. Prenez une autre décision."
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
    if row.action == Action.REPORT_PAYER and row.reported_on is not None:
        _forget_report(row, case)
    row.undone_at, row.undone_by_id = clock.now(), actor.user_id
    row.save(update_fields=["undone_at", "undone_by"])
    if row.letter_hold is not None:
        _lift(row.letter_hold)
    if row.held:
        end_holds(DebtHold.objects.filter(pk__in=row.held), accounts=[case.account_id], day=clock.today())
    refresh_cases([case], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def withdraw_request(*, case: ArrearsCase, actor: Actor) -> HelpRequest | None:
    """Take back « Alerter le social » of a case: the letters wait no more for its answer. None where no request waits.

    An alert that the social service already has stays with it, to be answered.
    """
    locked = lock_cases([case.pk])[case.pk]
    request = open_requests([case.pk]).get(case.pk)
    if request is None:
        return None
    _withdraw(request)
    refresh_cases([locked], actor)
    return request


def _withdraw(request: HelpRequest) -> None:
    request.withdrawn_at = clock.now()
    request.save(update_fields=["withdrawn_at"])


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


def _forget_report(row: CaseDecision, case: ArrearsCase) -> None:
    """The day of the report that stood before it, or none."""
    before = CaseDecision.objects.standing().filter(case=case, pk__lt=row.pk, reported_on__isnull=False).first()
    case.reported_on = before.reported_on if before else None
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
