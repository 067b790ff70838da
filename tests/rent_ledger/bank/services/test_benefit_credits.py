"""The credit of a bordereau under another print of the payer's name: tied by a person, and untied."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, InvalidInput
from office.access.codes import Role
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.benefit_credits import tie_credit
from rent_ledger.bank.services.inbox import leave_line, undo_match
from rent_ledger.bank.services.withdrawal import withdraw_statement
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.books.codes import General
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import BankLine, BankStatement, BenefitStatement
from tests.api import Api
from tests.at_once import both_at_once
from tests.factories import make_actor, make_bank_account, make_let, make_payer, make_right, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.banking import balance, camt, drop, movement, written

NOV_4 = date(2026, 11, 4)
pytestmark = pytest.mark.django_db


def bordereau(amount: str = "75,00") -> BenefitStatement:
    payer = make_payer()
    right = make_right(lease=make_let(), payer=payer, start=date(2026, 1, 1), amount="75.00")
    data = f"numéro allocataire;mois;montant\n{right.beneficiary_number};10/2026;{amount}\n".encode()
    import_benefit_statement(data=data, name="caf.csv", payer=payer, paid_on=NOV_4, actor=make_actor())
    return BenefitStatement.objects.latest("pk")


def credit(name: str = "C.A.F. DE LA LOIRE ATLANTIQUE") -> BankLine:
    drop(camt(written(make_bank_account(), movement("75.00", name=name))))
    return BankLine.objects.latest("pk")


def money() -> tuple[Decimal, Decimal]:
    return balance(General.SUSPENSE), balance(General.BENEFIT_TRANSIT)


def test_a_credit_under_another_name_is_tied_to_its_bordereau():
    statement, line = bordereau(), credit()
    assert (line.state, money()) == (LineState.TO_PLACE, (-75, 75))
    tie_credit(line_id=line.pk, statement_id=statement.pk, actor=make_actor())
    line.refresh_from_db()
    statement.refresh_from_db()
    assert (line.state, statement.bank_line_id, money()) == (LineState.SURE, line.pk, (0, 0))
    assert check_ledger() == []


@pytest.mark.parametrize("by_person", [True, False])
def test_it_is_untied_and_tied_again(by_person):
    statement = bordereau()
    line = credit(*([] if by_person else [statement.payer.name]))
    if by_person:
        tie_credit(line_id=line.pk, statement_id=statement.pk, actor=make_actor())
    line.refresh_from_db()
    assert line.state == LineState.SURE
    undo_match(line_id=line.pk, actor=make_actor())
    line.refresh_from_db()
    statement.refresh_from_db()
    assert (line.state, statement.bank_line_id, money()) == (LineState.TO_PLACE, None, (-75, 75))
    assert check_ledger() == []
    tie_credit(line_id=line.pk, statement_id=statement.pk, actor=make_actor())
    assert money() == (0, 0)
    undo_match(line_id=line.pk, actor=make_actor())
    assert (money(), check_ledger()) == ((-75, 75), [])


def test_the_credit_that_came_before_its_bordereau_is_untied_too():
    payer_name = "CAF DE LOIRE ATLANTIQUE"
    payer = make_payer(name=payer_name)
    right = make_right(lease=make_let(), payer=payer, start=date(2026, 1, 1), amount="75.00")
    line = credit(payer_name)
    data = f"numéro allocataire;mois;montant\n{right.beneficiary_number};10/2026;75,00\n".encode()
    import_benefit_statement(data=data, name="caf.csv", payer=payer, paid_on=NOV_4, actor=make_actor())
    statement = BenefitStatement.objects.get()
    assert (statement.bank_line_id, money()) == (line.pk, (0, 0))
    undo_match(line_id=line.pk, actor=make_actor())
    assert (money(), check_ledger()) == ((-75, 75), [])
    tie_credit(line_id=line.pk, statement_id=statement.pk, actor=make_actor())
    withdraw_statement(statement_id=BankStatement.objects.get().pk, reason="Autre compte", actor=make_actor())
    statement.refresh_from_db()
    assert (statement.bank_line_id, money(), check_ledger()) == (None, (0, 75), [])


def test_amounts_are_equal_and_each_has_one():
    statement, line = bordereau("70,00"), credit()
    with pytest.raises(InvalidInput, match="ce n’est pas son virement"):
        tie_credit(line_id=line.pk, statement_id=statement.pk, actor=make_actor())
    one, other = bordereau(), bordereau()
    tie_credit(line_id=line.pk, statement_id=one.pk, actor=make_actor())
    with pytest.raises(Conflict, match="déjà"):
        tie_credit(line_id=line.pk, statement_id=other.pk, actor=make_actor())
    second = credit()
    with pytest.raises(Conflict, match="a déjà son virement"):
        tie_credit(line_id=second.pk, statement_id=one.pk, actor=make_actor())
    leave_line(line_id=second.pk, actor=make_actor())


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_ties_it():
    statement, line, actor = bordereau(), credit(), make_actor()
    results = both_at_once(
        *(lambda: tie_credit(line_id=line.pk, statement_id=statement.pk, actor=actor) for _ in range(2))
    )
    assert sorted(type(r).__name__ for r in results) == ["BenefitStatement", "Conflict"]
    assert money() == (0, 0)


def test_the_page_of_the_line_offers_the_bordereau():
    statement, line = bordereau(), credit()
    client = signed_in(make_user())
    tie = reverse("rent_ledger:bank_tie", args=[line.pk])
    page = plain(client.get(reverse("rent_ledger:bank_place", args=[line.pk])))
    form = re.search(rf'<form [^>]*action="{tie}".*?</form>', page)
    assert form is not None
    assert f'name="bordereau" value="{statement.pk}"' in form[0]
    assert reverse("rent_ledger:benefit_statement", args=[statement.pk]) in form[0]
    assert f"Bordereau {statement.payer}" in form[0]
    assert "du même montant, versé le 4 nov. 2026 · caf.csv" in form[0]
    assert "C’est ce virement" in form[0]
    client.post(tie, {"bordereau": statement.pk})
    statement.refresh_from_db()
    assert statement.bank_line_id == line.pk
    bank = client.get(reverse("rent_ledger:bank"))
    assert reverse("rent_ledger:bank_undo", args=[line.pk]) in plain(bank)
    client.post(reverse("rent_ledger:bank_undo", args=[line.pk]))
    statement.refresh_from_db()
    assert statement.bank_line_id is None
    assert Client().post(tie).status_code == 302


def test_the_api_ties_it():
    statement, line = bordereau(), credit()
    api = Api(Role.RENTAL_MANAGER)
    shown = api.post(f"/bank-lines/{line.pk}/benefit-statement", {"benefit_statement_id": statement.pk})
    assert shown["state"] == LineState.SURE
    api.refused(
        f"/bank-lines/{line.pk}/benefit-statement", {"benefit_statement_id": statement.pk}, status=409,
        code="line_decided",
    )  # fmt: skip
