"""What a policy would have sent on the past: the rules of the lanes asked day by day, as a person who follows them.

The rule is `rent_ledger.arrears.rules.lanes.lane_and_action`: here are the facts of each day, and one supposition for
both policies: what is proposed is decided on the same day, the call is made and answered, so that no visit is asked,
the message leaves and does not come back.
Money, answers of the social service, pauses, plans, freezes, disputes, procedures and departures are those that were.
A request of the played policy has the answers given from its day on; without one, the time to answer passes. What the
law makes us declare is no policy, and is not played.

House practice, no text: what is played are dated parameters.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from rent_ledger.arrears.codes import Decision, LetterHoldSource
from rent_ledger.arrears.rules.case_facts import CaseFacts, LaneParams, LegalNow, PlanNow
from rent_ledger.arrears.rules.defaults import DefaultParams, default_of
from rent_ledger.arrears.rules.lanes import lane_and_action
from rent_ledger.books.codes import Action
from rent_ledger.policy.rules.replay import DAY, Past, PastDebt, facts_on, may_be_late

WARM_UP = timedelta(days=92)
"""So long before the first day that is counted the steps are played: one of the year follows from those before."""
SAME = timedelta(days=31)
"""Two messages of a kind are the same one of both policies where they are no more than so far apart."""
LEAVES = frozenset({Action.COURTESY, Action.CALL, Action.REMINDER, Action.FORMAL_NOTICE, Action.WRITE_GONE})


@dataclass(frozen=True, slots=True)
class Policy:
    """The figures of a policy. A case of no more than `late_case_days` is forgotten where lateness is counted."""

    defaults: DefaultParams
    lanes: LaneParams
    late_case_days: int


@dataclass(slots=True)
class _Case:
    """What the played policy has done in the case that is open."""

    opened_on: date
    default: tuple[str, date] | None = None
    asked_on: date | None = None
    decided_on: date | None = None
    decided: str = ""
    reminded_on: date | None = None
    formal_on: date | None = None
    called_on: date | None = None
    courtesy_on: date | None = None
    gone_sent_on: date | None = None


Dates = dict[tuple[str, date | int], date]


def steps_between(past: Past, start: date, end: date, policy: Policy) -> Dates:
    """What leaves in `[start, end)`, and what the social service is asked beyond R1 and R2: by code and number from 1,
    each with its day."""
    # What was paid on its due day, and never taken back, is never late; what was settled before tells nothing.
    first = start - WARM_UP
    past = replace(past, debts=[d for d in past.debts if may_be_late(d, 0) and not _is_settled(d, first)])
    found: Dates = {}
    if not past.debts:
        return found
    numbers: dict[str, int] = {}
    for action, day in _played(past, first, end, policy):
        if day >= start:
            numbers[action] = numbers.get(action, 0) + 1
            found[str(action), numbers[action]] = day
    return found


def _is_settled(debt: PastDebt, day: date) -> bool:
    return debt.due_on < day and all(on < day for on, _ in debt.paid) and debt.unpaid_on(day) <= 0


def matched(now: Dates, changed: Dates) -> tuple[Dates, Dates]:
    """Both, numbered anew: what has one number is the same message of both policies, the nearest in time. What each
    has alone has a number of its own."""
    found: tuple[Dates, Dates] = ({}, {})
    for code in sorted({code for code, _ in now.keys() | changed.keys()}):
        first, second = (sorted(on for (one, _), on in steps.items() if one == code) for steps in (now, changed))
        number = 0
        while first or second:
            number += 1
            alone = not (first and second) or abs(first[0] - second[0]) > SAME
            for mine, other, into in ((first, second, found[0]), (second, first, found[1])):
                if mine and (not alone or not other or mine[0] < other[0]):
                    into[code, number] = mine[0]
            both = (code, number) in found[0], (code, number) in found[1]
            del first[: both[0]], second[: both[1]]
    return found


def _played(past: Past, first: date, end: date, policy: Policy) -> Iterator[tuple[Action, date]]:
    turns = _turns(past, policy, first, end)
    case: _Case | None = None
    late_before: date | None = None
    in_debt_since: date | None = None
    for at, turn in enumerate(turns):
        until = turns[at + 1] if at + 1 < len(turns) else end
        stand, owed = _stand(past, turn, policy)
        in_debt_since = (in_debt_since or stand.oldest_due) if owed > 0 else None
        if stand.arrears + stand.held <= 0:
            if case is not None and (turn - case.opened_on).days > policy.late_case_days:
                late_before = turn
            case = None
            continue
        case = case or _Case(turn)
        key = (str(stand.default.rule), stand.default.trigger_on) if stand.default else None
        if key != case.default:
            case.default = key
            if key is not None:
                case.asked_on = turn
        if stand.arrears <= 0 and stand.plan is None:
            continue
        stand = replace(stand, in_debt_since=in_debt_since, late_before_on=late_before)
        day = turn
        while day < until:
            action = lane_and_action(_facts(past, stand, case, day), policy.lanes).action
            if action == Action.ALERT_SOCIAL:
                # R1 and R2 have asked already: this is one that a person makes.
                case.asked_on = day
                yield action, day
            elif action in LEAVES:
                yield action, day
                if action == Action.COURTESY:
                    case.courtesy_on = day
                elif action == Action.WRITE_GONE:
                    case.gone_sent_on = day
                elif action == Action.REMINDER:
                    case.reminded_on = day
                elif action == Action.FORMAL_NOTICE:
                    case.formal_on = day
                elif action == Action.CALL:
                    case.called_on = day
            else:
                day += DAY
                continue
            case.decided_on, case.decided = day, str(action)
            day += DAY


def _turns(past: Past, policy: Policy, first: date, end: date) -> list[date]:
    """The days on which what is owed, or a default, may become another."""
    days = {first, *(month.since for month in past.months)}
    for debt in past.debts:
        days |= {debt.due_on, debt.due_on + DAY, debt.known_from}
        days.add(debt.due_on + timedelta(days=policy.defaults.grace_days))
        days |= {on for on, _ in debt.paid}
        days |= {day for held in debt.held for day in held if day is not None}
    for aid in past.life.aids:
        days |= {aid.due_on, aid.known_from, *(on for on, _ in aid.paid)}
    for plan in past.life.plans:
        days |= {plan.signed_on, plan.ended_on or plan.signed_on}
    return sorted(day for day in days if first <= day < end)


def _stand(past: Past, day: date, policy: Policy) -> tuple[CaseFacts, Decimal]:
    """What does not move until the next turn, and all that was due on `day`."""
    arrears = held = owed = ZERO
    oldest = day
    owing = [(debt, left) for debt in past.debts if debt.due_on <= day and (left := debt.unpaid_on(day)) > 0]
    for debt, left in owing:
        owed += left
        if debt.is_held_on(day):
            held += left
        elif debt.due_on < day:
            arrears += left
            oldest = min(oldest, debt.due_on)
    if owed <= 0:
        return CaseFacts(day=day, arrears=ZERO, oldest_due=day), ZERO
    facts = facts_on(replace(past, debts=[debt for debt, _ in owing]), day)
    life = past.life
    aid = sum((aid.unpaid_on(day) for aid in life.aids if aid.due_on <= day), ZERO)
    stand = CaseFacts(
        day=day, arrears=arrears, oldest_due=oldest, held=held, aid_pending=aid, net_term=facts.net_term,
        terms=facts.terms, default=default_of(facts, day=day, params=policy.defaults), lease_kind=life.lease_kind,
        entry_on=life.entry_on, gone_on=life.gone_on, plan=_plan(past, day) if held > 0 else None,
        plan_broken_on=_broken_on(past, [debt for debt, _ in owing if not debt.is_held_on(day)], day),
    )  # fmt: skip
    return stand, owed


def _plan(past: Past, day: date) -> PlanNow | None:
    for plan in past.life.plans:
        if plan.signed_on <= day and (plan.ended_on is None or day < plan.ended_on):
            return PlanNow(last_on=day, next_on=day, amount=ZERO)
    return None


def _broken_on(past: Past, free: Sequence[PastDebt], day: date) -> date | None:
    """The last day on which a plan broke that had held one of these debts until then."""
    ends = {end for debt in free for _, end in debt.held if end and end <= day}
    return max(ends & {plan.ended_on for plan in past.life.plans if plan.is_broken}, default=None)


def _facts(past: Past, stand: CaseFacts, case: _Case, day: date) -> CaseFacts:
    """The case on `day`, with what the played policy has done of it."""
    life = past.life
    known = past.facts.known_until
    paid = bisect_right(life.payments, day, key=lambda payment: payment[0])
    answered = _last(tuple(on for on, _ in life.answers), day)
    asked = case.asked_on
    if stand.plan_broken_on is not None and (asked is None or asked < stand.plan_broken_on):
        # A plan that breaks is told to the social service by itself.
        asked = case.asked_on = stand.plan_broken_on
    met = _last(tuple(on for on, contact in life.answers if contact), day)
    spoken = max(filter(None, (case.called_on, met)), default=None)
    hold = next((hold for hold in life.holds if hold.first <= day <= hold.last), None)
    return replace(
        stand,
        day=day,
        bank_known_until=min(day, known) if known else None,
        last_payment_on=life.payments[paid - 1][0] if paid else None,
        last_payment=life.payments[paid - 1][1] if paid else None,
        last_return_on=_last(life.returns, day),
        awaits_first_aid=life.awaits_aid and (life.first_aid_on is None or day < life.first_aid_on),
        habit=life.habits.get(day.replace(day=1)),
        hold_source=hold.source if hold else "",
        hold_until=hold.last if hold else None,
        hold_answered=bool(hold and hold.source == LetterHoldSource.SOCIAL and answered and answered >= hold.first),
        requested_on=asked if asked and (answered is None or answered < asked) else None,
        answered_on=answered,
        legal=_legal(past, day),
        decided_on=case.decided_on,
        decided_action=case.decided,
        decision=Decision.CONFIRM if case.decided else "",
        courtesy_on=case.courtesy_on,
        gone_sent_on=case.gone_sent_on,
        reminded_on=case.reminded_on,
        formal_on=case.formal_on,
        tried_on=spoken,
        reached_on=spoken,
    )


def _last(days: Sequence[date], day: date) -> date | None:
    at = bisect_right(days, day)
    return days[at - 1] if at else None


def _legal(past: Past, day: date) -> LegalNow | None:
    found = None
    for step in past.life.legal:
        if step.now.on <= day:
            found = step.now if step.ended_on is None or day < step.ended_on else None
    return found
