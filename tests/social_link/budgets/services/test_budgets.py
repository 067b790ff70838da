"""A budget is made, compared, taken back, and taken over beside a plan, of which management reads the word alone."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.models import ArrearsCase, BudgetEstimate
from social_link.budgets import services
from social_link.budgets.queries import books_rent, budget_now, last_budgets, lines_of
from social_link.models import Budget
from tests.factories import make_association, make_referent, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, opened_case

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
SAID: dict[str, Any] = {"on": TODAY, "older": 2, "younger": 1, "rent": D(500), "aid": D(200)}
AMOUNTS = {"WORK": D("1100.11"), "FAMILY": D("151.00"), "ENERGY": D("60.00"), "FOOD": D("300.00"), "DEBTS": D(0)}


@pytest.fixture
def case() -> ArrearsCase:
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


@pytest.fixture
def household(case: ArrearsCase) -> Household:
    household = case.account.household
    assert household
    return household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household, user=make_user(role=Role.SOCIAL_WORKER)))


def make(household: Household, actor: Actor, **other: Any) -> Budget:
    return services.make_budget(household=household, actor=actor, **{**SAID, "amounts": AMOUNTS, **other})


def test_a_budget_is_kept_once_compared_and_taken_back(household: Household, referent: Actor) -> None:
    first = make(household, referent, on=date(2026, 5, 4), papers=["PAYER"])
    last = make(household, referent)
    assert make(household, referent) == last
    assert last_budgets(household) == [last, first]
    assert (budget_now(first, TODAY).is_old, budget_now(last, TODAY).is_old) == (True, False)
    now = budget_now(last, TODAY)
    assert (now.left.left, now.left.by_person, now.left.balance) == (D("891.11"), D("9.90"), D("591.11"))
    lines = {line.label: line for line in lines_of([last, first])}
    assert lines["Salaires"].cells == [D("1100.11")] * 2
    assert lines["Salaires"].delta is None
    assert "Chômage" not in lines
    for _ in range(2):
        services.withdraw_budget(budget_id=last.pk, actor=referent)
    assert last_budgets(household) == [first]
    for _ in range(2):
        services.bring_back_budget(budget_id=last.pk, actor=referent)
    assert last_budgets(household)[0].left == now.left


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"on": date(2026, 11, 6)}, "on"),
        ({"older": 0}, "older"),
        ({"younger": -1}, "younger"),
        ({"rent": D(-1)}, "rent"),
        ({"amounts": {"WORK": D(-1)}}, "WORK"),
        ({"papers": ["X"]}, "papers"),
    ],
)
def test_what_is_no_budget(household: Household, referent: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(household, referent, **wrong)
    assert refused.value.field == field


def test_the_rent_of_the_books_says_so(household: Household, case: ArrearsCase, referent: Actor) -> None:
    state = case.account.state
    type(state).objects.update(gross_term=D("500.00"), net_term=D("213.00"))
    books = books_rent(household, TODAY)
    assert books is not None
    assert (books.rent, books.aid) == (D(500), D(287))
    assert make(household, referent, aid=D(287)).source == "BOOKS"
    assert make(household, referent, aid=D(286)).source == "SAID"


def test_management_reads_the_word_alone(household: Household, case: ArrearsCase, referent: Actor) -> None:
    budget = make(household, referent)
    for _ in range(2):
        _, estimate = services.take_over(budget=budget, actor=referent)
    assert BudgetEstimate.objects.get() == estimate
    assert (estimate.persons, estimate.resources) == (3, D("1251.11"))
    assert dict(estimate.lines.values_list("kind", "amount")) == {"ENERGY": D("60.00")}
    manager = signed_in(make_user())
    told = plain(manager.get(reverse("rent_ledger:plan", args=[case.pk])))
    assert "Reste à vivre, estimation" in told
    for amount in ("1 251,11", "1 100,11", "891,11"):
        assert amount not in told
    for name in ("budgets", "budget_new"):
        assert manager.get(reverse(f"social_link:{name}", args=[household.pk])).status_code == 403
    ArrearsCase.objects.update(closed_on=TODAY)
    with pytest.raises(Conflict, match="aucun plan"):
        services.take_over(budget=budget, actor=referent)


def test_who_does_not_follow_the_household(household: Household, referent: Actor) -> None:
    budget = make(household, referent)
    other = Actor.of(make_user(role=Role.SOCIAL_WORKER))
    with pytest.raises(NotAllowed, match="référente"):
        make(household, other)
    with pytest.raises(NotAllowed):
        services.withdraw_budget(budget_id=budget.pk, actor=other)


def test_the_pages(household: Household, referent: Actor) -> None:
    worker = signed_in(referent.user)
    new, shown = (reverse(f"social_link:{name}", args=[household.pk]) for name in ("budget_new", "budgets"))
    assert "Aucun budget" in plain(worker.get(shown))
    data = {
        "on": "05/11/2026",
        "older": "1",
        "younger": "0",
        "rent": "500",
        "aid": "200",
        "MINIMUM": "635,71",
        "papers": "PAYER",
    }
    assert worker.post(new, data | {"rent": ""}).status_code == 422
    assert worker.post(new, data).status_code == 302
    page = plain(worker.get(shown))
    assert "11,19 €" in page
    assert "47,2 %" in page
    assert "78,7 %" in page
    assert "Attestation CAF" in page
    assert "635,71" in plain(worker.get(new))
    social = plain(worker.get(reverse("desk:household_social", args=[household.pk])))
    assert "11,19 €" in social
