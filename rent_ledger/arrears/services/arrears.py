"""Arrears cases: found by set, constituted by law, held, decided, answered.

A case is a file about an account; it never changes what is owed. Each change also refreshes the lanes of its accounts,
in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import period
from common.typography import euros, short_day
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.people import people_who
from office.access.permissions import needs, require
from office.jobs.wake import wake
from office.models import Message
from office.notices.services import NewNotice, notify, over
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears import notices
from rent_ledger.arrears.codes import CauseCode, Decision, LetterHoldSource, NextStep
from rent_ledger.arrears.duties import PLAN, REPORT
from rent_ledger.arrears.models import (
    LONGEST_PAUSE,
    ArrearsCase,
    CaseDecision,
    HelpRequest,
    LetterHold,
    SocialAnswer,
)
from rent_ledger.arrears.parameters import pause_until_most, plan_until_most
from rent_ledger.arrears.queries.courtesy import SENT_BY
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.services.courtesy import NO_ADDRESS, Letter, send_decided, without_address
from rent_ledger.arrears.services.detection import CaseLine, DetectReport, detect_arrears
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, Action, HoldKind, Lane
from rent_ledger.books.models import AccountState, DebtHold, OpenItem
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.books.services.settling import OpenBooks, allocate_free_credit

__all__ = [
    "CaseLine",
    "Decided",
    "Letter",
    "DetectReport",
    "NewHold",
    "decide",
    "decide_many",
    "detect_arrears",
    "end_holds",
    "hold_debt",
    "hold_letters",
    "hold_letters_of",
    "lift_hold",
    "lock_cases",
    "open_requests",
    "record_report",
    "record_social_answer",
    "refresh_cases",
    "release_debt",
    "request_help",
]

# ---------- holds of letters, answers, requests ----------

PLAN_END = "Dites jusqu’à quand court le plan : décidez ce ménage seul."
PLAN_ASKED = "Plan demandé par le service social"
PLAN_OF = "Plan de {amount} par mois demandé par le service social"
DAY = timedelta(days=1)
STILL_THERE = "Ce ménage n’est pas parti : on lui écrit chez lui, par un message courtois."


@dataclass(frozen=True, slots=True)
class NewHold:
    """No letter for `case` from `from_day` (today) until `until`, included."""

    case: ArrearsCase
    until: date
    reason: str = ""
    from_day: date | None = None


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def hold_letters(
    *, case: ArrearsCase, until: date, source: str, reason: str = "", actor: Actor, from_day: date | None = None
) -> LetterHold:
    """No letter leaves for `case` until `until` (included). Takes the place of the running hold of the same source.

    Source RENT: the rental manager; SOCIAL: the social service; RULE: background jobs.
    """
    [hold] = hold_letters_of(holds=[NewHold(case, until, reason, from_day)], source=source, actor=actor)
    return hold


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def hold_letters_of(*, holds: Sequence[NewHold], source: str, actor: Actor) -> list[LetterHold]:
    """`hold_letters` for many cases, one hold each, by a constant number of queries. All of them or none."""
    may_hold(actor, source)
    _lock_open([new.case.pk for new in holds])
    made = _hold(holds, source=source, actor=actor)
    refresh_cases([new.case for new in holds], actor)
    return made


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def lift_hold(*, hold: LetterHold, actor: Actor) -> LetterHold:
    """End a hold now. Lifting it again changes nothing; `taking_back.undo_lift` takes it back."""
    may_hold(actor, hold.source)
    lock_cases([hold.case_id])
    hold = LetterHold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    if hold.lifted_at is None:
        hold.lifted_at = clock.now()
        hold.lifts.append({"at": hold.lifted_at.isoformat(), "by": actor.user_id})
        hold.save(update_fields=["lifted_at", "lifts"])
        refresh_cases([hold.case], actor)
    return hold


@needs(Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def record_social_answer(
    *,
    case: ArrearsCase,
    contact_made: bool,
    cause: str,
    hold_until: date | None = None,
    plan_asked: bool = False,
    plan_amount: Decimal | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> SocialAnswer:
    """Record the social service's answer. Ends the holds that waited for it, and starts the hold that it requests.
    A next step says its day."""
    if cause not in CauseCode.values:
        raise InvalidInput("Choisissez la cause dans la liste.", field="cause")
    if plan_amount is not None and (not plan_asked or plan_amount <= ZERO):
        raise InvalidInput("Une mensualité va avec un plan demandé, et elle est positive.", field="plan_amount")
    if next_step and next_step not in NextStep.values:
        raise InvalidInput("Choisissez la prochaine étape dans la liste.", field="next_step")
    if next_step_on is not None and not next_step:
        raise InvalidInput("Un jour va avec une prochaine étape.", field="next_step_on")
    if next_step and next_step_on is None and next_step != NextStep.PAID:
        raise InvalidInput("Dites pour quel jour est la prochaine étape.", field="next_step_on")
    if next_step_on is not None and next_step != NextStep.PAID and next_step_on < clock.today():
        raise InvalidInput("La prochaine étape est pour aujourd’hui ou plus tard.", field="next_step_on")
    lock_cases([case.pk])
    owed = AccountState.objects.filter(account__cases=case).values_list("debt", flat=True).first() or ZERO
    if plan_amount is not None and plan_amount > owed:
        raise InvalidInput(
            f"La mensualité dépasse ce qui est dû, {euros(owed)} : un plan l’étale sur plusieurs mois.",
            field="plan_amount",
        )
    waited = list(_awaiting(case).filter(lifted_at=None).values_list("pk", flat=True))
    if hold_until is not None:
        _hold([NewHold(case, hold_until, "Réponse du service social")], source=LetterHoldSource.SOCIAL, actor=actor)
    answer = SocialAnswer.objects.create(
        case=case, contact_made=contact_made, cause=cause, hold_until=hold_until, plan_asked=plan_asked,
        plan_amount=plan_amount, next_step=next_step, next_step_on=next_step_on, author_id=actor.user_id,
    )  # fmt: skip
    # At the moment of the answer: taken back, it finds them again by it.
    LetterHold.objects.filter(pk__in=waited).update(lifted_at=answer.answered_at)
    refresh_cases([case], actor)
    _tell_answer(answer, actor)
    return answer


def _awaiting(case: ArrearsCase) -> QuerySet[LetterHold]:
    """The holds that an answer ends: those that waited for it, and that of the answer before."""
    return LetterHold.objects.filter(case=case, source__in=[LetterHoldSource.RULE, LetterHoldSource.SOCIAL])


@needs(Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def withdraw_social_answer(*, answer: SocialAnswer, actor: Actor) -> None:
    """The social service takes its answer back: cause, plan asked and step are told no more, its hold ends, and the
    holds that waited for it run again, as long as they did. Again changes nothing.

    `Conflict` once something stands on it: another answer, a decision of the rent side.
    """
    case = lock_cases([answer.case_id])[answer.case_id]
    row = SocialAnswer.objects.filter(pk=answer.pk).first()
    if row is None:
        return
    if SocialAnswer.objects.filter(case=case, pk__gt=row.pk).exists():
        raise Conflict("Une autre réponse a suivi celle-ci : c’est la dernière qui se reprend.", code="in_use")
    decided = CaseDecision.objects.filter(case=case, decided_at__gte=row.answered_at, undone_at=None)
    decided = decided.exclude(decision=Decision.PAUSE)
    if first := decided.order_by("decided_at").first():
        on = short_day(first.decided_at.astimezone(clock.PARIS).date(), today=clock.today()).removesuffix(".")
        raise Conflict(
            f"La gestion locative a décidé sur cette réponse le {on} : elle reste. Parlez-en avec elle.", code="in_use"
        )
    if row.hold_until is not None:
        asked = LetterHold.objects.filter(
            case=case, source=LetterHoldSource.SOCIAL, until=row.hold_until, lifted_at=None,
            recorded_at__lte=row.answered_at,
        )  # fmt: skip
        asked.update(lifted_at=clock.now())
    _awaiting(case).filter(lifted_at=row.answered_at).update(lifted_at=None)
    row.delete()
    over(notices.ANSWER, about_ids=[case.pk])
    refresh_cases([case], actor)


def _tell_answer(answer: SocialAnswer, actor: Actor) -> None:
    """To who follows the household's rents, else to who asked, else to all who decide on arrears."""
    case = ArrearsCase.objects.select_related("account__household").get(pk=answer.case_id)
    household = case.account.household
    named = {household.manager_id} if household else set()
    asked = set(case.help_requests.order_by().values_list("author_id", flat=True))
    able = set(people_who(Write(Data.ARREARS)).values_list("pk", flat=True))
    to = able & named or able & asked or able
    notify(new=[NewNotice(notices.ANSWER, user, case.pk, str(answer.pk)) for user in sorted(to)], actor=actor)


@needs(Write(Data.ARREARS))
@transaction.atomic
def request_help(*, case: ArrearsCase, actor: Actor) -> HelpRequest:
    """« Alerter le social ». A request that has had no answer is returned as it is."""
    _lock_open([case.pk])
    found, _ = _request_help([case], actor)
    return found[case.pk]


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


# ---------- decisions ----------


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
    """The same decision for several cases. A case whose proposal changed meanwhile is refused, with its reason.

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
        message = _why_not(case, proposed, decision, (expected or {}).get(case.pk, ""), action)
        if decision == Decision.CONFIRM and chosen == Action.ANSWER_PLAN and plan_until is None:
            message = message or PLAN_END
        if chosen == Action.WRITE_GONE and _lane(states, case) != Lane.GONE:
            message = message or STILL_THERE
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
    _, asked = _request_help([d.case for d in kept if d.action == Action.ALERT_SOCIAL], actor)
    for made in kept:
        made.help_request = asked.get(made.case_id)
    result.sent = send_decided(decisions=kept, letters=letters or {}, actor=actor)
    if decision == Decision.CONFIRM:
        _report([d for d in kept if d.action == Action.REPORT_PAYER])
    if decision == Decision.CONFIRM and plan_until is not None:
        _hold_plans([d for d in kept if d.action == Action.ANSWER_PLAN], until=plan_until, actor=actor)
    if decision == Decision.PAUSE and pause_until is not None:
        pauses = _hold([NewHold(d.case, pause_until, reason) for d in kept], source=LetterHoldSource.RENT, actor=actor)
        for made, pause in zip(kept, pauses, strict=True):
            made.letter_hold = pause
    CaseDecision.objects.bulk_update(kept, ["reported_on", "held", "letter_hold", "help_request"])
    if kept:
        over(notices.ANSWER, about_ids=[d.case.pk for d in kept])
        refresh_cases([d.case for d in kept], actor)
    return result


def _report(decisions: Sequence[CaseDecision]) -> None:
    today = clock.today()
    found = ArrearsCase.objects.filter(pk__in=[d.case_id for d in decisions], constituted_on__isnull=False)
    found.update(reported_on=today)
    for decision in decisions:
        decision.reported_on = today


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
    if decision == Decision.CHANGE and action not in set(Action.values) - {Action.ANSWER_PLAN}:
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


def _why_not(case: ArrearsCase, proposed: str, decision: str, expected: str, action: str) -> str:
    """Why this case can't be decided so, or an empty text."""
    if case.closed_on is not None or not proposed:
        return "Ce dossier n’est plus en impayé : il n’y a rien à décider."
    if expected and expected != proposed:
        return f"La proposition a changé : {Action(proposed).label.lower()}. Relisez-la avant de décider."
    if decision == Decision.CONFIRM and proposed not in TO_DECIDE:
        return "Ce dossier est déjà décidé : rien n’attend de confirmation."
    if decision == Decision.CHANGE and action == proposed:
        return "C’est déjà l’action proposée : confirmez-la."
    return ""


# ---------- debts out of the queue ----------


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


@needs(Write(Data.ARREARS))
@transaction.atomic
def hold_debt(
    *,
    posting_ids: Collection[int],
    kind: str,
    reason: str,
    actor: Actor,
    from_day: date | None = None,
    until: date | None = None,
) -> list[DebtHold]:
    """Exclude debts from allocation and arrears: plan kept, freeze, dispute. `until`: first day no longer held."""
    if kind not in HoldKind.values:
        raise InvalidInput("Choisissez un plan, un gel ou une contestation.", field="kind")
    if not reason.strip():
        raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    start = from_day or clock.today()
    if until is not None and until <= start:
        raise InvalidInput("La fin vient après le début.", field="until")
    items = _open_debts(posting_ids)
    if DebtHold.objects.filter(posting_id__in=posting_ids, period__overlap=period(start, until)).exists():
        raise Conflict("Une de ces dettes est déjà hors file sur une partie de la période.")
    holds = DebtHold.objects.bulk_create(
        DebtHold(posting_id=pk, kind=kind, period=period(start, until), reason=reason[:200], author_id=actor.user_id)
        for pk in sorted(set(posting_ids))
    )
    projections.refresh(account_ids=items)
    wake("arrears_changed")
    return holds


@needs(Write(Data.ARREARS))
@transaction.atomic
def release_debt(*, posting_ids: Collection[int], actor: Actor, on: date | None = None) -> int:
    """End the holds of debts on `on` (today): the debts count again for allocation and arrears. Returns how many ended.

    Free credit of their accounts is allocated to them at once (for a future day, by `projections.roll`). The open case
    of each account remembers what held its debts: `taking_back.undo_release`.
    """
    day = on or clock.today()
    accounts = _lock_accounts_of(posting_ids)
    holds = DebtHold.objects.filter(posting_id__in=posting_ids)
    _remember_release(running_after(holds, day).select_related("posting").order_by("pk"), actor)
    return end_holds(holds, accounts=accounts, day=day)


def running_after(holds: QuerySet[DebtHold], day: date) -> QuerySet[DebtHold]:
    """Those that run on `day` or later."""
    return holds.filter(Q(period__endswith__isnull=True) | Q(period__endswith__gt=day))


def _remember_release(holds: Iterable[DebtHold], actor: Actor) -> None:
    ended: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for hold in holds:
        until = hold.period.upper
        ended[hold.posting.debit_id].append({
            "hold": hold.pk, "posting": hold.posting_id, "kind": hold.kind, "reason": hold.reason,
            "until": until.isoformat() if until else None,
        })  # fmt: skip
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(account__in=ended, closed_on=None)
    for case in cases.order_by("pk"):
        case.releases.append({"at": clock.now().isoformat(), "by": actor.user_id, "holds": ended[case.account_id]})
        case.save(update_fields=["releases"])


def end_holds(holds: QuerySet[DebtHold], *, accounts: Sequence[int], day: date) -> int:
    """End these holds on `day`, where they still run then: how many. The caller has locked their `accounts`."""
    ended = 0
    for hold in running_after(holds, day).select_for_update():
        # A hold released on its first day never held anything.
        if hold.period.lower >= day:
            hold.delete()
        else:
            hold.period = period(hold.period.lower, day)
            hold.save(update_fields=["period"])
        ended += 1
    if ended:
        allocate_free_credit(OpenBooks(lock_accounts(accounts)))
        projections.refresh(account_ids=accounts)
        wake("arrears_changed")
    return ended


def _open_debts(posting_ids: Collection[int]) -> list[int]:
    """Lock the accounts of these open debts; `InvalidInput` if one has nothing left."""
    accounts = _lock_accounts_of(posting_ids)
    found = OpenItem.objects.filter(posting_id__in=posting_ids, is_debit=True).count()
    if not posting_ids or found != len(set(posting_ids)):
        raise InvalidInput("Une de ces dettes n’est plus due. Rechargez la page.")
    return accounts


def _lock_accounts_of(posting_ids: Collection[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id FROM rent_ledger_account a
            WHERE a.id IN (SELECT debit_id FROM rent_ledger_posting WHERE id = ANY(%s)) AND a.id >= %s
            ORDER BY a.id FOR NO KEY UPDATE
            """,
            [list(posting_ids), FIRST_SUBLEDGER_ID],
        )
        return [row[0] for row in cursor.fetchall()]


# ---------- inside ----------


def may_hold(actor: Actor, source: str) -> None:
    """Each side lifts and makes its own holds."""
    is_rent = source == LetterHoldSource.RENT
    require(actor, Write(Data.ARREARS) if is_rent else Write(Data.ARREARS_CAUSE, OWN))


def lock_cases(case_ids: Iterable[int]) -> dict[int, ArrearsCase]:
    """The cases, locked in id order: concurrent decisions wait for each other and don't deadlock."""
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(pk__in=list(case_ids)).order_by("pk")
    return {case.pk: case for case in cases}


def _lock_open(case_ids: Iterable[int]) -> None:
    if any(case.closed_on is not None for case in lock_cases(case_ids).values()):
        raise Conflict("Ce dossier est soldé.")


def _hold(holds: Sequence[NewHold], *, source: str, actor: Actor) -> list[LetterHold]:
    today = clock.today()
    if any(new.until < (new.from_day or today) for new in holds):
        raise InvalidInput("La pause finit après avoir commencé.", field="until")
    if any(new.until - (new.from_day or today) > LONGEST_PAUSE for new in holds):
        raise InvalidInput("Une pause dure un an au plus, et se renouvelle. Vérifiez l’année.", field="until")
    running = LetterHold.objects.filter(case__in=[new.case.pk for new in holds], source=source, lifted_at=None)
    # The same moment for both, so that who takes the new one back finds what it replaced.
    now = clock.now()
    running.update(lifted_at=now)
    return LetterHold.objects.bulk_create(
        LetterHold(
            case=new.case, source=source, from_day=new.from_day or today, until=new.until, reason=new.reason[:200],
            author_id=actor.user_id, recorded_at=now,
        )
        for new in holds
    )  # fmt: skip


def open_requests(case_ids: Collection[int]) -> dict[int, HelpRequest]:
    """The last request of each case, where no answer came since it was made and nobody took it back."""
    requests = (
        HelpRequest.objects.filter(case_id__in=case_ids, withdrawn_at=None)
        .exclude(case__social_answers__answered_at__gte=F("requested_at"))
        .order_by("id")
    )
    return {request.case_id: request for request in requests}


def _request_help(cases: Sequence[ArrearsCase], actor: Actor) -> tuple[dict[int, HelpRequest], dict[int, HelpRequest]]:
    """An open request per case, created if there is none; those that were created. The caller holds the locks of the
    cases."""
    if not cases:
        return {}, {}
    found = open_requests([c.pk for c in cases])
    fresh = [c for c in cases if c.pk not in found]
    made = HelpRequest.objects.bulk_create(HelpRequest(case=c, author_id=actor.user_id) for c in fresh)
    created = {request.case_id: request for request in made}
    if fresh:
        refresh_cases(fresh, actor)
        wake("help_requested")
    return found | created, created


def refresh_cases(cases: Sequence[ArrearsCase], actor: Actor) -> None:
    """What the cases propose and ask follows what was done of them, in the transaction of the caller."""
    refresh_lanes(account_ids=[case.account_id for case in cases], day=clock.today())
    refresh_tasks(REPORT, PLAN, ids=[case.pk for case in cases], actor=actor)
    wake("arrears_changed")
