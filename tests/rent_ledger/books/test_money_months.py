"""Twelve months of an account: money by the calendar month in which it came, whatever term it settled."""

from datetime import date
from decimal import Decimal

import pytest

from office.access.actor import Actor
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Posting
from tests.factories import make_actor, make_arrears, make_bank_known, pay

TODAY = date(2026, 11, 28)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]


def last_payment(account_id: int) -> Posting:
    found = Posting.objects.filter(credit=account_id, nature="PAYMENT").order_by("-id").first()
    assert found is not None
    return found


def test_a_payment_counts_in_its_month_and_one_that_came_back_is_a_reject() -> None:
    """Paid in October and in November on old terms, the chart said 0 and 0."""
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, month, 1) for month in (7, 8, 9, 10, 11)], amount="213.00")
    for on, amount in ((date(2026, 10, 7), "213.00"), (date(2026, 10, 30), "50.00"), (date(2026, 11, 9), "250.00")):
        pay(account=case.account_id, on=on, amount=amount)
    returned = Posting.objects.get(credit=case.account_id, nature="PAYMENT", amount=Decimal("50.00"))
    reverse(entry_ids=[returned.entry_id], actor=Actor.system(), kind="RETURN", effective_on=date(2026, 11, 3))
    months = statement(case.account_id).months
    assert [(row.month.month, row.asked, row.received, row.rejected) for row in months] == [
        (7, Decimal("213.00"), Decimal(0), Decimal(0)), (8, Decimal("213.00"), Decimal(0), Decimal(0)),
        (9, Decimal("213.00"), Decimal(0), Decimal(0)), (10, Decimal("213.00"), Decimal("213.00"), Decimal(0)),
        (11, Decimal("213.00"), Decimal("250.00"), Decimal("50.00")),
    ]  # fmt: skip


def test_what_was_undone_counts_in_no_month() -> None:
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, 10, 1)], amount="213.00")
    pay(account=case.account_id, on=date(2026, 10, 7), amount="40.00")
    reverse(entry_ids=[last_payment(case.account_id).entry_id], actor=Actor.system(), effective_on=date(2026, 11, 3))
    assert [(row.received, row.rejected) for row in statement(case.account_id).months] == [(0, 0), (0, 0)]


def test_a_month_without_a_demand_is_shown() -> None:
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, 8, 1)], amount="213.00")
    assert [row.month.month for row in statement(case.account_id).months] == [8, 9, 10, 11]


def test_the_months_are_those_of_the_whole_account() -> None:
    """One year of the statement is shown, the strip stays."""
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2025, 12, 1), date(2026, 1, 1)], amount="213.00")
    of_one_year = statement(case.account_id, year=2026)
    assert len(of_one_year.lines) == 1
    assert [row.month.first for row in of_one_year.months][:2] == [date(2025, 12, 1), date(2026, 1, 1)]
    assert len(of_one_year.months) == 12


def test_a_plan_is_shown_from_its_month_on() -> None:
    make_bank_known(until=TODAY)
    case = make_arrears(dues=[date(2026, 9, 1)], amount="213.00")
    debt = Posting.objects.get(debit=case.account_id)
    hold_debt(
        posting_ids=[debt.pk], kind="PLAN", reason="Plan accepté", actor=make_actor(), from_day=date(2026, 10, 12)
    )
    assert [(row.month.month, row.has_plan) for row in statement(case.account_id).months] == [
        (9, False), (10, True), (11, True),
    ]  # fmt: skip
