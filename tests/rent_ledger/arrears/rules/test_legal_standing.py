"""Debts that stand again, and what was owed in between, before the law."""

from dataclasses import replace
from datetime import date

import pytest

from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.codes import LegalWhy
from rent_ledger.arrears.rules.legal import (
    CountedDebt,
    detect,
    paid_parts,
    standing,
)
from tests.rent_ledger.arrears.rules.test_legal import ALWAYS, DIRECT, D, day_of, debts, found

# -- what stands again ----------------------------------------------------------------------------------------------

DUE = date(2026, 8, 5)

STANDING = [
    ("never paid", "480.00", [], [("2026-08-05", "480.00")]),
    ("paid and returned", "480.00", [("2026-12-20", "480.00")], [("2026-12-20", "480.00")]),
    ("a part was paid and returned", "480.00", [("2026-12-20", "300.00")],
     [("2026-12-20", "300.00"), ("2026-08-05", "180.00")]),
    ("paid again in part since: the oldest first", "380.00", [("2026-12-20", "300.00")],
     [("2026-12-20", "300.00"), ("2026-08-05", "80.00")]),
    ("returned twice: the last return counts", "480.00", [("2026-09-20", "480.00"), ("2026-12-20", "480.00")],
     [("2026-12-20", "480.00")]),
    ("returned before it was due", "480.00", [("2026-08-01", "480.00")], [("2026-08-05", "480.00")]),
    ("a few cents stand again, a few never were paid", "0.90", [("2026-12-20", "0.40")],
     [("2026-12-20", "0.40"), ("2026-08-05", "0.50")]),
    ("returned and paid for the most part", "100.00", [("2026-12-20", "300.00")], [("2026-12-20", "100.00")]),
]  # fmt: skip


@pytest.mark.parametrize(("left", "taken", "expected"), [c[1:] for c in STANDING], ids=[c[0] for c in STANDING])
def test_since_when_what_is_left_counts(left, taken, expected):
    got = standing(due_on=DUE, remaining=D(left), taken_back=[(day_of(d), D(a)) for d, a in taken])
    assert [(debt.since, debt.amount) for debt in got] == [(day_of(d), D(a)) for d, a in expected]


# (what, moves, parts: since, amount, paid on). 480 due on 5 August.
PAID_PARTS = [
    ("never paid", [], []),
    ("paid on its due day: owed for no day", [("2026-08-05", "480.00")], []),
    ("paid before", [("2026-08-01", "480.00")], []),
    ("paid the day after", [("2026-08-06", "480.00")], [("2026-08-05", "480.00", "2026-08-06")]),
    ("a part", [("2026-09-06", "80.00")], [("2026-08-05", "80.00", "2026-09-06")]),
    ("in two parts", [("2026-09-06", "80.00"), ("2026-10-06", "400.00")],
     [("2026-08-05", "80.00", "2026-09-06"), ("2026-08-05", "400.00", "2026-10-06")]),
    ("paid and returned", [("2026-08-06", "480.00"), ("2026-12-20", "-480.00")],
     [("2026-08-05", "480.00", "2026-08-06")]),
    ("paid, returned, paid again", [("2026-08-05", "480.00"), ("2026-12-20", "-480.00"), ("2027-01-04", "480.00")],
     [("2026-12-20", "480.00", "2027-01-04")]),
    ("what stood longest is paid first",
     [("2026-08-05", "300.00"), ("2026-12-20", "-300.00"), ("2027-01-04", "200.00")],
     [("2026-08-05", "180.00", "2027-01-04"), ("2026-12-20", "20.00", "2027-01-04")]),
    ("what stood longest, in two parts",
     [("2026-08-05", "300.00"), ("2026-12-20", "-300.00"), ("2027-01-04", "100.00"), ("2027-01-06", "100.00")],
     [("2026-08-05", "100.00", "2027-01-04"), ("2026-08-05", "80.00", "2027-01-06"),
      ("2026-12-20", "20.00", "2027-01-06")]),
    ("a few cents, the rest, which comes back and is paid again",
     [("2026-09-06", "0.40"), ("2026-09-20", "479.60"), ("2026-12-20", "-479.60"), ("2026-12-25", "479.60")],
     [("2026-08-05", "0.40", "2026-09-06"), ("2026-08-05", "479.60", "2026-09-20"),
      ("2026-12-20", "479.60", "2026-12-25")]),
    ("a few cents come back", [("2026-08-05", "480.00"), ("2026-12-20", "-0.40"), ("2027-01-04", "0.40")],
     [("2026-12-20", "0.40", "2027-01-04")]),
    ("paid again before the return was known: owed for no day",
     [("2026-08-05", "480.00"), ("2026-12-10", "480.00"), ("2026-12-20", "-480.00")], []),
]  # fmt: skip


@pytest.mark.parametrize(("moves", "expected"), [c[1:] for c in PAID_PARTS], ids=[c[0] for c in PAID_PARTS])
def test_what_was_owed_and_is_paid(moves, expected):
    got = paid_parts(due_on=DUE, amount=D("480.00"), moves=[(day_of(d), D(a)) for d, a in moves])
    assert [(part.since, part.amount, part.paid_on) for part in got] == [
        (day_of(since), D(amount), day_of(paid)) for since, amount, paid in expected
    ]


def paid(*rows: tuple[str, str, str]) -> list[CountedDebt]:
    """(due day, amount, day paid)."""
    return [CountedDebt(day_of(due), day_of(due), D(amount), paid_on=day_of(on)) for due, amount, on in rows]


# (what, owed, paid, day of the search, threshold day). 2 × 213 is 426.
IN_BETWEEN = [
    ("2 × net for three days", [("2026-10-05", "113.00"), ("2026-11-05", "213.00")],
     [("2026-10-05", "100.00", "2026-11-08")], "2026-11-10", "2026-11-05"),
    ("paid on the day of the second term: never both", [("2026-11-05", "213.00")],
     [("2026-10-05", "213.00", "2026-11-05")], "2026-11-10", None),
    ("a debt without a break, its terms paid in turn", [("2026-11-05", "20.00")],
     [("2026-09-05", "213.00", "2026-10-08"), ("2026-10-05", "213.00", "2026-11-08")], "2026-11-10", "2026-10-05"),
    ("at zero in between", [("2026-11-05", "20.00")], [("2026-09-05", "426.00", "2026-11-04")], "2026-11-10", None),
    ("paid on the day on which the next falls due: no evening at zero", [("2026-11-05", "20.00")],
     [("2026-09-05", "426.00", "2026-11-05")], "2026-11-10", "2026-09-05"),
    ("what stands alone was enough before", [("2026-09-05", "426.00")], [("2026-09-05", "10.00", "2026-10-08")],
     "2026-11-10", "2026-09-05"),
    ("three months old for three days, in 2027", [("2027-05-05", "20.00")], [("2027-02-05", "20.00", "2027-05-08")],
     "2027-05-10", "2027-05-05"),
    ("paid on the day of its three months", [("2027-05-05", "20.00")], [("2027-02-05", "20.00", "2027-05-05")],
     "2027-05-10", None),
    ("more than 450 on the due day, paid on the day after: no default", [("2027-05-05", "20.00")],
     [("2027-05-05", "430.01", "2027-05-06")], "2027-05-10", None),
    ("paid two days after", [("2027-05-05", "20.00")], [("2027-05-05", "430.01", "2027-05-07")], "2027-05-10",
     "2027-05-05"),
    ("paid on the day after, beside an older debt: in default on the due day", [("2027-04-05", "20.00")],
     [("2027-05-05", "430.01", "2027-05-06")], "2027-05-10", "2027-05-05"),
    ("paid on the day after, but another made up for it that day", [("2027-05-05", "20.00")],
     [("2027-05-05", "430.01", "2027-05-06"), ("2027-05-06", "430.01", "2027-05-07")], "2027-05-10", "2027-05-05"),
    ("paid on the day after, beside a debt due the day before", [("2027-05-04", "20.00")],
     [("2027-05-05", "430.01", "2027-05-06")], "2027-05-10", "2027-05-05"),
    ("paid on the day after, beside one paid on the due day: no default", [("2027-05-05", "20.00")],
     [("2027-04-05", "10.00", "2027-05-05"), ("2027-05-05", "430.01", "2027-05-06")], "2027-05-10", None),
    ("enough alone, and enough before with what is paid", [("2026-11-05", "426.00")],
     [("2026-10-05", "426.00", "2026-11-08")], "2026-11-10", "2026-10-05"),
    ("over the turn of the year by the first regime", [("2026-12-20", "20.00")],
     [("2026-12-20", "406.00", "2027-01-02")], "2027-01-05", "2026-12-20"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("owed", "gone", "day", "threshold"), [c[1:] for c in IN_BETWEEN], ids=[c[0] for c in IN_BETWEEN]
)
def test_what_held_in_between_constitutes_while_something_is_left(owed, gone, day, threshold):
    got = found(*owed, day=day, paid=paid(*gone))
    assert got.threshold_on == (day_of(threshold) if threshold else None)
    # What is owed today is told apart from what was owed then.
    assert got.debt == sum((D(row[1]) for row in owed), D("0"))


def test_the_reason_tells_what_was_owed_on_the_day_found():
    got = found(("2026-10-05", "113.00"), ("2026-11-05", "213.00"), ("2026-11-09", "5.00"), day="2026-11-10",
                paid=paid(("2026-10-05", "100.00", "2026-11-08")))  # fmt: skip
    counted = got.reason.parts[0]
    assert [(part.code, part.amount) for part in counted.parts] == [
        (LegalWhy.DUE_PAID, D("100.00")), (LegalWhy.DUE, D("113.00")), (LegalWhy.DUE, D("213.00")),
    ]  # fmt: skip
    assert (counted.amount, got.debt) == (D("426.00"), D("331.00"))


def test_the_reason_tells_only_what_is_owed_where_it_was_enough_alone():
    got = found(("2026-10-05", "426.00"), day="2026-11-10", paid=paid(("2026-10-05", "10.00", "2026-10-08")))
    assert (got.threshold_on, got.reason.parts[0].amount) == (date(2026, 10, 5), D("426.00"))


def test_what_is_owed_alone_counts_from_its_due_day_though_entered_late():
    late = [replace(debt, known_on=date(2026, 11, 9)) for debt in debts(("2026-10-05", "426.00"))]
    got = detect(frame=ArrearsFrame.LEASE, day=date(2026, 11, 10), bank_known_until=date(2026, 11, 9),
                 debts=late + debts(("2026-11-05", "10.00")), months=DIRECT, params=ALWAYS)  # fmt: skip
    assert got.threshold_on == date(2026, 10, 5)


def test_what_was_entered_late_makes_no_past_day_an_impaye_with_what_is_paid():
    late = [replace(debt, known_on=date(2026, 11, 9)) for debt in debts(("2026-11-05", "213.00"))]
    got = detect(frame=ArrearsFrame.LEASE, day=date(2026, 11, 10), bank_known_until=date(2026, 11, 9),
                 debts=debts(("2026-10-05", "50.00")) + late, paid=paid(("2026-10-05", "250.00", "2026-11-08")),
                 months=DIRECT, params=ALWAYS)  # fmt: skip
    assert got.threshold_on is None
