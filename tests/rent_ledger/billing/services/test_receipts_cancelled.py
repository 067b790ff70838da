"""A quittance of money that was never given is cancelled with it; one whose payment the bank returned stays."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from common.errors import Conflict
from common.periods import Month
from leases.models import Lease
from office.access.codes import Role
from office.jobs.worker import drain
from office.messages.codes import MessageState
from office.messages.models import Message
from office.messages.services.post import mark_posted, take_out
from rent_ledger.billing.codes import ReceiptKind
from rent_ledger.billing.services.receipts import issue_due_receipts, issue_receipt, receipt_status
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.sending import send_receipt
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, Payment, Receipt, RentDemand
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from tests.factories import ANYWAY, make_actor, make_association, make_bank_account, make_let, pay
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
NOV = Month(2026, 11)
DAY = date(2026, 11, 9)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


def bill(lease: Lease) -> RentDemand:
    drain(launch_run(month=NOV, actor=make_actor(), lease_ids=[lease.pk]).job_id)
    return RentDemand.objects.get(lease=lease)


def cash(demand: RentDemand, amount: str) -> Payment:
    return take_payment(
        account=Account.objects.get(pk=demand.account_id), method="CASH", amount=Decimal(amount), received_on=DAY,
        request_key=uuid4(), actor=make_actor(), answers=ANYWAY,
    )  # fmt: skip


@pytest.fixture
def demand() -> RentDemand:
    return bill(make_let(rent="400.00", charges="0"))


def test_a_quittance_of_a_payment_typed_wrong_is_cancelled_with_it(demand):
    payment = cash(demand, "400.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    message = send_receipt(receipt=receipt, actor=make_actor())
    cancel_payment(payment_id=payment.pk, actor=make_actor())
    receipt.refresh_from_db()
    receipt.document.refresh_from_db()
    message.refresh_from_db()
    assert receipt.cancelled_at is not None
    assert receipt.document.cancelled_at is not None
    assert message.state == MessageState.WITHDRAWN
    assert "annulé" in message.why
    assert receipt_status(demand).full is None
    assert not receipt_status(demand).is_undone
    with pytest.raises(Conflict, match="annulée"):
        send_receipt(receipt=receipt, actor=make_actor())
    assert check_ledger() == []


def test_once_paid_truly_the_term_has_a_quittance_of_its_own(demand):
    payment = cash(demand, "400.00")
    first = issue_receipt(demand=demand, actor=make_actor())
    cancel_payment(payment_id=payment.pk, actor=make_actor())
    cash(demand, "400.00")
    assert issue_due_receipts(day=date(2026, 11, 30), actor=make_actor()) == 1
    second = receipt_status(demand).full
    assert second is not None
    assert (second.pk != first.pk, second.number) == (True, first.number + 1)


def test_a_recu_goes_with_the_payment_it_counts_and_an_older_one_stays(demand):
    cash(demand, "100.00")
    older = issue_receipt(demand=demand, actor=make_actor())
    wrong = cash(demand, "50.00")
    newer = issue_receipt(demand=demand, actor=make_actor())
    assert (older.amount, newer.amount) == (Decimal("100.00"), Decimal("150.00"))
    cancel_payment(payment_id=wrong.pk, actor=make_actor())
    assert list(Receipt.objects.filter(cancelled_at=None)) == [older]


def test_a_term_that_other_money_pays_keeps_its_quittance(demand):
    wrong = cash(demand, "400.00")
    issue_receipt(demand=demand, actor=make_actor())
    cash(demand, "400.00")  # In advance, until the first is cancelled.
    cancel_payment(payment_id=wrong.pk, actor=make_actor())
    assert receipt_status(demand).full is not None


def test_a_return_by_the_bank_stays_told_beside_a_payment_typed_wrong(demand):
    entry = pay(account=demand.account_id, on=DAY, amount="400.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    reverse_entries(entry_ids=[entry], actor=make_actor(), effective_on=DAY, kind=EntryKind.RETURN)
    with clock.travel(date(2026, 11, 11)):
        wrong = cash(demand, "400.00")
        cancel_payment(payment_id=wrong.pk, actor=make_actor())
    assert receipt_status(demand).full == receipt
    assert receipt_status(demand).is_undone
    with pytest.raises(Conflict, match="n’est plus réglé"):
        send_receipt(receipt=receipt, actor=make_actor())
    assert not Message.objects.exists()


def test_the_page_says_what_to_do_with_one_that_left(demand, client_as):
    payment = cash(demand, "400.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    client = client_as(Role.RENTAL_MANAGER)
    page = reverse("rent_ledger:demand", args=[demand.pk])
    send = reverse("rent_ledger:receipt_send", args=[receipt.pk])
    assert send in client.get(page).content.decode()
    send_receipt(receipt=receipt, actor=make_actor())
    take_out(actor=make_actor())
    mark_posted(until=clock.now(), actor=make_actor())
    cancel_payment(payment_id=payment.pk, actor=make_actor())
    answer = client.get(page)
    assert send not in answer.content.decode()
    shown = words(answer)
    assert "était vraie" not in shown
    assert f"Quittance n° {receipt.number} Annulé" in shown
    assert "écrivez au ménage" in shown
    assert Receipt.objects.get().kind == ReceiptKind.FULL


def test_the_page_words_a_quittance_and_a_recu_as_each_is_called(demand, client_as):
    for amount, said in (
        (
            "100.00",
            "Annulé 100,00 €, le 10 nov. 2026 Le 10 nov. 2026 : le paiement a été annulé. Si vous l’avez remis en",
        ),
        (
            "400.00",
            "Annulée 400,00 €, le 10 nov. 2026 Le 10 nov. 2026 : le paiement a été annulé. Si vous l’avez remise en",
        ),
    ):
        payment = cash(demand, amount)
        issue_receipt(demand=demand, actor=make_actor())
        cancel_payment(payment_id=payment.pk, actor=make_actor())
        answer = client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:demand", args=[demand.pk]))
        assert said in words(answer)
