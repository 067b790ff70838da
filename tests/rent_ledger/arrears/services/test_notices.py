"""To whom an answer of the social service is told."""

from datetime import date

import pytest

from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice
from office.notices.queries import lines
from rent_ledger.arrears.codes import Decision
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.books.codes import Action
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import make_actor, make_arrears, make_let, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ArrearsCase:
    return make_arrears(lease=make_let(name="Mme Sarr", start=date(2024, 3, 15)), dues=[date(2026, 10, 1)])


def answered(case: ArrearsCase) -> set[str]:
    """An answer; the last names of who is told."""
    worker = make_user(role=Role.SOCIAL_WORKER)
    record_social_answer(case=case, contact_made=True, cause="JOB_LOSS", actor=Actor.of(worker))
    return {notice.user.last_name for notice in Notice.objects.filter(kind="SOCIAL_ANSWER")}


def test_to_who_follows_the_rents_of_the_household(case: ArrearsCase) -> None:
    make_user(last_name="Karim")
    household = case.account.household
    household.manager = make_user(last_name="Nadège")
    household.save()
    assert answered(case) == {"Nadège"}
    [line] = lines(Notice.objects.all())
    assert line.shown.title == "Réponse du service social : Mme Sarr"


def test_a_decision_is_the_end_of_it(case: ArrearsCase) -> None:
    make_user(last_name="Karim")
    answered(case)
    assert Notice.objects.unseen().filter(kind="SOCIAL_ANSWER").exists()
    AccountState.objects.filter(account_id=case.account_id).update(action=Action.CALL)
    decide(case=case, decision=Decision.REFUSE, reason="Vu", actor=make_actor())
    assert not Notice.objects.unseen().filter(kind="SOCIAL_ANSWER").exists()


def test_else_to_who_asked(case: ArrearsCase) -> None:
    make_user(last_name="Karim")
    request_help(case=case, actor=Actor.of(make_user(last_name="Nadège")))
    assert answered(case) == {"Nadège"}


def test_else_to_all_who_decide(case: ArrearsCase) -> None:
    make_user(last_name="Karim")
    make_user(last_name="Nadège")
    make_user(role=Role.TECHNICIAN, last_name="Yann")
    assert {"Karim", "Nadège"} <= answered(case)
    assert "Yann" not in answered(case)


def test_who_left_the_service_is_told_nothing(case: ArrearsCase) -> None:
    household = case.account.household
    household.manager = make_user(last_name="Partie")
    household.save()
    household.manager.is_active = False
    household.manager.save()
    make_user(last_name="Karim")
    assert "Partie" not in answered(case)
