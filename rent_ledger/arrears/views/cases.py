"""A case: facts, next action, legal track, pauses, answers; what is done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.address import number_in
from common.answers import attempt, tell_done
from common.links import household_page, link
from leases.contracts.perms import told_dwelling
from leases.households.beside import own_among
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.messages.queries import messages_about
from office.models import Message
from office.notices.services import mark_opened
from rent_ledger.arrears import perms
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage, ReportKind
from rent_ledger.arrears.looks import ACTIONS, LANES
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, HelpRequest, LetterHold
from rent_ledger.arrears.notices import ANSWER, CALL_UNMADE
from rent_ledger.arrears.parameters import ages_on, ccapex_params, law_and_day, soon_days
from rent_ledger.arrears.queries.aid_files import aid_files_of, aid_open_url
from rent_ledger.arrears.queries.arrears import (
    cases_for,
    explain_proposals,
    held_debts,
    holds_told,
    takes_decisions,
)
from rent_ledger.arrears.queries.gestures import gestures_of
from rent_ledger.arrears.queries.legal import shown_law, weigh
from rent_ledger.arrears.queries.reports import reports_of, waiting
from rent_ledger.arrears.queries.told import told_proposal
from rent_ledger.arrears.rules.ages import slice_of
from rent_ledger.arrears.rules.ccapex import writ_from
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.services import debt_holds, letter_holds, social, taking_back
from rent_ledger.arrears.services.courtesy import key_of
from rent_ledger.arrears.views.arrears import ticks
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import Action, Lane, LaneWhy
from rent_ledger.books.queries.natures import debt_by_nature
from rent_ledger.books.queries.returns import last_return_reason
from rent_ledger.books.queries.statement import statement


def case_of(request: HouseRequest, pk: int) -> ArrearsCase:
    """The case, where the actor may open it; else 404."""
    try:
        return cases_for(request.actor).get(pk=pk)
    except ArrearsCase.DoesNotExist as error:
        raise Http404 from error


def _with_messages(case: ArrearsCase) -> list[tuple[CaseDecision, Message | None]]:
    """Each decision with the message that it sent."""
    decisions = list(case.decisions.select_related("author", "undone_by", "help_request"))
    if not decisions:
        return []
    sent = {message.key: message for message in messages_about(ABOUT_CASE, [case.pk]).get(case.pk, [])}
    return [(decision, sent.get(key_of(decision))) for decision in decisions]


# So many pauses, answers and releases stand open; the older ones are folded.
OPEN = 3
# So many times the same decision, one after the other, are the latest one and the days of the others.
REPEATS = 3


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision of a case with its message; `before`: the same one taken earlier again and again, the latest first."""

    decision: CaseDecision
    message: Message | None
    before: tuple[CaseDecision, ...] = ()

    @property
    def is_registered(self) -> bool:
        """It went to the post, which has a number for it."""
        return self.message is not None and self.message.kind == ArrearsMessage.FORMAL_NOTICE


def _folded(rows: list[tuple[CaseDecision, Message | None]]) -> list[DecisionLine]:
    """The decisions, latest first, with repeats folded."""
    found: list[DecisionLine] = []
    for _, group in groupby(rows, key=lambda row: (row[0].decision, row[0].action, row[0].undone_at is None)):
        same = list(group)
        if len(same) < REPEATS:
            found += [DecisionLine(*row) for row in same]
        else:
            found.append(DecisionLine(*same[0], before=tuple(decision for decision, _ in same[1:])))
    return found


def _last_to_undo(decisions: list[CaseDecision], waiting: HelpRequest | None) -> int | None:
    """The id of the last decision that stands, where it may be taken back: not once the social service has answered the
    request that it made."""
    last = next((row for row in decisions if row.undone_at is None), None)
    request = last.help_request if last else None
    if last is None or (request and request.withdrawn_at is None and request != waiting):
        return None
    return last.pk


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def case(request: HouseRequest, pk: int) -> HttpResponse:
    """Facts, next action and why, legal track, pauses, decisions, answers of the social service."""
    actor = request.actor
    found, day = case_of(request, pk), clock.today()
    answers = list(found.social_answers.select_related("author"))
    account = found.account
    own = bool(own_among([account.household_id], actor))
    state = getattr(account, "state", None)
    # Both the rule of the lanes and the law read them.
    steps, params = law_and_day(day)
    knowledge = bank_knowledge(day=day)
    is_open = found.closed_on is None
    lease = account.lease
    weighed = weigh([account.pk] if lease else [], day=day, known=knowledge, steps=steps, ahead=True).get(account.pk)
    months = {account.pk: weighed.months} if weighed else None
    proposed = (
        explain_proposals([account.pk], day=day, params=params, known=knowledge, months=months) if is_open else {}
    )
    proposal = told_proposal(proposed.get(account.pk), actor, own=own)
    if answers or (proposal and proposal.reason and proposal.reason.code == LaneWhy.CALL_UNMADE):
        mark_opened(ANSWER, CALL_UNMADE, about_id=found.pk, actor=actor)
    lane = proposal.lane if proposal else state.lane if state else Lane.NONE
    reports = reports_of(found)
    told = reports.get(ReportKind.ARREARS)
    open_request = social.open_requests([found.pk]).get(found.pk)
    releases, lifted = gestures_of(found, list(holds_told(found, actor, own=own).select_related("author")))
    # What runs still is never folded: the longest first, it stands before what is over.
    running = max(OPEN, sum(hold.until >= day for hold, _ in lifted))
    return render(
        request,
        "rent_ledger/arrears/case.html",
        {
            "case": found,
            "account": account,
            "household_url": household_page(account.household_id),
            "lease": lease,
            "place": lease
            and account.household
            and told_dwelling(actor, account.household, lease, is_protected=found.is_protected),  # type: ignore[attr-defined]
            "state": state,
            "months": statement(account.pk, day=day).months,
            "proposal": proposal,
            "trace": ticks(proposal),
            "action_label": Action(proposal.action).label if proposal and proposal.action else "",
            "action_icon": ACTIONS[proposal.action][0] if proposal and proposal.action else "clock",
            "lane": Lane(lane).label if lane != Lane.NONE else "",
            "lane_meaning": LANES[lane].meaning,
            "held": held_debts([account.pk], day=day).get(account.pk, []) if state and state.held else [],
            "pick": f"{account.pk}:{proposal.action}" if proposal else "",
            "takes_decisions": state is not None and takes_decisions(state),
            "is_to_decide": bool(proposal and proposal.action in TO_DECIDE),
            "days": (days := state.days_late(day) if state else None),
            "age": slice_of(days, ages_on(day, params=params)),
            "natures": debt_by_nature([account.pk], day=state.as_of)[account.pk] if state and state.whole_debt else [],
            "law": shown_law(found, weighed.legal) if weighed else None,
            "outlook": weighed.outlook if weighed else None,
            "ccapex": weighed.ccapex if weighed else None,
            "ccapex_reason": found.ccapex_reason or (weighed.ccapex.reason if weighed else None),
            # The delay in force on the day on which the CCAPEX was seized.
            "writ_on": writ_from(found.reported_on, ccapex_params(found.reported_on).writ_months)
            if found.reported_on and weighed and weighed.ccapex.waits
            else None,
            "report_left": (found.report_due_on - day).days if found.report_due_on and not found.reported_on else None,
            "soon": soon_days(day, params=params),
            "bank_until": knowledge.until(lease.bank_account_id, lease.collected_for) if lease else None,
            "holds": lifted[:running],
            "holds_before": lifted[running:],
            "releases": releases[:OPEN],
            "releases_before": releases[OPEN:],
            "decisions": _folded(decided := _with_messages(found)),
            "last_decision": _last_to_undo([row for row, _ in decided], open_request),
            "reads_messages": can(actor, Read(Data.MESSAGE)),
            "answers": answers[:OPEN],
            "answers_before": answers[OPEN:],
            "open_request": open_request,
            "may_decide": perms.can_decide(actor),
            "sees_answers": perms.can_read_answers(actor, own=own),
            "aid_files": aid_files_of(account.household_id, day=day, most=OPEN),
            "aid_open_url": aid_open_url(found, answers, actor),
            "reports": reports,
            # Of a case that is closed nothing is waited for.
            "payer_step": waiting([told], day=day)[0].step if is_open and told and told.sent_on else None,
            "return_reason": last_return_reason(account.pk) if state and state.last_return_on else "",
            "here": request.get_full_path(),
            "day": day,
        },
    )


def _act(request: HouseRequest, pk: int, call: Callable[[], object], done: str, undo: str = "") -> HttpResponse:
    """`undo`: the address that takes it back."""
    tried = attempt(call)
    tried.tell(request)
    if tried:
        tell_done(request, done, undo=undo)
    return redirect("rent_ledger:case", pk)


@require_POST
@allow(Write(Data.ARREARS))
def case_help(request: HouseRequest, pk: int) -> HttpResponse:
    """« Alerter le social »."""
    actor = request.actor
    found = case_of(request, pk)
    done = "Demande envoyée au service social. Les relances attendent sa réponse."
    undo = link("rent_ledger:case_help_withdraw", pk)
    return _act(request, pk, lambda: social.request_help(case=found, actor=actor), done, undo)


@require_POST
@allow(Write(Data.ARREARS))
def case_help_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler la demande » to the social service."""
    actor = request.actor
    found = case_of(request, pk)
    return _act(request, pk, lambda: taking_back.withdraw_request(case=found, actor=actor), "Demande annulée.")


@require_POST
@allow(Write(Data.ARREARS))
def decision_undo(request: HouseRequest, pk: int, decision_id: int) -> HttpResponse:
    """« Annuler » the last decision of the case, while nothing has left by it."""
    actor = request.actor
    decision = get_object_or_404(CaseDecision, pk=decision_id, case=case_of(request, pk))
    done = "Décision annulée : le dossier en est là où il en était avant elle."
    return _act(request, pk, lambda: taking_back.undo_decision(decision=decision, actor=actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def debt_release(request: HouseRequest, pk: int) -> HttpResponse:
    """End what takes these debts of the case out of the queue: they count again from today."""
    actor, found = request.actor, case_of(request, pk)
    asked = {int(value) for value in request.POST.getlist("dette") if value.isdecimal()}
    held = held_debts([found.account_id], day=clock.today()).get(found.account_id, [])
    chosen = [posting for debt in held for posting in debt.posting_ids if posting in asked]
    if not chosen:
        messages.warning(request, "Ces dettes ne sont plus hors relance.")
        return redirect("rent_ledger:case", pk)
    done = "Ces dettes comptent de nouveau dans l’impayé."
    released = attempt(lambda: debt_holds.release_debt(posting_ids=chosen, actor=actor))
    released.tell(request)
    if released:
        found.refresh_from_db(fields=["releases"])
        undo = link("rent_ledger:debt_release_undo", pk, remise=len(found.releases) - 1)
        tell_done(request, done, undo=undo if released.value else "")
    return redirect("rent_ledger:case", pk)


@require_POST
@allow(Write(Data.ARREARS))
def hold_lift(request: HouseRequest, pk: int, hold_id: int) -> HttpResponse:
    """End a pause of the rent side before its day."""
    actor = request.actor
    hold = get_object_or_404(LetterHold, pk=hold_id, case=case_of(request, pk))
    undo = link("rent_ledger:hold_lift_undo", pk, hold_id)
    return _act(request, pk, lambda: letter_holds.lift_hold(hold=hold, actor=actor), "Pause levée.", undo)


@require_POST
@allow(Write(Data.ARREARS))
def hold_lift_undo(request: HouseRequest, pk: int, hold_id: int) -> HttpResponse:
    """« Annuler » a pause that was lifted by mistake: it runs again."""
    actor = request.actor
    hold = get_object_or_404(LetterHold, pk=hold_id, case=case_of(request, pk))
    done = "La pause court de nouveau, jusqu’à son jour."
    return _act(request, pk, lambda: taking_back.undo_lift(hold=hold, actor=actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def debt_release_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » debts put back into the queue by mistake: they are held again."""
    actor, found = request.actor, case_of(request, pk)
    number = number_in(request.GET.get("remise") or request.POST.get("remise"))
    if number is None or not 0 <= number < len(found.releases):
        messages.warning(request, "Choisissez la remise en relance à annuler dans la liste de ce dossier.")
        return redirect("rent_ledger:case", pk)
    done = "Ces dettes sont de nouveau hors relance."
    return _act(request, pk, lambda: taking_back.undo_release(case=found, number=number, actor=actor), done)
