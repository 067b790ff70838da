"""The written steps, « Relance » then « Mise en demeure »: proposed only after the social service, and one at a time.

The courteous message, the call and the social service come first (`rules.escalation`). A reminder is proposed once the
social service has answered without a hold, or has let its time pass without an answer, and no money came in
`reminder_days` as far as the bank is known. A formal notice is proposed `formal_days` after a reminder that left,
without money since, and only where a person has tried: a call that was made, or a contact of the social service.
Where nobody was reached so, a visit is asked of the social service first, once; it has its time to answer again. A
household that pays something after a step begins again with the reminder; one whose notice came back is called. A plan
that broke asks for an answer of after that day; a plan that the social service asked for, and that nobody took up, is
no reason to write.

Source: row 53 of docs/features.md; house practice, no text: each figure is a dated parameter.
"""

from datetime import date, timedelta

from common.reasons import Reason
from rent_ledger.arrears.rules.case_facts import CaseFacts, Found, LaneParams
from rent_ledger.books.codes import Action, LaneWhy


def answer_is_late(f: CaseFacts, p: LaneParams) -> bool:
    """The social service was asked, and its time to answer has passed."""
    return f.requested_on is not None and f.day > p.answer_until(f.requested_on)


def written_step(f: CaseFacts, p: LaneParams) -> Found:
    """The written step that is next, or the wait for the effect of the last one; None where none is."""
    if f.hold_until or f.plan_asked or f.plan is not None:
        return None
    since = _since(f, p)
    if since is None or f.bank_known_until is None or _paid(f, since):
        return None
    if (f.bank_known_until - since).days < p.reminder_days:
        return None
    if f.formal_on and not _paid(f, f.formal_on):
        if f.formal_back_on and (f.tried_on is None or f.tried_on < f.formal_back_on):
            return Action.CALL, Reason(LaneWhy.FORMAL_BACK, {"on": f.formal_on})
        return Action.WAIT, Reason(LaneWhy.FORMAL_SENT, {"on": f.formal_on})
    known = {"until": f.bank_known_until}
    if f.reminded_on is None or _paid(f, f.reminded_on):
        if f.requested_on:
            return Action.REMINDER, Reason(LaneWhy.REMIND_UNANSWERED, {"on": f.requested_on} | known)
        return Action.REMINDER, Reason(LaneWhy.REMIND_ANSWERED, {"on": f.answered_on} | known)
    if (f.bank_known_until - f.reminded_on).days < p.formal_days:
        until = f.reminded_on + timedelta(days=p.formal_days)
        return Action.WAIT, Reason(LaneWhy.REMINDER_SENT, {"on": f.reminded_on, "until": until})
    if f.tried_on is None:
        return Action.CALL, Reason(LaneWhy.TRY_FIRST, {"on": f.reminded_on})
    if f.reached_on is None and f.visit_on is None:
        return Action.VISIT, Reason(LaneWhy.NOBODY_REACHED, {"on": f.reminded_on})
    return Action.FORMAL_NOTICE, Reason(LaneWhy.REMINDER_NO_EFFECT, {"on": f.reminded_on} | known)


def _since(f: CaseFacts, p: LaneParams) -> date | None:
    """The day from which the social service has had its say: of its answer, or the last one of its time to answer."""
    asked = f.requested_on or f.answered_on
    if asked is None or (f.plan_broken_on and asked < f.plan_broken_on):
        return None
    if f.requested_on:
        return p.answer_until(f.requested_on) if answer_is_late(f, p) else None
    return f.answered_on


def _paid(f: CaseFacts, since: date) -> bool:
    return f.last_payment_on is not None and f.last_payment_on >= since
