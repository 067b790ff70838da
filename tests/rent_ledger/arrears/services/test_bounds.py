"""What is beyond all sense is refused, with what to do: a pause or a plan without end, an instalment above the debt."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.errors import InvalidInput
from rent_ledger.arrears.queries.arrears import plan_terms
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import CaseDecision, DebtHold, LetterHold
from tests.factories import hold_letters, make_actor
from tests.rent_ledger.arrears.services.test_arrears import TODAY, opened_case
from tests.rent_ledger.arrears.services.test_decisions import plan_asked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (TODAY + timedelta(days=92), ""),
        (TODAY + timedelta(days=93), "jusqu’au 05/02/2027 au plus, et se renouvelle"),
        (date(2199, 1, 1), "jusqu’au 05/02/2027 au plus"),
    ],
)
def test_a_pause_ends_within_the_delay_of_the_house(until: date, said: str) -> None:
    case = opened_case()
    if said:
        with pytest.raises(InvalidInput, match=said) as refusal:
            decide(case=case, decision="PAUSE", reason="Prime", pause_until=until, actor=make_actor())
        assert refusal.value.field == "pause_until"
        assert not CaseDecision.objects.exists()
    else:
        decide(case=case, decision="PAUSE", reason="Prime", pause_until=until, actor=make_actor())
        assert LetterHold.objects.get().until == until


@pytest.mark.parametrize("source", ["RENT", "SOCIAL", "RULE"])
def test_no_pause_lasts_more_than_a_year_whoever_decides_it(source: str) -> None:
    case, actor = opened_case(), make_actor(roles=("RENTAL_MANAGER", "HEAD_OF_SOCIAL"))
    with pytest.raises(InvalidInput, match="un an au plus"):
        hold_letters(case=case, until=TODAY + timedelta(days=367), source=source, actor=actor)
    assert hold_letters(case=case, until=TODAY + timedelta(days=366), source=source, actor=actor).pk


@pytest.mark.parametrize(
    ("until", "said"),
    [(date(2029, 11, 5), ""), (date(2029, 11, 6), "05/11/2029"), (date(2199, 1, 1), "05/11/2029")],
)
def test_a_plan_lasts_three_years_at_most(until: date, said: str) -> None:
    case = opened_case()
    plan_asked(case)
    if said:
        with pytest.raises(InvalidInput, match=said) as refusal:
            decide(case=case, decision="CONFIRM", plan_until=until, actor=make_actor())
        assert (refusal.value.field, DebtHold.objects.count()) == ("plan_until", 0)
    else:
        decide(case=case, decision="CONFIRM", plan_until=until, actor=make_actor())
        assert DebtHold.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "said"),
    [("213.00", ""), ("213.01", "213,00"), ("9999999.00", "dépasse ce qui est dû"), ("0.00", "positive")],
)
def test_an_instalment_is_no_more_than_the_debt(amount: str, said: str) -> None:
    case = opened_case()
    worker = make_actor(role="SOCIAL_WORKER")
    asked = {"contact_made": True, "cause": "BUDGET", "plan_asked": True, "plan_amount": Decimal(amount)}
    if said:
        with pytest.raises(InvalidInput, match=said) as refusal:
            record_social_answer(case=case, actor=worker, **asked)
        assert refusal.value.field == "plan_amount"
    else:
        assert record_social_answer(case=case, actor=worker, **asked).plan_amount == Decimal(amount)


def test_the_end_that_is_proposed_is_one_that_can_be_accepted() -> None:
    case = opened_case()
    plan_asked(case, "1.00")
    plan = plan_terms(case.account_id, day=TODAY)
    assert (plan.end, plan.left, plan.least) == (date(2029, 11, 5), Decimal("177.00"), Decimal("5.92"))


def test_a_plan_that_pays_all_leaves_nothing() -> None:
    case = opened_case()
    plan_asked(case, "100.00")
    plan = plan_terms(case.account_id, day=TODAY)
    assert (plan.end, plan.owed, plan.left) == (date(2027, 2, 5), Decimal("213.00"), Decimal("0.00"))
