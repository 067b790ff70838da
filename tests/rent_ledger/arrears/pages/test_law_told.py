"""What the page of a case says of the law."""

from datetime import date

import pytest

from common import clock
from office.models import Organisation
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.books.codes import (
    EntryKind,
    HoldKind,
)
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import ArrearsCase, OpenItem
from tests.factories import make_actor, owe, pay
from tests.rent_ledger.arrears.services.test_detection import SYSTEM, case_of, detect, let, managed, page, value

pytestmark = pytest.mark.django_db


def test_the_page_of_a_constituted_case_shows_what_was_found_then():
    # m6: a part was paid since; today's debts would make it another day, or none.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1))
    owe(lease=lease, due_on=date(2026, 10, 1))
    detect(date(2026, 11, 5))
    pay(account=account, on=date(2026, 11, 5), amount="100.00")
    text = page(case_of(account))
    assert "Constitué le 1er oct. : 2 fois le montant du mois" in text
    assert "326,00 € comptés" in text
    assert "426,00 € comptés" not in text, "what counted then stands beside its day only"
    assert "Au 1er janv. 2027" not in text
    # Closed, it does not stay.
    pay(account=account, on=date(2026, 11, 5), amount="326.00")
    detect(date(2026, 11, 5))
    assert "plus rien n’est dû depuis le 5 nov. 2026" in page(ArrearsCase.objects.get(account=account))


def test_the_page_says_that_a_plan_does_not_stop_the_duty():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    detect(date(2026, 11, 5))
    debts = list(OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind=HoldKind.PLAN, reason="Plan tenu", actor=make_actor())
    assert "continuent jusqu’au règlement" in page(case_of(account))


@pytest.mark.clock("2027-12-21")
def test_the_page_says_from_which_day_a_debt_that_stands_again_counts():
    # D3 for 450 € and less: three months from the day on which the return was known, so nothing on 21 December.
    lease, paid = let(), date(2027, 8, 6)
    with clock.travel(paid):
        account = owe(lease=lease, due_on=date(2027, 8, 5), amount="450.00")
        entry = pay(account=account, on=paid, amount="450.00")
    with clock.travel(date(2027, 12, 20)):
        reverse_entries(entry_ids=[entry], actor=SYSTEM, effective_on=date(2027, 12, 20), kind=EntryKind.RETURN)
    detect(date(2027, 12, 21))
    case = case_of(account)
    assert case.constituted_on is None
    text = page(case)
    assert "le défaut compte à partir du jour où cela a été connu, le 20 déc. 2027" in text
    assert "soit le 20 mars 2028 pour le plus ancien" in text
    assert "une partie a été payée" not in text


@pytest.mark.clock("2026-11-10")
def test_the_page_says_why_a_part_payment_does_not_end_the_duty():
    with clock.travel(date(2026, 10, 26)):
        account = owe(lease=let(), due_on=date(2026, 11, 5), amount="426.00")
    pay(account=account, on=date(2026, 11, 8), amount="100.00")
    detect(date(2026, 11, 10))
    text = page(case_of(account))
    assert "puis une partie a été payée. L’impayé demeure tant que tout n’est pas réglé" in text
    assert "Échéance du 5 nov., payée le 8 nov." in text
    assert "Un paiement a été repris" not in text


def test_the_page_shows_the_ccapex_with_its_text():
    account = owe(lease=managed(aid=None), due_on=date(2026, 10, 1), amount="800.00")
    detect(date(2026, 11, 5))
    text = page(case_of(account))
    assert "art. 24 I" in text
    assert "depuis le 1er oct. 2026, au commandement de payer" in text
    account = owe(lease=let(), due_on=date(2026, 10, 1), amount="800.00")
    detect(date(2026, 11, 5))
    # A private sub-letting: no article 24, so no day from which the writ is possible.
    ArrearsCase.objects.filter(account=account).update(reported_on=date(2026, 11, 2))
    told = page(case_of(account))
    assert "L’art. 24 de la loi n° 89-462 ne régit pas ce contrat" in told
    assert "assignation possible" not in told
    Organisation.objects.update(body="HLM", is_person=False, is_family_company=False)
    assert "Bailleur personne morale" in page(case_of(account))


def test_the_delay_before_the_writ_is_that_of_the_day_on_which_the_ccapex_was_seized():
    # Reported on 20 October, under two months; the delay of three months begins on 1 November.
    changed = date(2026, 11, 1)
    value("ccapex.writ_months", "2", None, changed)
    value("ccapex.writ_months", "3", changed)
    account = owe(lease=let(), due_on=date(2026, 10, 1), amount="480.00")
    Organisation.objects.update(body="HLM", is_person=False, is_family_company=False)
    detect(date(2026, 11, 5))
    for reported_on, said in ((date(2026, 10, 20), "21 déc. 2026"), (date(2026, 11, 2), "3 févr. 2027")):
        ArrearsCase.objects.update(reported_on=reported_on)
        assert f"assignation possible à partir du {said}, si la dette demeure" in page(case_of(account))
