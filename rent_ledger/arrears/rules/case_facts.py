"""What is known of a case in arrears, and what is proposed for it: the words of the tables of lanes.

Sources: features.md 40 to 43; the delays are internal policy (law.md A1.1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.money import ZERO
from common.reasons import Reason
from common.workdays import add_working_days
from rent_ledger.arrears.codes import LaneTrace
from rent_ledger.arrears.rules.defaults import Default, UnpaidTerm
from rent_ledger.books.codes import Action, Lane


@dataclass(frozen=True, slots=True)
class LaneParams:
    """Internal delays, in days or months (dated parameters `arrears.*`, unverified: each house sets its own)."""

    return_days: int
    newcomer_days: int
    first_aid_months: int
    call_days: int
    first_late_days: int
    settled_months: int
    late_again_months: int
    usual_tolerance_days: int
    usual_max_days: int
    small_remainder: Decimal
    small_days: int
    decided_days: int
    plan_days: int
    grace_days: int
    no_effect_days: int
    refusals: int
    answer_days: int
    alsace_moselle: bool
    reminder_days: int
    formal_days: int
    call_wait_days: int

    def answer_until(self, asked_on: date) -> date:
        """The last day of the time that the social service has to answer what was asked on that day, in working days
        as the alert that it makes."""
        return add_working_days(asked_on, self.answer_days, alsace_moselle=self.alsace_moselle)


class Habit(NamedTuple):
    """The household usually pays around this day of the month: it did in `months` of `of` months."""

    day: int
    months: int
    of: int


class PlanNow(NamedTuple):
    """The signed plan that runs. `last_on`: day of its last instalment. `next_on`, `amount`: its first instalment that
    is not wholly paid, and what is left of it (euros). `late_on`: due day of what is late, an instalment or (`is_term`)
    a term that the plan leaves out; `breaks_on`: the first day on which that breaks it."""

    last_on: date
    next_on: date
    amount: Decimal
    late_on: date | None = None
    is_term: bool = False
    breaks_on: date | None = None


class LegalNow(NamedTuple):
    """The legal procedure that runs, and that no overindebtedness stops. `kind`: the last step that moved it on
    (`StepKind`), `on` its day; `hearing_on`: the day of the hearing, the last one named; `until`: the last day of what
    a judge gave; `lapsed_on`: the first day on which that, or a protocol, was not paid."""

    kind: str
    on: date
    hearing_on: date | None = None
    until: date | None = None
    lapsed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known of one account on `day`. Amounts in euros, ≥ 0; days are None where there is none.

    `arrears`: past due and not held; `oldest_due`: its oldest due day, `day` where nothing is. `terms`: the unpaid
    months, oldest first. `in_debt_since`: the day since which the account has not been at zero. `default`: R1 or R2, if
    one of them applies. `gone_on`: first day without the home. `hold_source`/`hold_until`: the pause in force, both or
    neither; `hold_answered`: the social service answered since it began.
    `requested_on`: a request to the social service that has had no answer. `answered_on`: last answer. `plan_asked`: it
    asks for a plan of `plan_amount` a month, and nobody has decided since nor signed one. `decided_on`,
    `decided_action`: last decision of the rent side; `was_withdrawn`: a person took back what it was to send.
    `call_waits_since`: a call was decided then, and nobody has made it. `courtesy_on`, `gone_sent_on`,
    `reminded_on`, `formal_on`: the last day on which a courteous message, a letter to who has left, a reminder and a
    formal notice left in this case; `formal_back_on`: the post brought that notice back.
    `tried_on`: the last day on which somebody called, or the social service had a contact; `reached_on`: on which
    somebody spoke with the household so. `visit_on`: the last day on which a visit was asked. `legal`: the procedure
    before the judge. `plan`: the one that runs. `plan_broken_on`: the last day on which a plan ended unpaid,
    `plan_left`: what is left of its debts, not held again; `plan_stopped_on` and `stopped_left`: the same of one that a
    person stopped.
    `late_before_on`: end of the last case before this one. `refused`: each action that the rent side refused, and when.
    """

    day: date
    arrears: Decimal
    oldest_due: date
    held: Decimal = ZERO
    aid_pending: Decimal = ZERO
    net_term: Decimal | None = None
    terms: tuple[UnpaidTerm, ...] = ()
    in_debt_since: date | None = None
    default: Default | None = None
    bank_known_until: date | None = None
    last_payment_on: date | None = None
    last_payment: Decimal | None = None
    last_return_on: date | None = None
    entry_on: date | None = None
    gone_on: date | None = None
    lease_kind: str = ""
    is_prior_debt: bool = False
    awaits_first_aid: bool = False
    habit: Habit | None = None
    late_before_on: date | None = None
    hold_source: str = ""
    hold_until: date | None = None
    hold_answered: bool = False
    requested_on: date | None = None
    answered_on: date | None = None
    answer_cause: str = ""
    plan_amount: Decimal | None = None
    plan_asked: bool = False
    legal: LegalNow | None = None
    plan: PlanNow | None = None
    plan_broken_on: date | None = None
    plan_left: Decimal = ZERO
    plan_stopped_on: date | None = None
    stopped_left: Decimal = ZERO
    decided_on: date | None = None
    decided_action: str = ""
    decision: str = ""
    refused: tuple[tuple[str, date], ...] = ()
    was_withdrawn: bool = False
    call_waits_since: date | None = None
    courtesy_on: date | None = None
    gone_sent_on: date | None = None
    reminded_on: date | None = None
    formal_on: date | None = None
    formal_back_on: date | None = None
    tried_on: date | None = None
    reached_on: date | None = None
    visit_on: date | None = None
    report_due_on: date | None = None
    reported_on: date | None = None

    @property
    def late_since(self) -> date:
        """The oldest due day, or the day before it since which the account has not been at zero. What is held may be
        old, and is looked at apart."""
        return min(self.oldest_due, self.in_debt_since or self.oldest_due) if self.held == 0 else self.oldest_due

    @property
    def is_unbroken(self) -> bool:
        """Whether the debt is older than its oldest term."""
        return self.late_since < self.oldest_due

    @property
    def late_days(self) -> int:
        return (self.day - self.late_since).days


def has_lapsed(f: CaseFacts, p: LaneParams) -> bool:
    """Nobody answered the plan that was asked in `plan_days`."""
    return f.plan_asked and f.answered_on is not None and (f.day - f.answered_on).days > p.plan_days


@dataclass(frozen=True, slots=True)
class Proposal:
    """`reason`: one short sentence, for the list. `trace`: the facts, for « Pourquoi … ? »."""

    lane: Lane
    action: Action | None = None
    reason: Reason | None = None
    trace: tuple[Reason, ...] = ()


Found = tuple[Action, Reason] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a priority table. `applies` returns the action and its reason, or None if the line does not apply.
    `text`: the sentence about the rule in the trace, if there is one."""

    lane: Lane
    applies: Callable[[CaseFacts, LaneParams], Found]
    text: LaneTrace | None = None
