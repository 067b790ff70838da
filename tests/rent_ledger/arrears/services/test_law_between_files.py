"""Several days of the bank in one file: what held in between constitutes an impayé, unless all is paid (ADR 14)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common import clock
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import ArrearsCase, BankStatement, Posting
from tests.factories import make_bank_known, make_let, make_right, owe, pay

SYSTEM = Actor.system()
pytestmark = pytest.mark.django_db


def detect(day: date):
    return detect_arrears(day=day, actor=SYSTEM)


def let() -> Lease:
    """480.00 a month since 2024; 267.00 of it paid by the CAF: 213.00 net."""
    lease = make_let(start=date(2024, 3, 15))
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    return lease


def case_of(account: int) -> ArrearsCase:
    return ArrearsCase.objects.get(account_id=account, closed_on=None)


# (what, paid on 8 November, day on which the file comes, day constituted). 213 due on 5 October and on 5 November:
# twice the net of 213 on 5 November. Before the file, the bank is known to 3 November.
ONE_FILE = [
    ("nothing was paid", "", date(2026, 11, 10), date(2026, 11, 5)),
    ("a part was paid: R. 824-4 asks for the whole", "100.00", date(2026, 11, 10), date(2026, 11, 5)),
    ("all but a cent", "425.99", date(2026, 11, 10), date(2026, 11, 5)),
    ("all was paid: nothing is left to report", "426.00", date(2026, 11, 10), None),
    ("the file comes six weeks late", "100.00", date(2026, 12, 20), date(2026, 11, 5)),
    ("the file of the next morning: the payment is not known yet", "", date(2026, 11, 6), date(2026, 11, 5)),
]


def _file_to(day: date) -> None:
    BankStatement.objects.update(last_day=day)


@pytest.mark.parametrize(("paid", "comes", "on"), [c[1:] for c in ONE_FILE], ids=[c[0] for c in ONE_FILE])
@pytest.mark.clock("2026-12-20")
def test_a_condition_that_held_between_two_files_constitutes_unless_all_is_paid(paid, comes, on):
    lease = let()
    with clock.travel(date(2026, 9, 26)):
        account = owe(lease=lease, due_on=date(2026, 10, 5))
    with clock.travel(date(2026, 10, 26)):
        owe(lease=lease, due_on=date(2026, 11, 5))
    make_bank_known(until=date(2026, 11, 3))
    for n in range(5, comes.day if comes.month == 11 else 31):
        with clock.travel(date(2026, 11, n)):
            assert detect(date(2026, 11, n)).constituted == []
    with clock.travel(comes):
        if paid:
            pay(account=account, on=date(2026, 11, 8), amount=paid)
        _file_to(comes - timedelta(days=1))
        detect(comes)
        case = ArrearsCase.objects.get(account_id=account)
        assert (case.constituted_on, case.closed_on is not None) == (on, on is None)
        if on:
            assert case.report_due_on == date(2027, 1, 5)
            # What was owed on that day, paid since or not.
            assert case.legal_reason.parts[0].amount == Decimal("426.00")
        # Read again, it says the same.
        assert detect(comes).constituted == []


@pytest.mark.clock("2026-12-10")
def test_what_was_paid_in_full_in_between_does_not_come_back_with_the_next_term():
    # 426 owed on 5 November, nothing on the 8th, 100 since 5 December.
    with clock.travel(date(2026, 10, 26)):
        account = owe(lease=(lease := let()), due_on=date(2026, 11, 5), amount="426.00")
        owe(lease=lease, due_on=date(2026, 12, 5), amount="100.00")
    make_bank_known(until=date(2026, 11, 3))
    pay(account=account, on=date(2026, 11, 8), amount="426.00")
    _file_to(date(2026, 12, 9))
    detect(date(2026, 12, 10))
    assert case_of(account).constituted_on is None


@pytest.mark.clock("2026-11-10")
def test_a_debt_entered_late_does_not_make_a_past_day_an_impaye_with_what_is_paid_since():
    # 300 due 5 October, 250 of it paid on 8 November. 213 due 5 November are entered on the 9th: 513 were never known.
    lease = let()
    with clock.travel(date(2026, 9, 26)):
        account = owe(lease=lease, due_on=date(2026, 10, 5), amount="300.00")
    with clock.travel(date(2026, 11, 9)):
        debt = owe(lease=lease, due_on=date(2026, 11, 5))
    pay(account=account, on=date(2026, 11, 8), amount="250.00")
    detect(date(2026, 11, 10))
    assert (debt, case_of(account).constituted_on) == (account, None)


@pytest.mark.clock("2026-11-10")
def test_a_demand_that_was_taken_back_was_never_owed():
    lease = let()
    with clock.travel(date(2026, 9, 26)):
        account = owe(lease=lease, due_on=date(2026, 10, 5))
    with clock.travel(date(2026, 10, 26)):
        owe(lease=lease, due_on=date(2026, 11, 5))
    entry = Posting.objects.get(debit_id=account, due_on=date(2026, 11, 5)).entry_id
    reverse(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 9))
    detect(date(2026, 11, 10))
    assert case_of(account).constituted_on is None


# (what, paid on, taken back by the bank on, day constituted), all in the file of 15 November.
RETURNED = [
    ("on the evening of the 5th, it was owed", 5, 5, date(2026, 11, 5)),
    ("owed on no evening before it came back", 5, 7, date(2026, 11, 15)),
    ("settled in full on the 8th, and owed again", 8, 9, date(2026, 11, 15)),
    ("on each evening, it was owed", 8, 8, date(2026, 11, 5)),
]


@pytest.mark.parametrize(("paid_on", "back_on", "on"), [c[1:] for c in RETURNED], ids=[c[0] for c in RETURNED])
def test_a_payment_that_comes_with_its_return_had_paid_until_then(paid_on, back_on, on):
    with clock.travel(date(2026, 10, 26)):
        account = owe(lease=let(), due_on=date(2026, 11, 5), amount="426.00")
    make_bank_known(until=date(2026, 11, 15))
    with clock.travel(date(2026, 11, 15)):
        paid = pay(account=account, on=date(2026, 11, paid_on), amount="426.00")
        reverse(entry_ids=[paid], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=date(2026, 11, back_on))
    with clock.travel(date(2026, 11, 16)):
        detect(date(2026, 11, 16))
        assert case_of(account).constituted_on == on
