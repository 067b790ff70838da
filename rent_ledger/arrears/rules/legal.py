"""When is an unpaid rent an *impayé* in the sense of the housing benefits, and by when must it be reported.

One class per regime, chosen by date; the figures are dated parameters (`rent_ledger.parameters`):

- `Until2026`: CCH, art. R. 824-1: counted debt ≥ 2 × the rent and charges of a month, net of the benefit where it is
  paid to the landlord (tiers payant), gross where it is paid to the tenant. An amount: a part payment counts.
- `From2027`: décret 2026-84 (secondary sources, full text not seen; the article becomes R. 824-2): counted debt
  > 450 €, strictly, or three months after the first default, whatever the amount.

Reading 7. A case is constituted on the first day on which its condition holds and could be known. The regime, the
month and the figures are those of the day tested, not today's. A debt that stands again after a return counts from the
day on which the return was known. The day of the search is not over: a payment of today may still come, so nothing is
constituted on it, nor beyond the day to which the bank is known. Debts already three months old on 1 January 2027 are
constituted that day. The effect of the transition on older debts is unknown (law.md A1.3c).

How often the bank is read changes nothing: a condition that held and ended between two files constitutes, as long as
the debt that the law counts has not been settled in full since (ADR 14).

A household without any benefit has no impayé in this sense. R. 824-4 gives two calendar months to the landlord who
receives the benefit; whether the others have the same duty is a dated parameter.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from common.money import ZERO
from common.params import Steps
from common.periods import add_months
from common.reasons import Reason
from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.codes import LegalWhy, Regime
from rent_ledger.arrears.rules.frames import FRAMES
from rent_ledger.arrears.rules.term import MonthTerm, term_on


@dataclass(frozen=True, slots=True)
class LegalParams:
    """`switch_on`: first day of the second regime. `multiple` × the month; `amount` in euros; `months` of age;
    `report_months` to report; `all_report`: the landlord who doesn't receive the benefit reports too."""

    switch_on: date
    multiple: Decimal
    amount: Decimal
    months: int
    report_months: int
    all_report: bool


@dataclass(frozen=True, slots=True)
class CountedDebt:
    """What is left (euros, > 0) of a debt that counts for the benefit threshold. `since`: the first day on which the
    law counts it: its due day, or the day on which it was known to stand again. `held_until`: the day on which its last
    hold (plan, freeze, dispute) ended: what is held is not counted, so nothing dates back into it. `paid_on`: the day
    from which it is owed no more, None for what is left. `known_on`: the day on which it was entered in the books."""

    due_on: date
    since: date
    amount: Decimal
    held_until: date | None = None
    paid_on: date | None = None
    known_on: date | None = None

    @property
    def default_on(self) -> date:
        """The day after its due day, or the day on which it was known to stand again."""
        return max(self.due_on + timedelta(days=1), self.since)

    @property
    def counts_from(self) -> date:
        """The first day on which it is part of the counted debt."""
        return max(self.since, self.held_until or self.since)

    @property
    def owed_until(self) -> date:
        """The day from which it is owed no more: the last of all days for what is left."""
        return self.paid_on or date.max

    def is_owed_on(self, day: date) -> bool:
        """Whether it is part of the counted debt on `day`."""
        return self.counts_from <= day < self.owed_until


def standing(
    *,
    due_on: date,
    remaining: Decimal,
    taken_back: Iterable[tuple[date, Decimal]],
    held_until: date | None = None,
    known_on: date | None = None,
) -> tuple[CountedDebt, ...]:
    """What is left of one debt, by the day since which the law counts it.

    `taken_back`: on which day it was known that money laid on it was no payment, and how much. What was paid since went
    to what had stood longest.
    """
    found, left = [], remaining
    for taken_on, amount in sorted(taken_back, reverse=True):
        part = min(left, amount)
        if part > 0:
            found.append(CountedDebt(due_on, max(due_on, taken_on), part, held_until, known_on=known_on))
            left -= part
    if left > 0:
        found.append(CountedDebt(due_on, due_on, left, held_until, known_on=known_on))
    return tuple(found)


def paid_parts(
    *,
    due_on: date,
    amount: Decimal,
    moves: Iterable[tuple[date, Decimal]],
    held_until: date | None = None,
    known_on: date | None = None,
) -> tuple[CountedDebt, ...]:
    """The parts of one debt that were owed for a day at least and are paid.

    `moves`: on which day money was laid on it (> 0), or was known to be no payment (< 0). What stood longest is paid
    first.
    """
    owed, found = deque([CountedDebt(due_on, due_on, amount, held_until, known_on=known_on)]), []
    for day, move in sorted(moves):
        on, left = max(day, due_on), move
        if left < 0:
            owed.append(CountedDebt(due_on, on, -left, held_until, known_on=known_on))
        while left > 0 and owed:
            debt = owed.popleft()
            part = min(left, debt.amount)
            if debt.since < on:
                found.append(replace(debt, amount=part, paid_on=on))
            if part < debt.amount:
                owed.appendleft(replace(debt, amount=debt.amount - part))
            left -= part
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Constitution:
    """`on`: the first day on which the condition held. `regime`, `month`, `params`: as they were then. `reason`: which
    condition."""

    on: date
    regime: "LegalRegime"
    month: MonthTerm
    params: LegalParams
    reason: Reason


class LegalRegime(Protocol):
    """One definition of impayé. `version` changes with the rule: it is stored with what the rule constituted."""

    code: Regime
    version: int

    def condition(
        self, debts: Sequence[CountedDebt], month: MonthTerm, day: date, params: LegalParams
    ) -> Reason | None:
        """Why these debts are an impayé on `day`, by the month and the figures of that day; None: they are none, or
        there are none."""
        ...

    def changes_on(self, debts: Sequence[CountedDebt], params: LegalParams) -> tuple[date, ...]:
        """The days on which the condition may change though no debt, month or figure does."""
        ...

    def base(self, month: MonthTerm, params: LegalParams) -> Decimal:
        """The amount that the debt is compared with."""
        ...

    def threshold_reason(self, month: MonthTerm, params: LegalParams) -> Reason:
        """That amount and how it is made."""
        ...

    def text(self, debts: Sequence[CountedDebt], params: LegalParams) -> Reason:
        """The article that decides."""
        ...


def _owed(debts: Sequence[CountedDebt], day: date) -> Decimal:
    return sum((debt.amount for debt in debts if debt.is_owed_on(day)), ZERO)


class Until2026:
    """CCH, art. R. 824-1, until 31 December 2026."""

    code = Regime.UNTIL_2026
    version = 4

    def condition(
        self, debts: Sequence[CountedDebt], month: MonthTerm, day: date, params: LegalParams
    ) -> Reason | None:
        owed = _owed(debts, day)
        if owed > 0 and owed >= month.net * params.multiple:
            return Reason(LegalWhy.BY_MULTIPLE, {"on": day, "multiple": params.multiple})
        return None

    def changes_on(self, debts: Sequence[CountedDebt], params: LegalParams) -> tuple[date, ...]:
        return ()

    def base(self, month: MonthTerm, params: LegalParams) -> Decimal:
        return month.net * params.multiple

    def threshold_reason(self, month: MonthTerm, params: LegalParams) -> Reason:
        detail = Reason(LegalWhy.MONTH_NET if month.is_direct else LegalWhy.MONTH_GROSS, {"month": month.net})
        return Reason(
            LegalWhy.THRESHOLD_MULTIPLE, {"multiple": params.multiple}, month.net * params.multiple, detail=detail
        )

    def text(self, debts: Sequence[CountedDebt], params: LegalParams) -> Reason:
        return Reason(LegalWhy.TEXT_2026, {"multiple": params.multiple})


class From2027:
    """Décret 2026-84 of 12 February 2026, from 1 January 2027."""

    code = Regime.FROM_2027
    version = 4

    def condition(
        self, debts: Sequence[CountedDebt], month: MonthTerm, day: date, params: LegalParams
    ) -> Reason | None:
        if _owed(debts, day) > params.amount:
            return Reason(LegalWhy.BY_AMOUNT, {"on": day, "amount": params.amount})
        if any(debt.is_owed_on(day) and self._aged(debt, params) <= day for debt in debts):
            return Reason(LegalWhy.BY_AGE, {"on": day, "months": params.months})
        return None

    def changes_on(self, debts: Sequence[CountedDebt], params: LegalParams) -> tuple[date, ...]:
        return tuple(self._aged(debt, params) for debt in debts)

    def base(self, month: MonthTerm, params: LegalParams) -> Decimal:
        return params.amount

    def threshold_reason(self, month: MonthTerm, params: LegalParams) -> Reason:
        return Reason(LegalWhy.THRESHOLD_AMOUNT, amount=params.amount)

    def text(self, debts: Sequence[CountedDebt], params: LegalParams) -> Reason:
        figures = {"amount": params.amount, "months": params.months}
        if not debts:
            return Reason(LegalWhy.TEXT_2027, figures)
        return Reason(LegalWhy.TEXT_2027_AGED, figures | {"aged": min(self._aged(debt, params) for debt in debts)})

    @staticmethod
    def _aged(debt: CountedDebt, params: LegalParams) -> date:
        return max(add_months(debt.since, params.months), debt.counts_from)


REGIMES: dict[Regime, LegalRegime] = {Regime.UNTIL_2026: Until2026(), Regime.FROM_2027: From2027()}


@dataclass(frozen=True, slots=True)
class Detection:
    """`regime`: the one that holds (the constituted one, else the day's), with the version of its rule. `base`: the
    amount that `debt` is compared with under it, None without a lease, a benefit or a known month.
    `counts_from`: the earliest day from which one of the debts is a default for the law. `report_due_on`: None where
    nothing is constituted or where the duty is not ours."""

    regime: Regime
    version: int
    base: Decimal | None
    debt: Decimal
    counts_from: date | None
    threshold_on: date | None
    report_due_on: date | None
    reason: Reason


def regime_on(day: date, params: LegalParams) -> Regime:
    """The regime in force on `day`."""
    return Regime.UNTIL_2026 if day < params.switch_on else Regime.FROM_2027


def detect(
    *,
    frame: ArrearsFrame,
    day: date,
    bank_known_until: date | None,
    debts: Iterable[CountedDebt],
    months: Sequence[MonthTerm],
    params: Steps[LegalParams],
    paid: Sequence[CountedDebt] = (),
) -> Detection:
    """What the debt of one account is under the regimes, as known on `day`.

    `debts`: counted and not held, due or not. `paid`: what was owed and is paid (`paid_parts`). `months`: what a month
    was worth on each day (`rules.term`), from the first of these debts on.
    """
    due = _due(debts, day)
    told = due
    found = None
    if due and bank_known_until and FRAMES[frame].is_housing_expense:
        # The day of the search is not over.
        last = min(bank_known_until, day - timedelta(days=1))
        found = _constitution(due, months, min(debt.since for debt in due), last, params)
        stretch = _stretch(due, paid)
        before = _lasting(stretch, months, min(debt.since for debt in stretch), last, params)
        if before and (found is None or before.on < found.on):
            found = before
            told = [debt for debt in (*due, *paid) if _as_known(debt).is_owed_on(before.on)]
    return _detection(
        frame, REGIMES[regime_on(day, params.on(day))], due, months, day, found, params, known=bank_known_until,
        told=told,
    )  # fmt: skip


def _lasting(
    debts: Sequence[CountedDebt], months: Sequence[MonthTerm], first: date, last: date, params: Steps[LegalParams]
) -> Constitution | None:
    """The first of these days from which they were an impayé until something was in default: a due day is no default
    yet, so what was paid on the day after it made none."""
    while found := _constitution(debts, months, first, last, params):
        first = found.on + timedelta(days=1)
        if any(debt.is_owed_on(found.on) and debt.default_on <= found.on for debt in debts):
            return found
        if _constitution(debts, months, first, first, params):
            return found
    return None


def _stretch(due: Sequence[CountedDebt], paid: Iterable[CountedDebt]) -> list[CountedDebt]:
    """What is owed, and what was owed since the counted debt was last at zero, each from the day on which it was
    entered at the earliest: before, nobody could know it."""
    stretch = [_as_known(debt) for debt in due]
    start = min(debt.since for debt in stretch)
    for debt in sorted((_as_known(debt) for debt in paid), key=lambda debt: debt.owed_until, reverse=True):
        if debt.owed_until >= start:
            stretch.append(debt)
            start = min(start, debt.since)
    return stretch


def _as_known(debt: CountedDebt) -> CountedDebt:
    return replace(debt, since=max(debt.since, debt.known_on or debt.since))


def _constitution(
    debts: Sequence[CountedDebt], months: Sequence[MonthTerm], first: date, last: date, params: Steps[LegalParams]
) -> Constitution | None:
    """The first day in `[first, last]` on which the debts (at least one) are an impayé of the regime of that day."""
    changes = {first, *(debt.counts_from for debt in debts), *(month.since for month in months), *params.days}
    for figures in params.values:
        changes.add(figures.switch_on)
        changes.update(day for regime in REGIMES.values() for day in regime.changes_on(debts, figures))
    for day in sorted(day for day in changes if first <= day <= last):
        figures, month = params.on(day), term_on(months, day)
        regime = REGIMES[regime_on(day, figures)]
        if month is not None and month.is_aided and (reason := regime.condition(debts, month, day, figures)):
            return Constitution(day, regime, month, figures, reason)
    return None


def outlook(
    *, frame: ArrearsFrame, day: date, debts: Iterable[CountedDebt], months: Sequence[MonthTerm],
    params: Steps[LegalParams],
) -> Detection | None:  # fmt: skip
    """What the debts due on `day`, and they alone, would be on the first day of the second regime, by the figures of
    that first day; None in it."""
    first = params.on(day).switch_on
    if day >= first:
        return None
    due, regime, found = _due(debts, day), REGIMES[Regime.FROM_2027], None
    month, figures = term_on(months, first), params.on(first)
    if FRAMES[frame].is_housing_expense and month is not None and month.is_aided:
        reason = regime.condition(due, month, first, figures)
        found = Constitution(first, regime, month, figures, reason) if reason else None
    return _detection(frame, regime, due, months, first, found, params, known=None)


def if_unpaid(
    *, frame: ArrearsFrame, day: date, due_on: date, debts: Iterable[CountedDebt], months: Sequence[MonthTerm],
    params: Steps[LegalParams],
) -> Constitution | None:  # fmt: skip
    """What the debts due on `day` would be on `due_on`, the next due day, if they and the term of that day stayed
    unpaid; None: no impayé, or nothing is owed on `day`."""
    due, month, figures = _due(debts, day), term_on(months, due_on), params.on(due_on)
    if not due or not FRAMES[frame].is_housing_expense or month is None or not month.is_aided:
        return None
    if month.net > 0:
        due.append(CountedDebt(due_on, due_on, month.net))
    regime = REGIMES[regime_on(due_on, figures)]
    reason = regime.condition(due, month, due_on, figures)
    return Constitution(due_on, regime, month, figures, reason) if reason else None


def _due(debts: Iterable[CountedDebt], day: date) -> list[CountedDebt]:
    return [debt for debt in debts if debt.due_on <= day]


def _detection(
    frame: ArrearsFrame,
    regime: LegalRegime,
    due: Sequence[CountedDebt],
    months: Sequence[MonthTerm],
    day: date,
    found: Constitution | None,
    steps: Steps[LegalParams],
    *,
    known: date | None,
    told: Sequence[CountedDebt] | None = None,
) -> Detection:
    """`regime`: that of `day`, for what is not constituted. `told`: the debts that the reason tells, where others than
    `due`."""
    month, params = term_on(months, day), steps.on(day)
    if found:
        regime, month, params = found.regime, found.month, found.params
    report = None
    if found and (found.month.is_direct or params.all_report):
        report = add_months(found.on, params.report_months)
    # What the law compares with: a month with a benefit, under a frame that it looks at.
    compared = month if month and month.is_aided and FRAMES[frame].is_housing_expense else None
    return Detection(
        regime=regime.code,
        version=regime.version,
        base=regime.base(compared, params) if compared else None,
        debt=sum((debt.amount for debt in due), ZERO),
        counts_from=min((debt.default_on for debt in due), default=None),
        threshold_on=found.on if found else None,
        report_due_on=report,
        reason=_reason(frame, regime, due if told is None else told, compared, day, found, report, params, known),
    )


def _told(due_on: date, since: date, paid_on: date, amount: Decimal) -> Reason:
    if paid_on < date.max:
        return Reason(LegalWhy.DUE_PAID, {"due_on": due_on, "paid_on": paid_on}, amount)
    if since > due_on:
        return Reason(LegalWhy.DUE_AGAIN, {"due_on": due_on, "since": since}, amount)
    return Reason(LegalWhy.DUE, {"due_on": due_on}, amount)


def _reason(
    frame: ArrearsFrame,
    regime: LegalRegime,
    due: Sequence[CountedDebt],
    month: MonthTerm | None,
    day: date,
    found: Constitution | None,
    report: date | None,
    params: LegalParams,
    known: date | None,
) -> Reason:
    """The tree: what counts, day by day, what it is compared with, what follows, and the text."""
    by_day: dict[tuple[date, date, date], Decimal] = {}
    for debt in due:
        key = (debt.due_on, debt.since, debt.owed_until)
        by_day[key] = by_day.get(key, ZERO) + debt.amount
    counted = tuple(_told(*days, amount) for days, amount in sorted(by_day.items()))
    parts = [Reason(LegalWhy.COUNTED, amount=sum(by_day.values(), ZERO), parts=counted)]
    if not FRAMES[frame].is_housing_expense:
        text = Reason(LegalWhy.NO_LEASE)
    elif month is None:
        text = Reason(LegalWhy.NO_BENEFIT)
    else:
        text = regime.text(due, params)
        parts.append(regime.threshold_reason(month, params))
    if found:
        parts.append(found.reason)
        parts.append(Reason(LegalWhy.REPORT, {"before": report}) if report else Reason(LegalWhy.NOT_OURS))
    if known:
        parts.append(Reason(LegalWhy.BANK_KNOWN, {"until": known}))
    return Reason(LegalWhy.IMPAYE, parts=tuple(parts), rule=text, on=day)
