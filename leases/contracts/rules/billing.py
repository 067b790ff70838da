"""What a lease bills for one month: terms while the contract runs, an occupation indemnity after it.

Prorata by actual days over the days of the month, one rounding per nature and month (half-up). No text gives a
formula: reading 3 of the architecture, usage for entries and exits. A conventioned lease is payable in arrears unless
it says otherwise (CCH R.353-21); after the contract ended, the household that stays owes an *indemnité d'occupation*,
never called rent.

Plain values in, plain values out: called once per lease in a run of ten thousand.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from common.errors import InvalidInput
from common.money import ZERO, round_cents, split
from common.periods import Month
from common.reasons import Reason
from leases.contracts.codes import BillingWhy, ChargeMode, DemandKind, DueRule
from leases.contracts.natures import Nature

# Order of the lines on a demand. A table: the rule is called once per lease and line.
_RANK = {nature.value: nature.rank for nature in Nature}


class TermRow(NamedTuple):
    """A monthly amount (euros) of one nature over `[lower, upper)`. `id` is copied to the lines (decision 8)."""

    id: int
    nature: str
    amount: Decimal
    lower: date | None
    upper: date | None


class DueRow(NamedTuple):
    """When a month falls due over `[lower, upper)`: `due_rule` is a `DueRule`, `due_day` 1 to 31."""

    due_rule: str
    due_day: int
    lower: date | None
    upper: date | None


class BilledLine(NamedTuple):
    """`amount` (cents, > 0) of one nature: `monthly` × `days` / `of_days`, from the rent term `term_id`."""

    nature: str
    amount: Decimal
    days: int
    of_days: int
    monthly: Decimal
    term_id: int


class BilledPart(NamedTuple):
    """One demand to be: `[start, end)` inside the month, due on `due_on`."""

    kind: DemandKind
    due_on: date
    start: date
    end: date
    lines: tuple[BilledLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def bill_month(
    *,
    month: Month,
    terms: Sequence[TermRow],
    due: Sequence[DueRow],
    lease_span: tuple[date | None, date | None],
    occupied: tuple[date | None, date | None] | None,
    version: int | None = None,
) -> tuple[BilledPart, ...]:
    """The parts billed for `month`: none, one, or two where the contract ends within it and the household stays.

    `lease_span` and `occupied` are half-open; `occupied` is None where nobody ever had the keys. The term runs as long
    as the contract, the indemnity from its end to the keys. Parts of one nature share one rounding, so a whole month
    is always the whole amount. `version`: version of the rule, the current one if None. Raises `InvalidInput` (code
    `no_due_rule`) if no due rule covers the first day.
    """
    rule = VERSIONS[VERSION if version is None else version]
    return rule(month=month, terms=terms, due=due, lease_span=lease_span, occupied=occupied)


def _bill_month_1(
    *,
    month: Month,
    terms: Sequence[TermRow],
    due: Sequence[DueRow],
    lease_span: tuple[date | None, date | None],
    occupied: tuple[date | None, date | None] | None,
) -> tuple[BilledPart, ...]:
    first, end, of_days = month.first, month.plus(1).first, month.days
    spans = _spans(first, end, lease_span, occupied)
    if spans == [(DemandKind.TERM, first, end)]:
        # Nine leases in ten: the whole month, each amount unchanged in it.
        whole = _whole_lines(terms, first, end, of_days)
        if whole is not None:
            due_on = due_date(month=month, due=due, start=first)
            return (BilledPart(DemandKind.TERM, due_on, first, end, tuple(whole)),) if whole else ()
    found: list[list[BilledLine]] = [[] for _ in spans]
    by_nature: dict[str, list[tuple[int, TermRow, int]]] = {}
    for term in terms:
        if term.amount <= 0:
            continue
        for index, (_, start, stop) in enumerate(spans):
            since, until = _within(start, stop, term.lower, term.upper)
            days = (until - since).days
            if days > 0:
                by_nature.setdefault(term.nature, []).append((index, term, days))
    for nature in sorted(by_nature, key=_RANK.__getitem__):
        pieces = sorted(by_nature[nature], key=lambda piece: piece[1].lower or date.min)
        for (index, term, days), amount in zip(pieces, _amounts(pieces, of_days), strict=True):
            if amount:
                found[index].append(BilledLine(nature, amount, days, of_days, term.amount, term.id))
    return tuple(
        BilledPart(kind, due_date(month=month, due=due, start=start), start, stop, tuple(lines))
        for (kind, start, stop), lines in zip(spans, found, strict=True)
        if lines
    )


# All versions of the rule: a demand is rebuilt by the version that billed it. To change the rule, add a function under
# the next number, and leave the old ones.
VERSION = 1
VERSIONS: dict[int, Callable[..., tuple[BilledPart, ...]]] = {1: _bill_month_1}


def _whole_lines(terms: Sequence[TermRow], first: date, end: date, of_days: int) -> list[BilledLine] | None:
    """One line per amount; None if an amount begins or ends within the month."""
    lines = []
    for pk, nature, amount, lower, upper in terms:
        if (lower is not None and lower > first) or (upper is not None and upper < end):
            return None
        if amount > 0:
            lines.append(BilledLine(nature, amount, of_days, of_days, amount, pk))
    lines.sort(key=_line_rank)
    return lines


def _line_rank(line: BilledLine) -> int:
    return _RANK[line.nature]


def due_date(*, month: Month, due: Sequence[DueRow], start: date) -> date:
    """The due date of what is billed for `month` from `start` on.

    In advance: the due day of the month, or `start` where it is later (entry). In arrears: the due day of the next
    month. A due day that the month lacks is its last day.
    """
    for row in due:
        if (row.lower is None or row.lower <= start) and (row.upper is None or start < row.upper):
            if row.due_rule == DueRule.IN_ARREARS:
                return month.plus(1).day(row.due_day)
            return max(month.day(row.due_day), start)
    raise InvalidInput(
        f"Aucune échéance ne couvre le {start:%d/%m/%Y}. Fixez l’échéance du bail avant de le facturer.",
        code="no_due_rule",
    )


def asked_for(due_on: date, *, issued_on: date, days_left: int, asked_before: date | None = None) -> date:
    """When a demand issued on `issued_on` is to be paid; `due_on`: the contract's day.

    The contract's day, unless it has passed: nobody pays before being asked, so `days_left` days are left from the
    issue. A demand that replaces one which asked as much keeps the day of that one, `asked_before`.
    """
    if due_on >= issued_on:
        return due_on
    if asked_before is not None:
        return max(due_on, asked_before)
    return issued_on + timedelta(days=days_left)


_CHARGES = {ChargeMode.PROVISION.value: "Provision pour charges", ChargeMode.FLAT.value: "Forfait de charges"}


def line_label(kind: str, nature: str, *, word: str = "Loyer", mode: str = "") -> str:
    """What a paper calls a line: `word` is the family's own (loyer, redevance, participation), `mode` that of charges:
    a provision is settled once a year (loi 89-462, art. 23), a flat sum never."""
    if nature == Nature.RENT:
        return Nature.INDEMNITY.label if kind == DemandKind.INDEMNITY else word[:1].upper() + word[1:]
    if nature == Nature.CHARGES and mode and kind == DemandKind.TERM:
        return _CHARGES[mode]
    label = Nature(nature).label
    return f"{label} (occupation)" if kind == DemandKind.INDEMNITY else label


def explain(part: BilledPart, *, month: Month, word: str = "loyer", modes: Mapping[int, str] | None = None) -> Reason:
    """The tree behind `part.total`: one leaf per line with its prorata, the rule at the root. `modes`: of charges, by
    the id of their rent term."""
    modes = modes or {}
    leaves = tuple(
        Reason(
            BillingWhy.LINE,
            {"label": line_label(part.kind, line.nature, word=word, mode=modes.get(line.term_id, ""))},
            line.amount,
            detail=_days_of(line),
        )
        for line in part.lines
    )
    is_whole = part.start == month.first and part.end == month.plus(1).first
    if part.kind == DemandKind.INDEMNITY:
        title, rule = BillingWhy.INDEMNITY, BillingWhy.RULE_OF_STAY if is_whole else BillingWhy.RULE_OF_STAY_DAYS
    else:
        title, rule = BillingWhy.TERM, BillingWhy.RULE if is_whole else BillingWhy.RULE_OF_DAYS
    return Reason(title, amount=part.total, parts=leaves, rule=Reason(rule), on=part.due_on)


def _days_of(line: BilledLine) -> Reason:
    if line.days == line.of_days:
        return Reason(BillingWhy.WHOLE_MONTH)
    return Reason(BillingWhy.DAYS, {"monthly": line.monthly, "days": line.days, "of_days": line.of_days})


def _spans(
    first: date,
    end: date,
    lease_span: tuple[date | None, date | None],
    occupied: tuple[date | None, date | None] | None,
) -> list[tuple[DemandKind, date, date]]:
    """The contract's days of the month, perhaps none, and the days of the household that stays after it."""
    ended = lease_span[1]
    spans: list[tuple[DemandKind, date, date]] = [(DemandKind.TERM, *_within(first, end, *lease_span))]
    if ended is not None and ended < end and occupied is not None:
        spans.append((DemandKind.INDEMNITY, *_within(max(first, ended), end, *occupied)))
    return spans


def _within(start: date, stop: date, lower: date | None, upper: date | None) -> tuple[date, date]:
    """`[start, stop)` cut to `[lower, upper)`: empty or backwards where they share no day."""
    return start if lower is None else max(start, lower), stop if upper is None else min(stop, upper)


def _amounts(pieces: list[tuple[int, TermRow, int]], of_days: int) -> list[Decimal]:
    """One rounding for all the pieces of a nature, then shares by largest remainder."""
    weights = [term.amount * days for _, term, days in pieces]
    return split(round_cents(sum(weights, ZERO) / of_days), weights)
