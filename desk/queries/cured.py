"""The debts that were paid within 30, 60 or 90 days of their first default, with a contact before and without.

A debt is paid on the day on which the money came, as the recovery counts it: not on the day on which a bank file told
it, when the case was closed. One that was given up or erased was not paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from common.periods import Month
from desk.queries.breakdown import Breakdown, counted_line, in_order, sum_line
from desk.queries.delays import contact_pairs
from desk.queries.figures import percent, rounded, span_before
from desk.queries.recovery import DELAYS
from rent_ledger.books.codes import GIVEN_UP

# A debt of the case is late from the day after its due day to the one before its money came whole; what is not paid
# whole, a plan has it, or the house gave it up, until the case was closed. The case ends on the first of these last
# days on which no other of its debts is late.
_SETTLED = """
WITH cases AS (
    SELECT id, account_id, first_default_on, closed_on FROM rent_ledger_arrearscase
    WHERE first_default_on >= %(start)s AND first_default_on < %(end)s AND closed_on IS NOT NULL
), debts AS (
    SELECT c.id, c.closed_on, p.due_on, coalesce(bool_or(k.debit_id = ANY(%(given_up)s)), false) AS is_given_up,
        CASE WHEN sum(a.amount) >= p.amount THEN least(max(k.effective_on), c.closed_on) ELSE c.closed_on END AS paid_on
    FROM cases c
    JOIN rent_ledger_posting p
      ON p.debit_id = c.account_id AND p.due_on >= c.first_default_on - 1 AND p.due_on < c.closed_on
    LEFT JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
    LEFT JOIN rent_ledger_posting k ON k.id = a.credit_posting_id
    GROUP BY c.id, c.closed_on, p.id, p.due_on, p.amount
)
SELECT d.id, CASE WHEN d.id NOT IN (SELECT id FROM debts WHERE is_given_up) THEN min(d.paid_on) END
FROM debts d WHERE d.paid_on > d.due_on AND NOT EXISTS (
    SELECT 1 FROM debts o WHERE o.id = d.id AND o.due_on < d.paid_on AND o.paid_on > d.paid_on
)
GROUP BY d.id
"""

CURED = ("Dossiers", "Soldés", "Part")
WITH, WITHOUT = "Avec contact", "Sans contact"


@dataclass(frozen=True, slots=True)
class CasePast:
    """A case: its first default, the day of the money that settled it, the first contact made by a person."""

    first_default_on: date
    paid_on: date | None
    met_on: date | None

    def is_cured(self, days: int) -> bool:
        """Whether nothing was owed any more `days` after the first default."""
        return self.paid_on is not None and self.paid_on <= self.first_default_on + timedelta(days=days)

    def had_contact(self, days: int) -> bool:
        """Whether somebody was met or called within these days, while the debt stood."""
        end = self.first_default_on + timedelta(days=days)
        if self.paid_on is not None:
            end = min(end, self.paid_on)
        return self.met_on is not None and self.met_on <= end


@dataclass(frozen=True, slots=True)
class Cured:
    """Of the cases judged at `days`: how many had a contact, how many of them were paid; the same without."""

    days: int
    met: int
    met_cured: int
    unmet: int
    unmet_cured: int

    @property
    def count(self) -> int:
        return self.met + self.unmet

    @property
    def with_contact(self) -> str:
        return _share(self.met_cured, self.met)

    @property
    def without(self) -> str:
        return _share(self.unmet_cured, self.unmet)


def _share(part: int, whole: int) -> str:
    return percent(rounded(Decimal(part * 100) / whole) if whole else None)


def cured_span(start: date, end: date, days: int) -> tuple[date, date]:
    """The months of first defaults that `days` judges for the period `[start, end)`: all of them are old enough."""
    back = -(days // 30)
    return Month.of(start).plus(back).first, Month.of(end).plus(back).first


def _cases(start: date, end: date, day: date) -> list[CasePast]:
    """Two queries."""
    with connection.cursor() as cursor:
        given_up = [int(account) for account in GIVEN_UP]
        cursor.execute(_SETTLED, {"start": start, "end": end, "given_up": given_up})
        paid = dict(cursor.fetchall())
    rows = contact_pairs(start, end, day).values_list("pk", "first_default_on", "closed_on", "met_on")
    return [CasePast(first, paid.get(pk, closed), met) for pk, first, closed, met in rows]


def cured_between(span: str, day: date) -> list[Cured]:
    """For each delay, of the cases that it judges for the span before `day`. Two queries."""
    start, end = span_before(day, span)
    spans = {days: cured_span(start, end, days) for days in DELAYS}
    cases = _cases(spans[max(DELAYS)][0], spans[min(DELAYS)][1], day)
    return [
        _cured(days, [case for case in cases if first <= case.first_default_on < after])
        for days, (first, after) in spans.items()
    ]


def _cured(days: int, cases: Iterable[CasePast]) -> Cured:
    sums = {True: [0, 0], False: [0, 0]}
    for case in cases:
        both = sums[case.had_contact(days)]
        both[0] += 1
        both[1] += case.is_cured(days)
    return Cured(days, *sums[True], *sums[False])


def cured_by_contact(start: date, end: date, *, days: int, day: date) -> Breakdown:
    """The cases whose first default is in `[start, end)`, by month and by whether somebody had a contact with the
    household: how many were paid within `days` (two queries)."""
    groups: dict[tuple[Month, str], list[CasePast]] = {}
    for case in _cases(start, end, day):
        key = (Month.of(case.first_default_on), WITH if case.had_contact(days) else WITHOUT)
        groups.setdefault(key, []).append(case)
    lines = [
        counted_line(CURED, month, group, len(cases), sum(case.is_cured(days) for case in cases))
        for (month, group), cases in groups.items()
    ]
    return Breakdown("Contact", CURED, in_order(lines), sum_line(CURED, start, lines))
