"""How long a measure of support may last, by kind: rules as data, each bound a dated parameter.

Durations are those of one convention or text each (law.md A4), valued per département and association. A kind without a
bound (type 1, type 2, simple, reinforced) lasts as its contract says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import ONE_DAY, add_months
from social_link.measures.codes import Paper


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Months of one contract, and of all of the same kind together; None is no bound. `source` is the text.

    `asked`: the papers without which it does not begin; `expected`: those that may follow, and are said until then.
    """

    kind: str
    label: str
    min_months: int | None
    max_months: int | None
    total_months: int | None
    source: str
    asked: frozenset[Paper]
    expected: frozenset[Paper]


@dataclass(frozen=True, slots=True)
class Papers:
    """What a measure has: a funder, the day of its contract and that of the agreement before it."""

    has_funder: bool
    signed_on: date | None
    agreed_on: date | None

    def missing(self, wanted: frozenset[Paper]) -> list[Paper]:
        """Of these papers, those that are not there, in the order of the file."""
        there = {
            Paper.FUNDER: self.has_funder,
            Paper.CONTRACT: self.signed_on is not None,
            Paper.AGREEMENT: self.agreed_on is not None,
        }
        return [paper for paper in Paper if paper in wanted and not there[paper]]


@dataclass(frozen=True, slots=True)
class Lack:
    """Why the papers of a measure do not do, and which of them."""

    paper: Paper
    words: str


def paper_refusal(rule: MeasureRule, papers: Papers, *, today: date) -> Lack | None:
    """Why these papers do not let the measure begin: one is missing that its text asks for (the State agrees before an
    IML: law.md A4), or they are in the wrong order. None where they do."""
    if missing := papers.missing(rule.asked):
        which = missing[0]
        return Lack(which, f"{rule.label} : il faut d’abord {which.label} ({rule.source}).")
    if papers.agreed_on is not None and papers.agreed_on > (papers.signed_on or today):
        when = "précède la signature du contrat" if papers.signed_on else "est d’aujourd’hui ou d’un jour passé"
        return Lack(Paper.AGREEMENT, f"{rule.label} : l’accord préalable {when} ({rule.source}).")
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """A past contract: both days included."""

    start: date
    end: date

    @property
    def length(self) -> tuple[int, int]:
        """Whole months, and the days that are left."""
        after, months = self.end + ONE_DAY, 0
        while add_months(self.start, months + 1) <= after:
            months += 1
        return months, (after - add_months(self.start, months)).days


def last_day(rule: MeasureRule, start: date, earlier: Sequence[Span]) -> date | None:
    """The last day that the total allows for a contract from `start`, or None without a total."""
    if rule.total_months is None:
        return None
    months = sum(span.length[0] for span in earlier)
    days = sum(span.length[1] for span in earlier)
    return add_months(start, rule.total_months - months) - timedelta(days=days) - ONE_DAY


def refusals(rule: MeasureRule, *, start: date, end: date, earlier: Sequence[Span]) -> list[str]:
    """Why a contract from `start` to `end` (both included) can't be, in French; empty when it can."""
    if end < start:
        return ["La fin prévue suit le début."]
    because = f" ({rule.source})"
    found = []
    if rule.min_months is not None and end < add_months(start, rule.min_months) - ONE_DAY:
        found.append(
            f"{rule.label} : {rule.min_months} mois au moins, donc jusqu’au "
            f"{add_months(start, rule.min_months) - ONE_DAY:%d/%m/%Y} ou plus tard{because}."
        )
    if rule.max_months is not None and end > add_months(start, rule.max_months) - ONE_DAY:
        found.append(
            f"{rule.label} : {rule.max_months} mois au plus, donc jusqu’au "
            f"{add_months(start, rule.max_months) - ONE_DAY:%d/%m/%Y} au plus tard{because}."
        )
    limit = last_day(rule, start, earlier)
    if limit is not None and end > limit and not found:
        found.append(
            f"{rule.label} : {rule.total_months} mois au total. Avec ce qui est déjà fait, "
            + (f"cette mesure finit au plus tard le {limit:%d/%m/%Y}" if limit >= start else "le total est atteint")
            + f"{because}."
        )
    return found
