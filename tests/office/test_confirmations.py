"""What is asked before something unusual is asked once, and its reason is kept with what was done."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from common.errors import Asked
from common.reasons import Reason
from office.confirmations.queries import confirmed
from office.confirmations.services import ask, keep
from office.models import Confirmation
from rent_ledger.payments.codes import PaymentQuestion
from tests.factories import make_actor

pytestmark = pytest.mark.django_db
ABOVE = Reason(PaymentQuestion.ABOVE_DUE, {"owed": Decimal("100.00"), "ahead": Decimal("20.00")})
CASH = Reason(PaymentQuestion.MUCH_CASH, {"most": Decimal("1000.00")})


def test_all_is_asked_at_once_and_what_is_not_asked_is_not_answered() -> None:
    for answers in ({}, {"above_due": "Décembre"}, {"above_due": "Décembre", "much_cash": "  "}):
        with pytest.raises(Asked) as refusal:
            ask([ABOVE, CASH], answers)
        assert (refusal.value.code, refusal.value.field) == ("above_due", "because")
        assert refusal.value.questions == ("above_due", "much_cash")
    assert ask([], {"above_due": "Décembre"}) == []
    assert [one.why for one in ask([CASH], {"much_cash": " Vente ", "above_due": "Décembre"})] == ["Vente"]


def test_the_answer_of_a_form_is_to_the_figures_that_it_was_asked_about() -> None:
    more = Reason(PaymentQuestion.ABOVE_DUE, {"owed": Decimal("100.00"), "ahead": Decimal("2000.00")})
    with pytest.raises(Asked) as refusal:
        ask([ABOVE], {})
    [mark] = refusal.value.marks
    assert [one.why for one in ask([ABOVE], {mark: "Décembre"})] == ["Décembre"]
    with pytest.raises(Asked):
        ask([more], {mark: "Décembre"})


def test_the_answer_is_kept_once_with_who_gave_it_and_why() -> None:
    actor = make_actor()
    for why in ("Décembre", "Janvier"):
        keep(ask([ABOVE], {"above_due": why}), about="payment", about_id=7, actor=actor)
    keep(ask([CASH], {"much_cash": "Vente"}), about="payment", about_id=8, actor=actor)
    [kept] = confirmed("payment", 7, PaymentQuestion)
    assert (kept.reason, kept.author) == ("Décembre", str(actor.user))
    assert "20,00" in kept.asked
    assert "resteraient en avance" in kept.asked
    assert confirmed("lease", 7, PaymentQuestion) == []


def test_an_answer_is_never_changed() -> None:
    keep(ask([CASH], {"much_cash": "Vente"}), about="payment", about_id=8, actor=make_actor())
    with pytest.raises(DatabaseError), transaction.atomic():
        Confirmation.objects.update(reason="Autre")
    assert Confirmation.objects.get().reason == "Vente"
