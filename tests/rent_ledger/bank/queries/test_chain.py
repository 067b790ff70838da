"""Which statement lacks before another: by balances, whatever the order in which the files came."""

from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.bank.queries.chain import Link, before
from rent_ledger.bank.queries.inbox import statements_page
from tests.factories import make_bank_account
from tests.rent_ledger.banking import cfonb, drop, movement, written


def link(pk: int, days: str, opening: str, closing: str) -> Link:
    """`days`: days of November 2026, `27` or `1-30`."""
    first, _, last = days.partition("-")
    return Link(
        pk, 1, date(2026, 11, int(first)), date(2026, 11, int(last or first)), Decimal(opening), Decimal(closing)
    )


@pytest.mark.parametrize(
    ("one", "others", "lacks_after"),
    [
        (link(9, "30", "1010", "1030"), [link(1, "27", "1000", "1010")], None),
        (link(9, "30", "1020", "1030"), [link(1, "27", "1000", "1010")], 1),
        (link(9, "30", "1020", "1030"), [link(1, "27", "1000", "1010"), link(2, "26", "990", "1000")], 1),
        # The same days again, before or after it in the list.
        (link(9, "27", "1000", "1010"), [link(1, "27", "1000", "1010"), link(2, "30", "1010", "1030")], None),
        (link(1, "27", "1000", "1010"), [link(9, "27", "1000", "1010")], None),
        # Two files of one day, in order and not.
        (link(9, "27", "1450", "1900"), [link(1, "27", "1000", "1450")], None),
        (link(9, "27", "1000", "1450"), [link(1, "27", "1450", "1900")], None),
        (link(9, "27", "1900", "2350"), [link(1, "27", "1000", "1450")], 1),
        # A month and its days.
        (link(9, "1-30", "1000", "2000"), [link(1, "1", "1000", "1010"), link(2, "30", "1990", "2000")], None),
        (link(9, "1", "1000", "1010"), [link(1, "1-30", "1000", "2000")], None),
        (link(9, "30", "1990", "2000"), [link(1, "29", "1980", "1990"), link(2, "1-30", "1000", "2000")], None),
        # The first of all, and one without movement.
        (link(9, "1", "1000", "1010"), [], None),
        (link(9, "30", "1010", "1010"), [link(1, "27", "1000", "1010")], None),
        (link(9, "30", "1030", "1040"), [link(1, "29", "1010", "1010"), link(2, "27", "1000", "1010")], 1),
    ],
)  # fmt: skip
def test_the_statement_after_which_one_lacks(one: Link, others: list[Link], lacks_after: int | None) -> None:
    found = before(one, others)
    assert (found and found.id) == lacks_after


@pytest.mark.django_db
@pytest.mark.clock("2026-12-01")
def test_files_exported_again_break_nothing():
    bank = make_bank_account()
    days = [(date(2026, 11, 27), "1000.00", "10.00"), (date(2026, 11, 30), "1010.00", "20.00")]
    for number in range(2):
        for day, opening, amount in days:
            data = cfonb(
                written(bank, movement(amount, day=day), opening=opening, opening_day=day, closing_day=day)
            )  # fmt: skip
            assert drop(data + b"\n" * number).warnings == []
    months, _ = statements_page(number=None)
    rows = [row for month in months for row in month.rows]
    assert [row.break_before for row in rows] == [None] * 4


@pytest.mark.django_db
def test_a_statement_that_lacks_is_told_in_the_list():
    bank = make_bank_account()
    drop(cfonb(written(bank, movement("10.00"))))
    report = drop(cfonb(written(bank, movement("20.00", label="B"), opening="1500.00")))
    assert "Il manque peut-être un relevé" in report.warnings[0]
    months, _ = statements_page(number=None)
    rows = [row for month in months for row in month.rows]
    assert [row.break_before for row in rows] == [Decimal("490.00"), None]
