"""What a debt is made of, in words: each month with its proof."""

from datetime import date

import pytest

from common import clock
from rent_ledger.books.queries.explain import explain_debt
from rent_ledger.books.queries.statement import owed_months
from rent_ledger.models import AccountState
from tests.factories import make_actor
from tests.rent_ledger.aids import bill, bring, housed

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]


def test_what_a_payer_did_not_pay_stands_in_the_month_of_the_avis_that_prints_it():
    """November's aid lacks 50,00: due on 1 December, printed on December's avis and never asked by November's."""
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    account = AccountState.objects.get(account__lease=lease).account_id
    [november] = owed_months(account, day=clock.today())
    assert (str(november.remaining), november.reference[:9]) == ("230.00", "AVIS-2611")
    bill(lease, date(2026, 12, 1))
    with clock.travel(date(2026, 12, 2)):
        months = owed_months(account, day=clock.today())
        tree = explain_debt(account, clock.today(), make_actor())
    assert [(str(m.month), str(m.remaining), m.reference[:9]) for m in months] == [
        ("2026-11", "230.00", "AVIS-2611"),
        ("2026-12", "280.00", "AVIS-2612"),
    ]
    assert str(tree.amount) == "510.00"


def test_a_shortfall_that_no_avis_prints_has_no_proof_of_another_month():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    account = AccountState.objects.get(account__lease=lease).account_id
    with clock.travel(date(2026, 12, 2)):
        months = owed_months(account, day=clock.today())
    assert [(str(m.month), str(m.remaining), m.reference[:9]) for m in months] == [
        ("2026-11", "230.00", "AVIS-2611"),
        ("2026-12", "50.00", ""),
    ]
