"""An answer is taken back with all that it set, while nothing stands on it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, Task
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.social import open_requests, request_help
from rent_ledger.books.models import AccountState
from rent_ledger.models import SocialAnswer
from social_link.alerts.queries import taken_back
from social_link.alerts.services.answers import answer, close_paid, take_back_answer
from social_link.alerts.services.raising import raise_alerts
from social_link.models import Alert
from tests.factories import hold_letters, make_actor, make_alert, make_arrears, make_referent, make_user, pay

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
FRIDAY = date(2026, 11, 6)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def on_a_debt() -> tuple[Alert, Actor]:
    case = make_arrears(dues=[OCT, NOV])
    referent = make_referent(household=case.account.household)
    raise_alerts(day=FRIDAY, actor=Actor.system())
    return Alert.objects.get(household=case.account.household), Actor.of(referent)


def told(alert: Alert, actor: Actor) -> Alert:
    return answer(
        alert=alert, contact_made=True, cause="BENEFIT", hold_until=FRIDAY + timedelta(days=10), plan_asked=True,
        plan_amount=Decimal("51.00"), next_step="FSL", next_step_on=FRIDAY, actor=actor,
    )  # fmt: skip


def holds(alert: Alert) -> list[tuple[str, date]]:
    rows = alert.case.letter_holds.filter(lifted_at=None).order_by("source")  # type: ignore[union-attr]
    return list(rows.values_list("source", "until"))


def test_the_debt_file_is_as_it_was_before_the_answer() -> None:
    alert, referent = on_a_debt()
    request_help(case=alert.case, actor=make_actor(role=Role.RENTAL_MANAGER))
    before = holds(alert), AccountState.objects.get(account=alert.case.account_id).lane
    assert before[0]
    told(alert, referent)
    assert holds(alert) == [("SOCIAL", FRIDAY + timedelta(days=10))]
    assert Notice.objects.filter(kind="SOCIAL_ANSWER", seen_at=None).exists()
    with clock.travel(FRIDAY + timedelta(days=1)):
        for _ in range(2):
            again = take_back_answer(alert=alert, actor=referent)
    assert (again.state, again.answer, again.answered_at) == ("ACK", None, None)
    assert not SocialAnswer.objects.exists()
    assert (holds(alert), AccountState.objects.get(account=alert.case.account_id).lane) == before
    assert alert.case_id in open_requests([alert.case_id])
    assert Task.objects.filter(kind="ALERT_ANSWER", about_id=alert.pk, state="TODO").exists()
    assert not Task.objects.filter(kind="PLAN", about_id=alert.case_id, state="TODO").exists()
    assert not Notice.objects.filter(kind="SOCIAL_ANSWER", about_id=alert.case_id, seen_at=None).exists()
    # What it said is in its history, and in the form that corrects it.
    said = taken_back(Alert.objects.get(pk=alert.pk))
    assert (said["cause"], said["plan_amount"], said["next_step"]) == ("BENEFIT", Decimal("51.00"), "FSL")
    assert told(alert, referent).state == "ANSWERED"


def test_a_closing_as_paid_is_taken_back() -> None:
    alert, referent = on_a_debt()
    pay(account=alert.case.account_id, on=date(2026, 11, 5), amount="960.00")
    close_paid(alert=alert, actor=referent)
    assert take_back_answer(alert=alert, actor=referent).state == "ACK"
    assert close_paid(alert=alert, actor=referent).state == "ANSWERED"


def test_an_alert_without_a_debt_is_open_again() -> None:
    alert = make_alert()
    who = Actor.of(alert.assignee)
    answer(alert=alert, contact_made=True, actor=who)
    assert take_back_answer(alert=alert, actor=who).state == "ACK"


def test_what_stands_on_the_answer_keeps_it() -> None:
    alert, referent = on_a_debt()
    told(alert, referent)
    manager = make_actor(role=Role.RENTAL_MANAGER)
    # A pause of the rent side stands on nothing.
    hold_letters(case=alert.case, until=FRIDAY + timedelta(days=20), source="RENT", reason="Congés", actor=manager)
    decide(case=alert.case, decision="CHANGE", action="NOTHING", reason="Plan vu avec le ménage", actor=manager)
    with pytest.raises(Conflict, match="a décidé sur cette réponse le 6\\xa0nov : elle reste") as refused:
        take_back_answer(alert=alert, actor=referent)
    assert refused.value.code == "in_use"
    assert Alert.objects.get(pk=alert.pk).state == "ANSWERED"


def test_another_open_alert_is_answered_instead() -> None:
    alert, referent = on_a_debt()
    told(alert, referent)
    make_alert(household=alert.household, to=referent.user)
    with pytest.raises(Conflict, match="une autre alerte ouverte"):
        take_back_answer(alert=alert, actor=referent)


def test_by_who_answered_and_the_head_only() -> None:
    alert, referent = on_a_debt()
    told(alert, referent)
    with pytest.raises(NotAllowed):
        take_back_answer(alert=alert, actor=Actor.of(make_user(role=Role.SOCIAL_WORKER)))
    assert take_back_answer(alert=alert, actor=make_actor(role=Role.HEAD_OF_SOCIAL)).state == "ACK"
