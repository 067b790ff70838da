"""What a lease bills for one month: terms while the contract runs, an occupation indemnity after it.

Prorata by actual days over the days of the month, one rounding per nature and month (half-up). No text gives a
formula: reading 3 of the architecture, usage for entries and exits. A conventioned lease is payable in arrears unless
it says otherwise (CCH R.353-21); after the contract ended, the household that stays owes an *indemnité d'occupation*,
never called rent.

Plain values in, plain values out: called once per lease in a run of ten thousand.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from common.errors import InvalidInput
from common.explain import Explanation
from common.money import ZERO, prorate, round_cents, split
from common.periods import Month

Kind = Literal["TERM", "INDEMNITY"]
TERM: Kind = "TERM"
INDEMNITY: Kind = "INDEMNITY"
IN_ADVANCE = "ADVANCE"
IN_ARREARS = "ARREARS"

# Order of the lines on a demand, and their words (the labels of `leases.enums.RentNature`).
NATURE_LABELS = {"RENT": "Loyer", "CHARGES": "Charges", "PARKING": "Stationnement", "SERVICES": "Prestations"}
_RANK = {nature: rank for rank, nature in enumerate(NATURE_LABELS)}
INDEMNITY_LABEL = "Indemnité d’occupation"


class TermRow(NamedTuple):
    """A monthly amount of one nature over `[lower, upper)`. `id` comes back on the lines (decision 8)."""

    id: int
    nature: str
    amount: Decimal
    lower: date | None
    upper: date | None


class DueRow(NamedTuple):
    """When a month falls due over `[lower, upper)`: `due_rule` is `ADVANCE` or `ARREARS`, `due_day` 1 to 31."""

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
    """One demand to be: `kind` TERM or INDEMNITY, `[start, end)` inside the month, due on `due_on`."""

    kind: Kind
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
) -> tuple[BilledPart, ...]:
    """The parts billed for `month`: none, one, or two where the contract ends within it and the household stays.

    `lease_span` and `occupied` are half-open; `occupied` is None where nobody ever had the keys. The term runs as long
    as the contract, the indemnity from its end to the keys. Parts of one nature share one rounding, so a whole month
    is always the whole amount. Raises `InvalidInput` (code `no_due_rule`) where no due rule covers the first day.
    """
    first, end, of_days = month.first, month.plus(1).first, month.days
    spans = _spans(first, end, lease_span, occupied)
    if not spans:
        return ()
    kind, start, stop = spans[0]
    if len(spans) == 1 and start == first and stop == end:
        # Nine leases in ten: one span, the whole month, each amount unchanged in it.
        whole = _whole_lines(terms, first, end, of_days)
        if whole is not None:
            due_on = due_date(month=month, due=due, start=first)
            return (BilledPart(kind, due_on, first, end, tuple(whole)),) if whole else ()
    found: list[list[BilledLine]] = [[] for _ in spans]
    by_nature: dict[str, list[tuple[int, TermRow, int]]] = {}
    for term in terms:
        if term.amount <= 0:
            continue
        for index, (_, start, stop) in enumerate(spans):
            days = _shared_days(start, stop, term.lower, term.upper)
            if days:
                by_nature.setdefault(term.nature, []).append((index, term, days))
    for nature in sorted(by_nature, key=lambda n: (_RANK.get(n, len(_RANK)), n)):
        pieces = sorted(by_nature[nature], key=lambda p: (p[0], p[1].lower or date.min))
        for (index, term, days), amount in zip(pieces, _amounts(pieces, of_days), strict=True):
            if amount:
                found[index].append(BilledLine(nature, amount, days, of_days, term.amount, term.id))
    return tuple(
        BilledPart(kind, due_date(month=month, due=due, start=start), start, stop, tuple(lines))
        for (kind, start, stop), lines in zip(spans, found, strict=True)
        if lines
    )


def _whole_lines(terms: Sequence[TermRow], first: date, end: date, of_days: int) -> list[BilledLine] | None:
    """One line for each amount, None where one begins or ends within the month."""
    lines = []
    for pk, nature, amount, lower, upper in terms:
        if (lower is not None and lower > first) or (upper is not None and upper < end):
            return None
        if amount > 0:
            lines.append(BilledLine(nature, amount, of_days, of_days, amount, pk))
    if len(lines) > 1:
        lines.sort(key=_line_rank)
    return lines


def _line_rank(line: BilledLine) -> tuple[int, str]:
    return _RANK.get(line.nature, len(_RANK)), line.nature


def due_date(*, month: Month, due: Sequence[DueRow], start: date) -> date:
    """The due date of what is billed for `month` from `start` on.

    In advance: the due day of the month, or `start` where it is later (entry). In arrears: the due day of the next
    month. A due day that the month lacks is its last day.
    """
    for row in due:
        if (row.lower is None or row.lower <= start) and (row.upper is None or start < row.upper):
            if row.due_rule == IN_ARREARS:
                return month.plus(1).day(row.due_day)
            return max(month.day(row.due_day), start)
    raise InvalidInput(
        f"Aucune échéance ne couvre le {start:%d/%m/%Y}. Fixez l’échéance du bail avant de le facturer.",
        code="no_due_rule",
    )


def line_label(kind: str, nature: str, *, word: str = "Loyer") -> str:
    """What a paper calls a line: `word` is the family's own (loyer, redevance, participation)."""
    if nature == "RENT":
        return INDEMNITY_LABEL if kind == INDEMNITY else word[:1].upper() + word[1:]
    label = NATURE_LABELS.get(nature, nature)
    return f"{label} (occupation)" if kind == INDEMNITY else label


def explain(part: BilledPart, *, month: Month, word: str = "loyer") -> Explanation:
    """The tree behind `part.total`: one leaf per line, its prorata in words, the rule at the root."""
    whole = part.start == month.first and part.end == month.plus(1).first
    leaves = tuple(
        Explanation(
            label=line_label(part.kind, line.nature, word=word),
            amount=line.amount,
            detail="mois entier" if line.days == line.of_days else _prorata_words(line),
        )
        for line in part.lines
    )
    rule = "Échéance fixée au bail."
    if not whole:
        rule = "Prorata aux jours réels du mois, arrondi une fois par nature. " + rule
    if part.kind == INDEMNITY:
        rule = "Le contrat a pris fin et le logement est resté occupé : une indemnité d’occupation est due. " + rule
    title = INDEMNITY_LABEL if part.kind == INDEMNITY else "Terme"
    return Explanation(label=f"{title} du mois", amount=part.total, children=leaves, rule=rule, on=part.due_on)


def _spans(
    first: date,
    end: date,
    lease_span: tuple[date | None, date | None],
    occupied: tuple[date | None, date | None] | None,
) -> list[tuple[Kind, date, date]]:
    lower, upper = lease_span
    spans: list[tuple[Kind, date, date]] = []
    start = first if lower is None or lower < first else lower
    stop = end if upper is None or upper > end else upper
    if start < stop:
        spans.append((TERM, start, stop))
    if upper is not None and upper < end and occupied is not None:
        start = max(first, upper, occupied[0] or first)
        stop = end if occupied[1] is None or occupied[1] > end else occupied[1]
        if start < stop:
            spans.append((INDEMNITY, start, stop))
    return spans


def _shared_days(start: date, stop: date, lower: date | None, upper: date | None) -> int:
    if lower is not None and lower > start:
        start = lower
    if upper is not None and upper < stop:
        stop = upper
    return max((stop - start).days, 0)


def _amounts(pieces: list[tuple[int, TermRow, int]], of_days: int) -> list[Decimal]:
    """One rounding for all the pieces of a nature, then shares by largest remainder."""
    if len(pieces) == 1:
        _, term, days = pieces[0]
        return [term.amount if days == of_days else prorate(term.amount, part=days, whole=of_days)]
    weights = [term.amount * days for _, term, days in pieces]
    return split(round_cents(sum(weights, ZERO) / of_days), weights)


def _prorata_words(line: BilledLine) -> str:
    monthly = f"{line.monthly:.2f}".replace(".", ",")
    return f"{monthly} € × {line.days} jour{'s' if line.days > 1 else ''} sur {line.of_days}"
