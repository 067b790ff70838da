"""Why the bank took a payment back is said on the line, on the statement of account and on the arrears case."""

from datetime import date

import pytest
from django.urls import reverse

from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.bank.services.inbox import place_line
from rent_ledger.books.queries.returns import last_return_reason
from rent_ledger.books.queries.statement import statement
from rent_ledger.models import AccountState, ArrearsCase, BankLine
from tests.factories import make_bank_account, make_let, make_user, owe, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.banking import camt, drop, movement, payer_iban, written

NOV_1, NOV_4, NOV_5 = date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 5)
WHY = "provision insuffisante (AM04)"
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05")]


@pytest.mark.parametrize("by_person", [False, True])
def test_the_reason_is_said_wherever_the_return_is(by_person):
    lease = make_let()
    account = owe(lease=lease, due_on=NOV_1, amount="480.00")
    bank = make_bank_account()
    name = f"ALIX {lease.parties.get().person.last_name}"
    paid = movement(
        "480.00", name=name, reference=lease.payment_reference, iban=payer_iban(1), end_to_end="" if by_person else "E1"
    )
    drop(camt(written(bank, paid)))
    back = movement("-480.00", day=NOV_5, reason="AM04", **({} if by_person else {"end_to_end": "E1"}))
    drop(camt(written(bank, back, opening="1480.00", opening_day=NOV_4, closing_day=NOV_5)), name="rejet.xml")
    line = BankLine.objects.get(amount=-480)
    if line.state != "SURE":
        place_line(line_id=line.pk, shares=[(account, line.amount)], actor=Actor.system())
    assert AccountState.objects.get(account=account).debt == 480
    [returned] = [shown for shown in statement(account).lines if "Rejet" in shown.title]
    assert WHY in returned.detail.replace("\u00a0", " ")
    assert last_return_reason(account) == WHY
    detect_arrears(day=NOV_5, actor=Actor.system())
    client = signed_in(make_user())
    assert WHY in plain(client.get(reverse("rent_ledger:statement", args=[account])))
    case = ArrearsCase.objects.get(account=account)
    assert f"rejet le 5 nov. : {WHY}" in " ".join(
        plain(client.get(reverse("rent_ledger:case", args=[case.pk]))).split()
    )


def test_a_return_without_a_reason_says_none():
    account = owe(lease=make_let(), due_on=NOV_1, amount="480.00")
    pay(account=account, on=NOV_4, amount="480.00")
    assert last_return_reason(account) == ""
