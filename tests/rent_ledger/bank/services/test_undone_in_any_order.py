"""A payment and its return, placed and undone in any order: once all is undone, the books say what they said before."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import clock
from common.errors import DomainError
from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.inbox import place_line, undo_match
from rent_ledger.bank.services.withdrawal import withdraw_statement
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.books.services.projections import refresh
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, BankLine, BankStatement, OpenItem, Payment
from rent_ledger.payments.queries import payments_for, taken_on
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from tests.books import books
from tests.factories import make_actor, make_bank_account, make_let, owe
from tests.rent_ledger.banking import camt, drop, movement, written

OCT_5, NOV_4, NOV_20, DEC_5 = date(2026, 10, 5), date(2026, 11, 4), date(2026, 11, 20), date(2026, 12, 5)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-29")]


class Money:
    """A household that owes `debts` (day, euros), and a file with a credit of `amount` and its return 16 days later."""

    def __init__(self, debts: list[tuple[date, str]], amount: str) -> None:
        self.lease, self.amount, self.actor = make_let(), Decimal(amount), make_actor()
        bank = make_bank_account()
        for day, owed in debts:
            self.account = owe(lease=self.lease, due_on=day, amount=owed)
        detect_arrears(day=clock.today(), actor=Actor.system())
        self.at_first = self.said()
        lines = (movement(amount, day=NOV_4), movement(f"-{amount}", day=NOV_20, label="REJET VIR"))
        drop(camt(written(bank, *lines, closing_day=NOV_20)))
        self.credit, self.debit = BankLine.objects.order_by("-amount")
        assert {self.credit.state, self.debit.state} == {LineState.TO_PLACE}
        # The bank is known until the day of the file: that alone may change the lane.
        refresh(account_ids=[self.account], day=clock.today())
        self.before = self.said()

    def said(self) -> list[str]:
        """What the books say of the household: what is owed, on what each payment stands, the case, the papers. What
        was undone leaves no trace in it."""
        rows = books("demand", "receipt", "case", "state")
        items = OpenItem.objects.filter(account=self.account).order_by("due_on", "posting_id")
        return rows + [f"{i.due_on} {i.is_debit} {i.remaining}" for i in items]

    def do(self, step: str) -> None:
        line = self.credit if step.endswith("credit") else self.debit
        if step.startswith("place"):
            place_line(line_id=line.pk, shares=[(self.account, line.amount)], actor=self.actor)
        elif step.startswith("undo"):
            undo_match(line_id=line.pk, actor=self.actor)
        else:
            withdraw_statement(statement_id=BankStatement.objects.get().pk, reason="Faux", actor=self.actor)

    def attempt(self, step: str) -> bool:
        """Whether the step was possible."""
        try:
            with transaction.atomic():
                self.do(step)
        except DomainError:
            return False
        return True

    def undo_all(self) -> None:
        """The return first: while it stands, the payment can't be undone."""
        for step in ("undo debit", "undo credit"):
            self.attempt(step)


FUTURE, PAST, BOTH = [(DEC_5, "283.04")], [(OCT_5, "283.04")], [(OCT_5, "100.00"), (DEC_5, "283.04")]


@pytest.mark.parametrize("debts", [FUTURE, PAST, BOTH], ids=["to come", "late", "both"])
@pytest.mark.parametrize("amount", ["354.48", "300.00", "283.04", "50.00"])
def test_a_return_undone_then_its_payment_leave_nothing(debts: list[tuple[date, str]], amount: str) -> None:
    life = Money(debts, amount)
    steps = ("place credit", "place debit", "undo debit", "undo credit")
    for step in steps:
        life.do(step)
    assert life.said() == life.before
    life.do("withdraw")
    assert life.said() == life.at_first
    assert check_ledger() == []


def test_a_payment_that_stands_again_is_the_last_one_from_its_own_day() -> None:
    life = Money(PAST, "50.00")
    life.do("place credit")
    placed = life.said()
    life.do("place debit")
    life.do("undo debit")
    # No return is told any more either.
    assert life.said() == placed


STEPS = st.lists(st.sampled_from(["place credit", "place debit", "undo credit", "undo debit"]), max_size=12)
_PLACED_TWICE = ["place credit", "place debit", "undo debit", "place debit", "undo debit", "undo credit"]


class TestAnyOrder(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        steps=STEPS,
        debts=st.sampled_from([FUTURE, PAST, BOTH]),
        amount=st.sampled_from(["354.48", "283.04", "50.00"]),
    )
    @example(steps=_PLACED_TWICE, debts=BOTH, amount="354.48")
    @example(steps=[*_PLACED_TWICE, *_PLACED_TWICE], debts=PAST, amount="300.00")
    def test_all_undone_is_as_before(self, steps: list[str], debts: list[tuple[date, str]], amount: str) -> None:
        with clock.travel(date(2026, 11, 29)):
            life = Money(debts, amount)
            after: dict[tuple[bool, bool], list[str]] = {}
            for step in steps:
                life.attempt(step)
                # What is said follows from what stands, not from the way there.
                shown = life.said()
                places = BankLine.objects.filter(pk__in=[life.credit.pk, life.debit.pk]).order_by("-amount")
                key = tuple(state == LineState.PLACED for state in places.values_list("state", flat=True))
                assert after.setdefault(key, shown) == shown, step  # type: ignore[arg-type]
            life.undo_all()
            assert life.said() == life.before
            life.do("withdraw")
            assert life.said() == life.at_first
            assert check_ledger() == []


# ---------- a cheque taken at the desk ----------


def take_cheque(life: Money) -> Payment:
    account = Account.objects.get(pk=life.account)
    return take_payment(
        account=account, method=PaymentMethod.CHEQUE, amount=life.amount, received_on=NOV_4, request_key=uuid4(),
        actor=life.actor,
    )  # fmt: skip


def shown(payment: Payment) -> tuple[bool, bool]:
    row = payments_for(actor=make_actor()).get(pk=payment.pk)
    return row.is_cancelled, row.is_returned  # type: ignore[attr-defined]


def test_a_cheque_whose_return_was_undone_can_be_cancelled() -> None:
    life = Money(PAST, "50.00")
    payment = take_cheque(life)
    paid = life.said()
    life.do("place debit")
    assert shown(payment) == (False, True)
    life.do("undo debit")
    assert (life.said(), shown(payment)) == (paid, (False, False))
    cancel_payment(payment_id=payment.pk, actor=life.actor)
    assert (life.said(), shown(payment)) == (life.before, (True, False))
    assert sum(amount for _, _, amount in taken_on(NOV_4, actor=life.actor)) == 0
    assert check_ledger() == []


def test_a_return_placed_anew_after_it_was_undone_is_a_return() -> None:
    life = Money(PAST, "50.00")
    payment = take_cheque(life)
    for step in ("place debit", "undo debit", "place debit"):
        life.do(step)
    assert shown(payment) == (False, True)
    assert check_ledger() == []
