"""Money that left the bank for a household: a payment that comes back, or a refund, asked where it could be either."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from common.errors import InvalidInput
from common.typography import NBSP
from office.access.codes import Role
from rent_ledger.bank.codes import LineState, Outgoing
from rent_ledger.bank.services.inbox import place_line, undo_match
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.queries.statement import statement
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, BankLine, Entry
from tests.factories import make_actor, make_bank_account, make_let, owe
from tests.pages import plain
from tests.rent_ledger.banking import balance, camt, drop, movement, written

NOV_1, NOV_5 = date(2026, 11, 1), date(2026, 11, 5)
REFUND, REJECT = "REMBOURSEMENT TROP PERCU COSTA", "REJET VIR"
pytestmark = pytest.mark.django_db


def overpaid(paid: str = "560.00", owed: str = "480.00", *, back: str = "80.00", label: str = REFUND):
    """A household that paid `paid` for `owed`, and a debit of `back`. Returns its account and the debit's line."""
    bank, lease = make_bank_account(), make_let()
    account = owe(lease=lease, due_on=NOV_1, amount=owed)
    drop(camt(written(bank, movement(paid, reference=lease.payment_reference))))
    [credit] = BankLine.objects.all()
    if credit.state != LineState.SURE:
        place_line(line_id=credit.pk, shares=[(account, Decimal(paid))], actor=make_actor())
    opening = str(Decimal("1000.00") + Decimal(paid))
    drop(camt(written(bank, movement(f"-{back}", label=label, day=NOV_5), opening=opening, closing_day=NOV_5)))
    return account, BankLine.objects.get(amount__lt=0)


def place(line: BankLine, account: int, said: str = "") -> None:
    place_line(line_id=line.pk, shares=[(account, line.amount)], actor=make_actor(), outgoing=said)


def shown(account: int) -> tuple[str, str]:
    state = AccountState.objects.get(account_id=account)
    return str(state.debt), str(state.credit)


def test_a_refund_of_what_was_paid_too_much_lowers_the_credit_and_can_be_undone():
    account, line = overpaid()
    assert shown(account) == ("0.00", "80.00")
    place(line, account)
    assert shown(account) == ("0.00", "0.00")
    assert balance(General.SUSPENSE) == 0
    assert not Entry.objects.filter(kind=EntryKind.RETURN).exists()
    [*_, last] = statement(account).lines
    assert (last.title, last.received, last.remaining) == ("Remboursement au ménage", Decimal("-80.00"), 0)
    assert check_ledger() == []
    undo_match(line_id=line.pk, actor=make_actor())
    line.refresh_from_db()
    assert (line.state, shown(account)) == (LineState.TO_PLACE, ("0.00", "80.00"))
    assert balance(General.SUSPENSE) == Decimal("80.00")
    assert statement(account).lines[-1].title == "Remboursement annulé"
    place(line, account)
    assert shown(account) == ("0.00", "0.00")
    assert check_ledger() == []


def test_a_refund_beyond_the_credit_is_asked():
    account, line = overpaid(back="100.00")
    with pytest.raises(InvalidInput, match=f"80,00{NBSP}€ d’avance, un remboursement lui ferait devoir 20,00") as asked:
        place(line, account)
    assert asked.value.code == "return_or_refund"
    assert shown(account) == ("0.00", "80.00")
    place(line, account, Outgoing.REFUND)
    assert shown(account) == ("20.00", "0.00")
    assert check_ledger() == []


@pytest.mark.parametrize("said", list(Outgoing))
def test_a_refund_equal_to_a_payment_is_asked(said: Outgoing):
    account, line = overpaid(paid="480.00", back="480.00")
    with pytest.raises(InvalidInput, match="a reçu 480,00.*le 04/11/2026, qui peuvent revenir") as asked:
        place(line, account)
    assert asked.value.code == "return_or_refund"
    place(line, account, said)
    assert shown(account) == ("480.00", "0.00")
    assert Entry.objects.filter(kind=EntryKind.RETURN).exists() is (said == Outgoing.RETURN)
    assert check_ledger() == []


def test_a_debit_whose_label_says_no_refund_is_asked_where_no_payment_can_come_back():
    account, line = overpaid(label="REJET VIR INCONNU")
    with pytest.raises(InvalidInput, match="n’a pas reçu de paiement de 80,00"):
        place(line, account)
    place(line, account, Outgoing.REFUND)
    assert shown(account) == ("0.00", "0.00")
    assert check_ledger() == []


def test_a_reject_without_its_payment_is_refused_where_it_is_said_to_be_one():
    account, line = overpaid()
    with pytest.raises(InvalidInput, match="placez-le d’abord"):
        place(line, account, Outgoing.RETURN)


def test_the_page_asks_and_takes_the_answer(client_as):
    account, line = overpaid(paid="480.00", back="480.00")
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:bank_place", args=[line.pk])
    data = {"vers": f"compte-{account}", "montant": "-480,00"}
    asked = client.post(url, data)
    assert asked.status_code == 422
    assert "Un remboursement au ménage" in plain(asked)
    assert client.post(url, data | {"sens": "REFUND"}).status_code == 302
    line.refresh_from_db()
    assert (line.state, shown(account)) == (LineState.PLACED, ("480.00", "0.00"))
