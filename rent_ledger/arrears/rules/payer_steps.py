"""What the payer does with a report, what it waits for, and until when (CCH, art. R. 824-7 to R. 824-12, R. 824-22).

Three routes (law.md A1.2). R. 824-7 1°: a plan is asked from the landlord; without one, a formal notice, then the FSL;
then the plan of R. 824-8. R. 824-7 2°: the payer seizes the FSL. R. 824-11, R. 824-12: somebody else has seized it: the
benefit is kept, then a plan is asked. Of a small debt (R. 824-10) the payer proposes a plan itself; where that comes to
nothing the delays that follow are halved: the six months of a plan are three. Those of the FSL, an odd number, are told
and not counted: the text does not say how they are halved.
A landlord who refuses direct payment, or is silent (R. 824-20), has less time for the plan, from that refusal
(R. 824-22). A plan is checked at least every six months (R. 824-9), from the day on which it was sent (law.md A1.2).

A departure is told within a month (D. 823-15), counted from the last day in the dwelling.
"""

from dataclasses import dataclass
from datetime import date

from common.periods import add_months
from common.reasons import Reason
from rent_ledger.arrears.codes import PayerRoute, PayerWhy


@dataclass(frozen=True, slots=True)
class PayerParams:
    """Delays in months, `parts` in instalments. `plan_months`, `fsl_months`: R. 824-7 1°. `seized_months`: R. 824-7 2°.
    `small_months`: R. 824-10. `kept_months`: R. 824-11. `later_months`: R. 824-12. `refused_months`: R. 824-22.
    `check_months`: R. 824-9. `parts`: R. 824-8. `departure_months`: D. 823-15."""

    plan_months: int
    fsl_months: int
    seized_months: int
    small_months: int
    kept_months: int
    later_months: int
    refused_months: int
    check_months: int
    parts: int
    departure_months: int


@dataclass(frozen=True, slots=True)
class PayerAnswer:
    """What the payer has said. `on`: the day of its answer. `refused_on`: the day from which direct payment counts as
    refused. `stage_on`: the day of the formal notice (R. 824-7 1°), or of the plan asked after the FSL (R. 824-12) or
    after the payer's own proposal came to nothing (R. 824-10).
    `plan_sent_on`: the day on which the plan left."""

    route: PayerRoute
    on: date
    refused_on: date | None = None
    stage_on: date | None = None
    plan_sent_on: date | None = None


@dataclass(frozen=True, slots=True)
class PayerStep:
    """What is waited for. `due_on`: the last day, None where the text gives none. `is_ours`: we have to send a plan."""

    reason: Reason
    due_on: date | None = None
    is_ours: bool = False


def step_of(answer: PayerAnswer | None, *, day: date, params: PayerParams) -> PayerStep:
    """The step at which a report stands on `day`; without an answer, that it waits for one."""
    if answer is None:
        return PayerStep(Reason(PayerWhy.WAITS))
    if answer.plan_sent_on is not None:
        return _checked(answer.plan_sent_on, day, params)
    if answer.route == PayerRoute.PLAN:
        return _plan(answer, params)
    if answer.route == PayerRoute.FSL:
        return _step(PayerWhy.FSL, answer.on, params.seized_months, parts=params.parts)
    if answer.route == PayerRoute.SMALL:
        if answer.stage_on is None:
            return PayerStep(Reason(PayerWhy.SMALL))
        return _step(
            PayerWhy.SMALL_PLAN, answer.stage_on, params.small_months, is_ours=True,
            months=params.small_months, instead=params.plan_months,
        )  # fmt: skip
    if answer.stage_on is not None:
        return _step(PayerWhy.FSL_PLAN, answer.stage_on, params.later_months, is_ours=True, parts=params.parts)
    return _step(PayerWhy.FSL_OTHER, answer.on, params.kept_months)


def departure_due(last_day: date, params: PayerParams) -> date:
    """The last day to tell a departure, of a household that was there until `last_day` included."""
    return add_months(last_day, params.departure_months)


def _plan(answer: PayerAnswer, params: PayerParams) -> PayerStep:
    if answer.stage_on is not None:
        return _step(PayerWhy.PLAN_NOTICE, answer.stage_on, params.fsl_months, parts=params.parts)
    whole = add_months(answer.on, params.plan_months)
    if answer.refused_on is not None:
        less = add_months(answer.refused_on, params.refused_months)
        if less < whole:
            return _step(
                PayerWhy.PLAN_REFUSED, answer.refused_on, params.refused_months, is_ours=True,
                months=params.refused_months, instead=params.plan_months,
            )  # fmt: skip
    return _step(PayerWhy.PLAN, answer.on, params.plan_months, is_ours=True)


def _checked(sent_on: date, day: date, params: PayerParams) -> PayerStep:
    number = 1
    while (check := add_months(sent_on, number * params.check_months)) < day:
        number += 1
    return PayerStep(Reason(PayerWhy.CHECKED, {"on": sent_on, "before": check}), check)


def _step(why: PayerWhy, start: date, delay: int, *, is_ours: bool = False, **figures: int) -> PayerStep:
    due_on = add_months(start, delay)
    return PayerStep(Reason(why, {"before": due_on, **figures}), due_on, is_ours)
