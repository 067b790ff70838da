"""CCH, art. R. 633-3 II: when the contract of a résidence may be ended for what is unpaid. By hand.

A month of 480.00: 400.00 of housing and charges, 80.00 of services.
"""

from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.rules.defaults import UnpaidTerm
from rent_ledger.procedures.codes import NextWhy
from rent_ledger.procedures.rules.residence import residence_unpaid, whole_in_a_row
from tests.rent_ledger.procedures.rules.test_days import PARAMS

D = Decimal
WHOLE, PARTIAL, EARLY, LITTLE = (
    NextWhy.NOTICE_WHOLE, NextWhy.NOTICE_PARTIAL, NextWhy.NOTICE_NOT_YET, NextWhy.NOTICE_TOO_LITTLE,
)  # fmt: skip


def terms(*unpaid: str) -> tuple[UnpaidTerm, ...]:
    """`month left [asked]`, as « 2026-09 480 »."""
    found = []
    for text in unpaid:
        month, left, *asked = text.split()
        day = date.fromisoformat(f"{month}-01")
        found.append(UnpaidTerm(day, day.replace(day=5), D(asked[0] if asked else 480), D(left)))
    return tuple(found)


# (what, terms, owed of housing and charges, a month of them, what holds, terms in a row)
CASES = [
    ("three terms in a row, wholly unpaid", terms("2026-09 480", "2026-10 480", "2026-11 480"), 1200, 400, WHOLE, 3),
    ("over the turn of the year", terms("2026-11 480", "2026-12 480", "2027-01 480"), 1200, 400, WHOLE, 3),
    ("two only: twice the month, nothing paid in part", terms("2026-10 480", "2026-11 480"), 800, 400, EARLY, 2),
    ("not in a row", terms("2026-07 480", "2026-08 480", "2026-10 480"), 1200, 400, EARLY, 2),
    ("a part was paid: twice the month, exactly", terms("2026-10 320", "2026-11 480", "2026-12 160"), 800, 400,
     PARTIAL, 1),
    ("a cent under", terms("2026-10 320", "2026-11 480", "2026-12 160"), "799.99", 400, LITTLE, 1),
    ("a cent paid of one term is a part", terms("2026-10 479.99", "2026-11 480"), 800, 400, PARTIAL, 1),
    ("the services of a month paid: it is not wholly unpaid",
     terms("2026-09 400", "2026-10 480", "2026-11 480"), 1200, 400, PARTIAL, 2),
    ("two avis of one month are one term", terms("2026-09 240 240", "2026-09 240 240", "2026-10 480"), 800, 400, EARLY,
     2),
    ("one of them paid in part", terms("2026-09 240 240", "2026-09 100 240", "2026-10 480"), "700.00", 400, LITTLE, 1),
    ("the month is not known", terms("2026-10 320", "2026-11 480"), 5000, None, EARLY, 1),
    ("nothing is unpaid", (), 0, 400, EARLY, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unpaid", "owed", "month", "code", "in_a_row"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_unpaid_in_a_residence(unpaid, owed, month, code, in_a_row):
    found = residence_unpaid(unpaid, owed=D(owed), month=None if month is None else D(month), params=PARAMS)
    assert found.code == code
    assert found.text()
    assert whole_in_a_row(unpaid) == in_a_row


def test_the_figures_are_told():
    three = residence_unpaid(terms("2026-09 480", "2026-10 480", "2026-11 480"), owed=D(1), month=D(400), params=PARAMS)
    assert three.figures == {"terms": 3, "months": 1}
    part = residence_unpaid(terms("2026-10 320", "2026-11 480"), owed=D(900), month=D(400), params=PARAMS)
    assert part.figures == {"owed": D(900), "least": D(800), "months": 1}
    less = residence_unpaid(terms("2026-10 320", "2026-11 480"), owed=D(700), month=D(400), params=PARAMS)
    assert less.figures == {"terms": 1, "wanted": 3, "owed": D(700), "least": D(800)}
