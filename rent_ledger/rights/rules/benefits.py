"""Housing benefit paid to us directly (tiers payant): what is expected for a month, and what a payment settles.

Source: caf.fr, page on « tiers payant » (APL about the 25th of the month, AL at the end of the term, about the 5th of
the next month; the right opens the month after entry and ends with the month before departure, unless the dwelling is
occupied to the month's last day; a surplus over rent and charges goes to the household). Reading 4 of
docs/architecture.md. Not checked against the text of the code: the two days are dated parameters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from rent_ledger.rights.codes import KEPT, AidWhy, BenefitKind, SettledWhy


@dataclass(frozen=True, slots=True)
class BenefitParams:
    """Days of payment: APL in the month itself, AL (family and social) in the next one."""

    apl_day: int
    al_day: int


class RightRow(NamedTuple):
    """A right on a lease over `[lower, upper)`. `direct`: paid to us, not to the household. `amount` > 0 a month.
    `follows`: a code of `Follows` where it is due from the month of entry. `followed`: another aided dwelling follows
    this one. `left_until`: before that day, the aid of the household belongs to a dwelling of ours that it left."""

    id: int
    payer_id: int
    kind: str
    amount: Decimal
    lower: date | None
    upper: date | None
    direct: bool
    follows: str = ""
    followed: bool = False
    left_until: date | None = None


class ExpectedBenefit(NamedTuple):
    """What we await for a month. Where `amount` is zero there is no day, right or payer; `reason` says why.

    `reason` also tells when the right is more than what is billed (the surplus is the household's).
    """

    amount: Decimal
    due_on: date | None
    right_id: int | None
    payer_id: int | None
    reason: Reason


def payment_day(*, month: Month, kind: str, params: BenefitParams) -> date:
    """The day on which the payer pays the benefit of `month`."""
    if kind == BenefitKind.APL:
        return month.day(params.apl_day)
    return month.plus(1).day(params.al_day)


def benefit_exit(exit_on: date | None, *, died: bool) -> date | None:
    """The first day without a stay as the benefit sees it: a death keeps the benefit of its month (CCH, art. R. 823-12
    al. 2)."""
    if exit_on is None or not died:
        return exit_on
    return Month.of(exit_on - timedelta(days=1)).plus(1).first


def expected_benefit(
    *,
    month: Month,
    rights: Sequence[RightRow],
    entry_on: date,
    exit_on: date | None,
    gross: Decimal,
    params: BenefitParams,
    version: int | None = None,
) -> ExpectedBenefit:
    """The benefit awaited from the payer for `month`, never more than `gross` (rent and charges billed for it).

    `entry_on` is the first day of occupation, `exit_on` the first day that is no longer one (None: still there).
    Nothing for the month of entry, unless the right follows an ALT dwelling, insalubrity or another aided dwelling
    (CCH, art. R. 823-11, R. 823-14), nor for the month of departure unless its last day is occupied or another aided
    dwelling follows (R. 823-14). A month is due for one dwelling: the one that was left, where its right is followed.
    The right that counts is the one in force on the first of the month: benefits go by whole months. `version`: of the
    rule, the one in force where None.
    """
    rule = VERSIONS[VERSION if version is None else version]
    return rule(month=month, rights=rights, entry_on=entry_on, exit_on=exit_on, gross=gross, params=params)


def _expected_benefit_1(
    *,
    month: Month,
    rights: Sequence[RightRow],
    entry_on: date,
    exit_on: date | None,
    gross: Decimal,
    params: BenefitParams,
) -> ExpectedBenefit:
    first = month.first
    right = next((r for r in rights if _covers(r, first)), None)
    if right is None:
        return _none(AidWhy.NO_RIGHT)
    if not right.direct:
        return _none(AidWhy.TO_THE_HOUSEHOLD)
    if first <= entry_on:
        return _none(AidWhy.MONTH_OF_ENTRY)
    if exit_on is not None and exit_on <= month.last:
        return _none(AidWhy.MONTH_OF_DEPARTURE)
    if gross <= 0:
        return _none(AidWhy.NOTHING_BILLED)
    amount = min(right.amount, gross)
    reason = _awaited(AidWhy.EXPECTED if amount == right.amount else AidWhy.CAPPED, right.kind)
    due_on = payment_day(month=month, kind=right.kind, params=params)
    return ExpectedBenefit(amount, due_on, right.id, right.payer_id, reason)


def _expected_benefit_2(
    *,
    month: Month,
    rights: Sequence[RightRow],
    entry_on: date,
    exit_on: date | None,
    gross: Decimal,
    params: BenefitParams,
) -> ExpectedBenefit:
    """As version 1, and a right that follows is due from the month of entry."""
    first = month.first
    right = next((r for r in rights if _covers(r, first)), None)
    if right is not None and right.follows and Month.of(entry_on) == month:
        entry_on = month.plus(-1).first
    return _expected_benefit_1(
        month=month, rights=rights, entry_on=entry_on, exit_on=exit_on, gross=gross, params=params
    )


def _expected_benefit_3(
    *,
    month: Month,
    rights: Sequence[RightRow],
    entry_on: date,
    exit_on: date | None,
    gross: Decimal,
    params: BenefitParams,
) -> ExpectedBenefit:
    """As version 2; a right that is followed is due for the month of departure too, and the dwelling that follows has
    none while it is."""
    first = month.first
    right = next((r for r in rights if _covers(r, first)), None)
    if right is not None and right.direct and right.left_until is not None and first < right.left_until:
        return _none(AidWhy.DUE_WHERE_LEFT)
    kept = right is not None and right.followed and exit_on is not None and first < exit_on <= month.last
    found = _expected_benefit_2(
        month=month, rights=rights, entry_on=entry_on, exit_on=None if kept else exit_on, gross=gross, params=params
    )
    if kept and right is not None and found.amount:
        return found._replace(reason=_awaited(KEPT[AidWhy(found.reason.code)], right.kind))
    return found


# A reason says nothing of one lease, so a run makes each of them once.
@cache
def _none(why: AidWhy) -> ExpectedBenefit:
    return ExpectedBenefit(ZERO, None, None, None, Reason(why))


@cache
def _awaited(why: AidWhy, kind: str) -> Reason:
    return Reason(why, {"kind": kind})


# The version in force, and each that ever was: what was expected by an earlier one is rebuilt by it.
VERSION = 3
VERSIONS: dict[int, Callable[..., ExpectedBenefit]] = {
    1: _expected_benefit_1,
    2: _expected_benefit_2,
    3: _expected_benefit_3,
}


def _covers(right: RightRow, day: date) -> bool:
    return (right.lower is None or right.lower <= day) and (right.upper is None or day < right.upper)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What moves to the tenant's account when a month is settled: `owed` > 0 is a debt, < 0 a credit, 0 nothing."""

    owed: Decimal
    reason: Reason


def settle(*, month: Month, expected: Decimal, received: Decimal, note: str = "") -> Settlement:
    """The difference, up or down, between what was awaited and what came for `month` (both with earlier settlements).

    `expected` counts what was posted as awaited and not yet settled, `received` what the payer paid less what he took
    back. `note` is what the payer says of it (« indu », « rappel »), kept as the detail of the reason.
    """
    owed = expected - received
    detail = Reason(SettledWhy.SAID_BY_PAYER, {"note": note}) if note else None
    if owed > 0:
        code, figures = SettledWhy.LESS, {"received": received, "expected": expected}
    elif owed < 0:
        code, figures = SettledWhy.MORE, {"more": -owed}
    else:
        code, figures = SettledWhy.AS_EXPECTED, {}
    return Settlement(owed, Reason(code, {"month": month, **figures}, detail=detail))


def next_due_on(*, after: Month, in_arrears: bool, due_day: int, not_before: date) -> date:
    """Due day of the first demand that can still print a shortfall: the next after month `after`, on a day to come.

    `in_arrears`: the demand of a month falls due in the next one (terme échu).
    """
    month = after.plus(1)
    while True:
        due_on = (month.plus(1) if in_arrears else month).day(due_day)
        if due_on > not_before:
            return due_on
        month = month.plus(1)
