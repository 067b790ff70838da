"""The budget beside a plan: the social service says it and reads it, management reads the word that comes of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from rent_ledger.arrears.services.budgets import estimate_budget, withdraw_budget
from rent_ledger.models import ArrearsCase, BudgetEstimate
from tests.factories import make_association, make_referent, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, opened_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ArrearsCase:
    """600.00 owed, no demand yet: the term of the books is nothing."""
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


@pytest.fixture
def user(case: ArrearsCase) -> User:
    return make_referent(household=case.account.household, user=make_user(role=Role.SOCIAL_WORKER))  # type: ignore[arg-type]


def at(name: str, case: ArrearsCase) -> str:
    return reverse(f"rent_ledger:{name}", args=[case.pk])


def test_a_budget_is_said_compared_and_taken_back(case: ArrearsCase, user: User) -> None:
    worker, manager = signed_in(user), signed_in(make_user())
    data: dict[str, Any] = {"persons": "2", "resources": "1 237,41", "ENERGY": "95,00", "CREDIT": "200,00"}
    for _ in range(2):
        assert worker.post(at("budget", case), data).status_code == 302
    budget = BudgetEstimate.objects.get()
    assert dict(budget.lines.values_list("kind", "amount")) == {
        "ENERGY": Decimal("95.00"),
        "CREDIT": Decimal("200.00"),
    }
    whole = plain(worker.get(at("plan", case)))
    assert "1 237,41 €" in whole
    left = (Decimal("1237.41") - Decimal("295.00") - budget.term) / 60
    assert f"{left:.3f}"[:-1].replace(".", ",") in whole
    told = plain(manager.get(at("plan", case)))
    assert "Reste à vivre, estimation" in told
    assert "Soutenable" in told
    for amount in ("1 237,41", "95,00 €", "295,00"):
        assert amount not in told
    assert manager.get(at("budget", case)).status_code == 403
    worker.post(at("budget_withdraw", case), {"estimation": budget.pk})
    assert not BudgetEstimate.objects.exists()
    assert "Reste à vivre" not in plain(manager.get(at("plan", case)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"persons": "0"}, "persons"), ({"resources": "-1"}, "resources"), ({"ENERGY": "-5"}, "ENERGY")],
)
def test_what_is_no_budget_is_refused(case: ArrearsCase, user: User, changes: dict[str, str], said: str) -> None:
    answer = signed_in(user).post(at("budget", case), {"persons": "1", "resources": "800"} | changes)
    assert answer.status_code == 422
    assert said in answer.context["form"].errors


def test_another_estimate_is_another_row_and_the_last_one_counts(case: ArrearsCase, user: User) -> None:
    actor = Actor.of(user)
    first = estimate_budget(case=case, persons=1, resources=Decimal(900), lines={}, actor=actor)
    assert estimate_budget(case=case, persons=1, resources=Decimal(900), lines={}, actor=actor).pk == first.pk
    second = estimate_budget(case=case, persons=1, resources=Decimal(900), lines={"TAX": Decimal(30)}, actor=actor)
    assert BudgetEstimate.objects.first() == second
    # A double click takes back one.
    for _ in range(2):
        withdraw_budget(case=case, budget_id=second.pk, actor=actor)
    assert BudgetEstimate.objects.first() == first
