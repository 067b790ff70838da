"""How long a measure of support may last, by kind: rules as data, each bound a dated parameter.

Durations are those of one convention or text each (law.md A4), valued per association. A kind without a bound (type 1,
type 2, simple, reinforced, AEB) lasts as its contract says. Kinds of one family (`rules.kinds`) count together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from common.periods import ONE_DAY, add_months
from common.typography import uncapitalised
from social_link.measures.codes import Exclusion, Paper, Progress, Proposer


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Months of one contract, and of all of the same kind together; None is no bound. `source` is the text.

    `asked`: the papers without which it does not begin; `expected`: those that may follow, and are said until then.
    `renewals`: how many, None is no bound. `rhythm_days`: most days between two contacts. `proposers`: on whose word it
    goes on, `evaluated`: after an evaluation. `exclusions`: what has to be answered before it begins.
    """

    kind: str
    label: str
    min_months: int | None
    max_months: int | None
    total_months: int | None
    source: str
    asked: frozenset[Paper]
    expected: frozenset[Paper]
    renewals: int | None
    rhythm_days: int | None
    proposers: frozenset[Proposer]
    evaluated: bool
    exclusions: frozenset[Exclusion]


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
    """A contract: both days included."""

    start: date
    end: date

    @property
    def length(self) -> tuple[int, int]:
        """Whole months, and the days that are left."""
        after, months = self.end + ONE_DAY, 0
        while add_months(self.start, months + 1) <= after:
            months += 1
        return months, (after - add_months(self.start, months)).days

    @property
    def months(self) -> int:
        """One that is begun counted whole: what is asked for, or granted, is told in these."""
        whole, rest = self.length
        return whole + (rest > 0)


def month_of(span: Span, day: date) -> tuple[int, int]:
    """Which month of a contract `day` is in, and how many it has, one that is begun counted whole. A day outside it is
    in the nearest month."""
    months = span.months
    return min(Span(span.start, day - ONE_DAY).length[0] + 1, months), months


def last_day(rule: MeasureRule, start: date, earlier: Sequence[Span]) -> date | None:
    """The last day that the total allows for a contract from `start`, or None without a total."""
    if rule.total_months is None:
        return None
    months = sum(span.length[0] for span in earlier)
    days = sum(span.length[1] for span in earlier)
    return add_months(start, rule.total_months - months) - timedelta(days=days) - ONE_DAY


def refusals(
    rule: MeasureRule, *, start: date, end: date, earlier: Sequence[Span], since: date | None = None
) -> list[str]:
    """Why a contract from `start` to `end` (both included) can't be, in French; empty when it can.

    `since`: the first day of the measure that this contract renews: the total runs from there.
    """
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
    limit = last_day(rule, since or start, earlier)
    if limit is not None and end > limit and not found:
        found.append(
            f"{rule.label} : {rule.total_months} mois au total. Avec ce qui est déjà fait, "
            + (f"cette mesure finit au plus tard le {limit:%d/%m/%Y}" if limit >= start else "le total est atteint")
            + f"{because}."
        )
    return found


def renewal_refusal(rule: MeasureRule, *, done: int, proposer: str, progress: str) -> tuple[str, str] | None:
    """Why a measure that was renewed `done` times is not proposed once more: (field, words in French), or None.

    Neither a measure nor its renewal is automatic (S1-13): one of those whose word it takes proposes it, after the
    evaluation that its text asks for (CASF, art. L. 271-1 and L. 271-2 for a MASP).
    """
    if rule.renewals is not None and done >= rule.renewals:
        return "", f"{rule.label} : cette mesure se renouvelle {rule.renewals} fois au plus ({rule.source})."
    if rule.proposers and proposer not in rule.proposers:
        who = ", ou ".join(p.label for p in Proposer if p in rule.proposers)
        return "proposed_by", f"{rule.label} : le renouvellement est proposé par : {who} ({rule.source})."
    if rule.evaluated and progress not in Progress.values:
        return "progress", f"{rule.label} : il faut d’abord l’évaluation de ce qui est fait ({rule.source})."
    return None


def may_go_on(rule: MeasureRule, *, done: int, term: date, limit: date | None) -> bool:
    """Whether one that was renewed `done` times, and whose term is `term`, has another renewal and a day to give it.
    `limit`: its last possible day (`last_day`)."""
    return (rule.renewals is None or done < rule.renewals) and (limit is None or term < limit)


def exclusion_refusal(rule: MeasureRule, stands: Sequence[Exclusion], despite: str) -> str:
    """Why what stands against it keeps the measure from beginning (S1-03), in French; '' where nothing does, or a
    reason is given why it begins despite it."""
    against = [code for code in stands if code in rule.exclusions]
    if not against or despite.strip():
        return ""
    what = ", ".join(uncapitalised(code.label) for code in against)
    return (
        f"{rule.label} : ce ménage est {what} ({rule.source}). Dites pourquoi la mesure s’ouvre malgré cela, ou "
        "renoncez."
    )


def months_left(rule: MeasureRule, day: date, earlier: Sequence[Span]) -> tuple[int, int] | None:
    """Whole months and days that the total leaves for a measure from `day`; None without a total."""
    limit = last_day(rule, day, earlier)
    if limit is None:
        return None
    return Span(day, limit).length if limit >= day else (0, 0)


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract of the household that is signed: its number and its day."""

    reference: str
    on: date


def gate_refusal(rule: MeasureRule, signed_on: date, leases: Sequence[Signed]) -> str:
    """Why a measure that is signed with the contract of the dwelling can't be signed on this day (S3-04), in French; ''
    where one of `leases` bears it."""
    if any(lease.on == signed_on for lease in leases):
        return ""
    together = f"{rule.label} : le contrat se signe avec le bail, le même jour ({rule.source})."
    if not leases:
        return f"{together} Aucun bail de ce ménage n’est signé : laissez ce jour vide, la mesure prépare l’entrée."
    last = max(leases, key=lambda lease: lease.on)
    return f"{together} Le bail {last.reference} est signé le {last.on:%d/%m/%Y}."
