"""What the rent side decides of the proposals of cases: confirmed, changed, refused, paused; the day of a report.

A case is a file about an account; it never changes what is owed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from common.typography import euros, short_day, uncapitalised
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import Message
from office.notices.services import over
from rent_ledger.arrears import notices
from rent_ledger.arrears.codes import Decision, LetterHoldSource
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, LetterHold, SocialAnswer
from rent_ledger.arrears.parameters import pause_until_most, plan_until_most
from rent_ledger.arrears.queries.arrears import takes_decisions
from rent_ledger.arrears.queries.courtesy import SENT_BY
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.services.cases import lock_cases, refresh_cases
from rent_ledger.arrears.services.courtesy import NO_ADDRESS, Letter, send_decided, without_address
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.letter_holds import NewHold, write_holds
from rent_ledger.arrears.services.social import make_requests, open_requests
from rent_ledger.books.codes import Action, HoldKind, Lane
from rent_ledger.books.models import AccountState, DebtHold, OpenItem
from rent_ledger.books.services.posting import lock_accounts

PLAN_END = "Dites jusqu’à quand court le plan : décidez ce ménage seul."
PLAN_ASKED = "Plan demandé par le service social"
PLAN_OF = "Plan de {amount} par mois demandé par le service social"
NEVER_CHOSEN = {Action.ANSWER_PLAN, Action.REMINDER, Action.FORMAL_NOTICE}
"""They come of their rule alone: nobody is reminded or put on notice before the social service and a person."""
DAY = timedelta(days=1)
IN_A_PLAN = "Tout ce qui est dû est dans un plan qui court : il n’y a rien à décider tant qu’il est tenu."
TO_PREPARE = (
    "Une déclaration ne se confirme pas : préparez-la, envoyez-la à l’organisme, puis notez le jour de l’envoi."
)
NO_DOOR = "Ce ménage est parti : il n’y a plus de porte où frapper. Écrivez-lui à sa nouvelle adresse, ou appelez-le."
STILL_THERE = "Ce ménage n’est pas parti : on lui écrit chez lui, par un message courtois."


@dataclass(slots=True)
class Decided:
    """`refused`: (case, French reason) of those that could not be decided as asked. `sent`: the messages written."""

    done: list[CaseDecision] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    refused: list[tuple[ArrearsCase, str]] = field(default_factory=list)


@needs(Write(Data.ARREARS))
def decide(
    *,
    case: ArrearsCase,
    decision: str,
    action: str = "",
    reason: str = "",
    pause_until: date | None = None,
    plan_until: date | None = None,
    expected: str = "",
    letter: Letter | None = None,
    actor: Actor,
) -> CaseDecision:
    """Confirm, change, refuse or pause the proposed action of one case.

    `expected`: the action that the person saw; `Conflict` if it is no longer the one proposed. `letter`: the message
    as the person left it, where the action sends one.
    """
    result = decide_many(
        cases=[case], decision=decision, action=action, reason=reason, pause_until=pause_until, plan_until=plan_until,
        expected={case.pk: expected} if expected else None, letters={case.pk: letter} if letter else None, actor=actor,
    )  # fmt: skip
    if result.refused:
        raise Conflict(result.refused[0][1])
    return result.done[0]


@needs(Write(Data.ARREARS))
@transaction.atomic
def decide_many(
    *,
    cases: Sequence[ArrearsCase],
    decision: str,
    action: str = "",
    reason: str = "",
    pause_until: date | None = None,
    plan_until: date | None = None,
    expected: dict[int, str] | None = None,
    letters: Mapping[int, Letter] | None = None,
    actor: Actor,
) -> Decided:
    """The same decision for several cases. A case whose proposal changed meanwhile is refused, with its reason; so is
    a report to confirm: it has its own services (`services.reports`).

    What a decision sends (a courteous message, a call, a letter to who left) is written in the outbox with it;
    `letters` has, by case id, what a person made of it. A plan that was asked is accepted until `plan_until`
    (included): what is past due is held as a plan until then.
    """
    _check_decision(decision, action, reason, pause_until)
    if plan_until is not None:
        if plan_until <= clock.today():
            raise InvalidInput("Le plan finit après aujourd’hui.", field="plan_until")
        if plan_until > (most := plan_until_most(clock.today())):
            raise InvalidInput(
                f"Un plan finit au plus tard le {most:%d/%m/%Y}. Rapprochez la fin, ou demandez une mensualité plus "
                "haute.",
                field="plan_until",
            )
        # Before the cases, as who posts a payment locks them.
        lock_accounts([c.account_id for c in cases])
    locked = lock_cases([c.pk for c in cases])
    states = {
        s.account_id: s for s in AccountState.objects.filter(account_id__in=[c.account_id for c in locked.values()])
    }
    result, kept = Decided(), []
    actions = {
        case.pk: {Decision.CONFIRM: _proposed(states, case), Decision.CHANGE: action}.get(Decision(decision), "")
        for case in locked.values()
    }
    held = _holding(locked.values()) if decision == Decision.CHANGE and action in SENT_BY else {}
    homeless = without_address(actions, letters or {}, actor=actor)
    for case in locked.values():
        proposed, chosen = _proposed(states, case), actions[case.pk]
        message = _why_not(
            case, states.get(case.account_id), proposed, decision, (expected or {}).get(case.pk, ""), action
        )
        if decision == Decision.CONFIRM and chosen == Action.ANSWER_PLAN and plan_until is None:
            message = message or PLAN_END
        if chosen == Action.WRITE_GONE and _lane(states, case) != Lane.GONE:
            message = message or STILL_THERE
        if chosen == Action.VISIT and _lane(states, case) == Lane.GONE:
            message = message or NO_DOOR
        message = message or held.get(case.pk, "")
        message = message or (NO_ADDRESS if case.pk in homeless else "")
        if message:
            result.refused.append((case, message))
            continue
        kept.append(
            CaseDecision(
                case=case, proposed=proposed, decision=decision, action=chosen, reason=reason, author_id=actor.user_id
            )
        )
    result.done = CaseDecision.objects.bulk_create(kept)
    for asking in (Action.ALERT_SOCIAL, Action.VISIT):
        deciding = [d for d in kept if d.action == asking]
        _, asked = make_requests([d.case for d in deciding], actor, is_visit=asking == Action.VISIT)
        for made in deciding:
            made.help_request = asked.get(made.case_id)
    result.sent = send_decided(decisions=kept, letters=letters or {}, actor=actor)
    if decision == Decision.CONFIRM and plan_until is not None:
        _hold_plans([d for d in kept if d.action == Action.ANSWER_PLAN], until=plan_until, actor=actor)
    if decision == Decision.PAUSE and pause_until is not None:
        pauses = write_holds(
            [NewHold(d.case, pause_until, reason) for d in kept], source=LetterHoldSource.RENT, actor=actor
        )
        for made, pause in zip(kept, pauses, strict=True):
            made.letter_hold = pause
    CaseDecision.objects.bulk_update(kept, ["held", "letter_hold", "help_request"])
    if kept:
        over(notices.ANSWER, notices.CALL_UNMADE, about_ids=[d.case.pk for d in kept])
        refresh_cases([d.case for d in kept], actor)
    return result


@needs(Write(Data.ARREARS))
@transaction.atomic
def record_report(*, case: ArrearsCase, reported_on: date, actor: Actor) -> ArrearsCase:
    """The case was reported to the CAF or MSA on `reported_on`."""
    case = lock_cases([case.pk])[case.pk]
    if case.constituted_on is None:
        raise Conflict("Le seuil légal n’est pas atteint : il n’y a rien à déclarer pour ce dossier.")
    if not case.constituted_on <= reported_on <= clock.today():
        raise InvalidInput("La déclaration est faite entre le jour du seuil et aujourd’hui.", field="reported_on")
    case.reported_on = reported_on
    case.save(update_fields=["reported_on"])
    CaseDecision.objects.create(
        case=case, proposed=Action.REPORT_PAYER, decision=Decision.CONFIRM, action=Action.REPORT_PAYER,
        reported_on=reported_on, author_id=actor.user_id,
    )  # fmt: skip
    refresh_cases([case], actor)
    return case


def _holding(cases: Iterable[ArrearsCase]) -> dict[int, str]:
    """Why nothing may be sent for these cases today, where a pause runs or a request waits. Two queries."""
    today, ids = clock.today(), [case.pk for case in cases]
    found = dict.fromkeys(open_requests(ids), "Le service social est sollicité : attendez sa réponse.")
    running = LetterHold.objects.filter(case__in=ids, lifted_at=None, from_day__lte=today, until__gte=today)
    for hold in running.order_by("until"):
        until = short_day(hold.until, today=today)
        cure = "levez d’abord la pause" if hold.is_rent_side else "rien ne part avant"
        found[hold.case_id] = f"Relances suspendues par {hold.decided_by} jusqu’au {until} : {cure}."
    return found


def _lane(states: Mapping[int, AccountState], case: ArrearsCase) -> str:
    state = states.get(case.account_id)
    return state.lane if state else ""


def _proposed(states: Mapping[int, AccountState], case: ArrearsCase) -> str:
    state = states.get(case.account_id)
    return state.action if state else ""


def _check_decision(decision: str, action: str, reason: str, pause_until: date | None) -> None:
    if decision not in Decision.values:
        raise InvalidInput("Choisissez de confirmer, modifier, refuser ou mettre en pause.")
    if decision != Decision.CONFIRM and not reason.strip():
        raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    if len(reason) > 200:
        raise InvalidInput("Le motif tient en 200 caractères.", field="reason")
    if decision == Decision.CHANGE and action not in set(Action.values) - NEVER_CHOSEN:
        raise InvalidInput("Choisissez l’action à la place de celle proposée.", field="action")
    if decision == Decision.PAUSE and pause_until is None:
        raise InvalidInput("Dites jusqu’à quand, par exemple 09/12/2026.", field="pause_until")
    if pause_until is not None and pause_until < clock.today():
        raise InvalidInput("La pause finit aujourd’hui ou plus tard.", field="pause_until")
    if pause_until is not None and pause_until > (most := pause_until_most(clock.today())):
        raise InvalidInput(
            f"Une pause va jusqu’au {most:%d/%m/%Y} au plus, et se renouvelle. Choisissez un jour avant.",
            field="pause_until",
        )


def _why_not(
    case: ArrearsCase, state: AccountState | None, proposed: str, decision: str, expected: str, action: str
) -> str:
    """Why this case can't be decided so, or an empty text."""
    if case.closed_on is not None or not proposed:
        return "Ce dossier n’est plus en impayé : il n’y a rien à décider."
    # Only the report to the payer may be owed still, and nothing is sent in its place.
    if state is not None and state.arrears <= 0 and not (takes_decisions(state) and action not in SENT_BY):
        return IN_A_PLAN
    if expected and expected != proposed:
        return f"La proposition a changé : {uncapitalised(Action(proposed).label)}. Relisez-la avant de décider."
    if decision == Decision.CONFIRM and proposed == Action.REPORT_PAYER:
        return TO_PREPARE
    if decision == Decision.CONFIRM and proposed not in TO_DECIDE:
        return "Ce dossier est déjà décidé : rien n’attend de confirmation."
    if decision == Decision.CHANGE and action == proposed:
        return "C’est déjà l’action proposée : confirmez-la."
    return ""


def _hold_plans(decisions: Sequence[CaseDecision], *, until: date, actor: Actor) -> None:
    """What is past due on these accounts, and free, is held by the plan that the social service asked for."""
    cases = [decision.case for decision in decisions]
    today = clock.today()
    asked = SocialAnswer.objects.filter(case__in=cases, plan_asked=True).order_by("id")
    amounts = dict(asked.values_list("case_id", "plan_amount"))
    for decision in decisions:
        case = decision.case
        taken = DebtHold.objects.filter(posting=OuterRef("posting"), period__overlap=period(today, until + DAY))
        debts = OpenItem.objects.filter(~Exists(taken), account=case.account_id, is_debit=True, due_on__lt=today)
        amount = amounts.get(case.pk)
        held = hold_debt(
            posting_ids=list(debts.values_list("posting_id", flat=True)),
            kind=HoldKind.PLAN,
            reason=PLAN_OF.format(amount=euros(amount)) if amount else PLAN_ASKED,
            until=until + DAY,
            actor=actor,
        )
        decision.held = [hold.pk for hold in held]
