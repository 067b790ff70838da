"""Why a household is asked a different amount than last month: signed amounts that add up exactly to the difference.

It compares what was billed with what would be: a whole month by nature, the prorata (what is missing from a whole
month), and the benefit. The reasons always add up to the difference (row 25).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from leases.contracts.natures import Nature
from rent_ledger.billing.codes import Gap, GapDetail, GapGroup, GapWhy

GROUPS: dict[GapGroup, tuple[Gap, ...]] = {
    GapGroup.ENTRIES: (Gap.ENTRY, Gap.WHOLE, Gap.NO_DEMAND, Gap.AGAIN),
    GapGroup.EXITS: (Gap.EXIT, Gap.GONE, Gap.CONTRACT_END),
    GapGroup.RENT: (Gap.RENT, Gap.CHARGES, Gap.OTHER, Gap.MID_MONTH),
    GapGroup.BENEFIT: (Gap.BENEFIT_NEW, Gap.BENEFIT_ENDED, Gap.BENEFIT_UP, Gap.BENEFIT_DOWN),
    GapGroup.INDEMNITY: (Gap.INDEMNITY,),
    GapGroup.OTHERS: (Gap.OTHERS,),
    GapGroup.HELD: (Gap.HELD,),
}
GROUP_OF = {code: group for group, codes in GROUPS.items() for code in codes}
# Natures with a word of their own. The others share one.
_OWN = {Nature.RENT: Gap.RENT, Nature.CHARGES: Gap.CHARGES}


@dataclass(frozen=True, slots=True)
class Billed:
    """What one lease is asked for one month. `full`: a whole month by nature at the latest amounts billed; `start` and
    `end` (exclusive): the days billed as a term, or as an indemnity where nothing is billed as a term. `others`: what
    is asked for other months or other things than these (rappels, credits); `past`: these months."""

    term: Decimal
    indemnity: Decimal
    benefit: Decimal
    full: Mapping[str, Decimal]
    start: date
    end: date
    others: Decimal = ZERO
    past: tuple[Month, ...] = ()

    @property
    def net(self) -> Decimal:
        return self.term + self.indemnity + self.others - self.benefit


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed, its reason, and its signed amount on what the household is asked."""

    code: Gap
    reason: Reason
    amount: Decimal

    @property
    def group(self) -> GapGroup:
        return GROUP_OF[self.code]


def differences(
    *, before: Billed | None, now: Billed | None, month: Month, started_on: date | None = None, is_held: bool = False
) -> tuple[Difference, ...]:
    """The reasons for `now.net − before.net`, in the order of a page; what is zero is left out.

    `started_on`: first day of the contract; `is_held`: the lease is left out of the run and nothing is asked.
    """
    found: list[Difference] = []
    if now is None:
        if before is not None:
            found.append(_left_out(before, month, is_held))
    elif before is None:
        found.append(_arrived(now, month, started_on))
        found += _benefit(ZERO, now.benefit) + _others(None, now)
    else:
        found += _term(before, now, month)
        found += _indemnity(before.indemnity, now.indemnity)
        found += _benefit(before.benefit, now.benefit) + _others(before, now)
    return tuple(d for d in found if d.amount)


def _difference(
    code: Gap, why: GapWhy, amount: Decimal, *, detail: Reason | None = None, **figures: object
) -> Difference:
    return Difference(code, Reason(why, figures, detail=detail), amount)


def _last(end: date) -> date:
    return end - timedelta(days=1)


def _days(billed: Billed, month: Month) -> Reason:
    days = (billed.end - billed.start).days
    if days >= month.days:
        return Reason(GapDetail.WHOLE_MONTH)
    return Reason(GapDetail.DAYS, {"days": days, "of_days": month.days})


def _then(before: Decimal, now: Decimal) -> Reason:
    return Reason(GapDetail.THEN, {"before": before, "now": now})


def _left_out(before: Billed, month: Month, is_held: bool) -> Difference:
    if is_held:
        return _difference(Gap.HELD, GapWhy.HELD, -before.net)
    if before.end < month.first:
        detail = Reason(GapDetail.NOTHING_ASKED)
        return _difference(Gap.GONE, GapWhy.LEFT, -before.net, detail=detail, on=_last(before.end))
    return _difference(Gap.GONE, GapWhy.NOTHING_TO_ASK, -before.net, month=month)


def _arrived(now: Billed, month: Month, started_on: date | None) -> Difference:
    gross, detail = now.term + now.indemnity, _days(now, month)
    if now.start > month.first or (started_on is not None and started_on >= month.first):
        return _difference(Gap.ENTRY, GapWhy.ENTERED, gross, detail=detail, on=now.start)
    return _difference(Gap.NO_DEMAND, GapWhy.NO_DEMAND, gross, detail=detail, month=month.plus(-1))


def _term(before: Billed, now: Billed, month: Month) -> list[Difference]:
    if not now.term:
        detail = Reason(GapDetail.NO_MORE_TERM)
        return [_difference(Gap.CONTRACT_END, GapWhy.CONTRACT_ENDED, -before.term, detail=detail)]
    if not before.term:
        return [_difference(Gap.AGAIN, GapWhy.CONTRACT_OF, now.term, detail=_days(now, month), on=now.start)]
    found = [
        _amount(nature, before.full.get(nature, ZERO), now.full.get(nature, ZERO))
        for nature in dict.fromkeys([*before.full, *now.full])
    ]
    missing_now = now.term - sum(now.full.values(), ZERO)
    missing_before = before.term - sum(before.full.values(), ZERO)
    return [*found, _within(now, month, missing_now), _within_last(before, month.plus(-1), -missing_before)]


def _within(now: Billed, month: Month, missing: Decimal) -> Difference:
    """What is missing from a whole month."""
    if now.start > month.first:
        return _difference(Gap.ENTRY, GapWhy.ENTERED, missing, detail=_days(now, month), on=now.start)
    if now.end < month.plus(1).first:
        why = GapWhy.CONTRACT_ENDED_ON if now.indemnity else GapWhy.LEFT
        return _difference(Gap.EXIT, why, missing, detail=_days(now, month), on=_last(now.end))
    return _difference(Gap.MID_MONTH, GapWhy.WITHIN_MONTH, missing)


def _within_last(before: Billed, previous: Month, back: Decimal) -> Difference:
    """What was missing from a whole month in the month before: it is asked again now."""
    if before.start > previous.first:
        days = (before.end - before.start).days
        figures = {"on": before.start, "days": days, "of_days": previous.days, "month": previous}
        return _difference(Gap.WHOLE, GapWhy.WHOLE_AFTER_ENTRY, back, detail=Reason(GapDetail.ENTERED_THEN, figures))
    detail = Reason(GapDetail.NO_WHOLE_MONTH, {"month": previous})
    return _difference(Gap.MID_MONTH, GapWhy.WITHIN_LAST_MONTH, back, detail=detail)


def _amount(nature: str, before: Decimal, now: Decimal) -> Difference:
    of = Nature(nature)
    code, gap = _OWN.get(of, Gap.OTHER), now - before
    if not before:
        detail = Reason(GapDetail.AMOUNT, {"amount": now})
        return _difference(code, GapWhy.MORE, gap, detail=detail, nature=of.label)
    if not now:
        detail = Reason(GapDetail.AMOUNT, {"amount": before})
        return _difference(code, GapWhy.LESS, gap, detail=detail, nature=of.label)
    return _difference(code, GapWhy.REVISED, gap, detail=_then(before, now), nature=of.label, ending=of.rule.ending)


def _indemnity(before: Decimal, now: Decimal) -> list[Difference]:
    if not now:
        return [_difference(Gap.INDEMNITY, GapWhy.INDEMNITY_ENDED, -before)]
    detail = _then(before, now) if before else Reason(GapDetail.STILL_OCCUPIED)
    return [_difference(Gap.INDEMNITY, GapWhy.INDEMNITY, now - before, detail=detail)]


def _others(before: Billed | None, now: Billed) -> list[Difference]:
    """What each month asks beside its term (rappels, credits). It is for one month only: the last month's is gone."""
    found = [_beside(GapWhy.CLAIM if now.others > ZERO else GapWhy.CREDIT, now, now.others)]
    if before is not None:
        why = GapWhy.LAST_CLAIM if before.others > ZERO else GapWhy.LAST_CREDIT
        found.append(_beside(why, before, -before.others))
    return found


def _beside(why: GapWhy, billed: Billed, amount: Decimal) -> Difference:
    detail = Reason(GapDetail.PAST, {"months": billed.past}) if billed.past else None
    return _difference(Gap.OTHERS, why, amount, detail=detail)


def _benefit(before: Decimal, now: Decimal) -> list[Difference]:
    if not before:
        detail = Reason(GapDetail.AMOUNT, {"amount": now})
        return [_difference(Gap.BENEFIT_NEW, GapWhy.AID_EXPECTED, -now, detail=detail)]
    if not now:
        detail = Reason(GapDetail.LAST_MONTH, {"before": before})
        return [_difference(Gap.BENEFIT_ENDED, GapWhy.AID_ENDED, before, detail=detail)]
    code, why = (Gap.BENEFIT_UP, GapWhy.AID_UP) if now > before else (Gap.BENEFIT_DOWN, GapWhy.AID_DOWN)
    return [_difference(code, why, before - now, detail=_then(before, now))]
