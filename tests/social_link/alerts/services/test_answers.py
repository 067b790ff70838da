"""Taking, passing on and answering an alert; the debt file learns four things and no more."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.workdays import add_working_days
from desk.queries.social_home import head_home
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from rent_ledger.models import LetterHold, SocialAnswer
from social_link.alerts.services.answers import acknowledge, already_followed, answer, close_paid, reassign
from social_link.alerts.services.raising import raise_alerts
from social_link.measures.services.measures import open_measure
from social_link.models import Alert, AlertFact
from tests.factories import (
    make_actor,
    make_alert,
    make_arrears,
    make_household,
    make_let,
    make_referent,
    make_user,
    owe,
    pay,
)  # fmt: skip
from tests.pages import signed_in, words

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
FRIDAY = date(2026, 11, 6)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def on_a_debt() -> tuple[Alert, Actor]:
    case = make_arrears(dues=[OCT, NOV])
    referent = make_referent(household=case.account.household)
    raise_alerts(day=FRIDAY, actor=Actor.system())
    return Alert.objects.get(household=case.account.household), Actor.of(referent)


def test_taking_an_alert() -> None:
    alert, referent = on_a_debt()
    taken = acknowledge(alert=alert, actor=referent)
    assert (taken.state, taken.acknowledged_by, taken.acknowledged_at) == ("ACK", referent.user, clock.now())
    assert acknowledge(alert=alert, actor=referent).state == "ACK"


def test_the_second_is_told_who_took_it() -> None:
    alert, referent = on_a_debt()
    acknowledge(alert=alert, actor=referent)
    with pytest.raises(Conflict, match=f"{referent.user} a déjà pris cette alerte"):
        acknowledge(alert=alert, actor=make_actor(role=Role.HEAD_OF_SOCIAL))


@pytest.mark.parametrize("role", [r for r in Role if r != Role.HEAD_OF_SOCIAL])
def test_who_does_not_follow_the_household_does_nothing(role: str) -> None:
    alert, _ = on_a_debt()
    stranger = make_actor(role=role)
    for call in (
        lambda: acknowledge(alert=alert, actor=stranger),
        lambda: answer(alert=alert, contact_made=True, cause="UNKNOWN", actor=stranger),
        lambda: reassign(alert=alert, to=make_user(role=Role.SOCIAL_WORKER), actor=stranger),
        lambda: already_followed(alert=alert, cause="UNKNOWN", actor=stranger),
        lambda: close_paid(alert=alert, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_the_answer_reaches_the_debt_file_and_nothing_else_does() -> None:
    alert, referent = on_a_debt()
    done = answer(
        alert=alert, contact_made=True, cause="BENEFIT", hold_until=FRIDAY + timedelta(days=30), plan_asked=True,
        plan_amount=Decimal("51.00"), next_step="BENEFIT", next_step_on=FRIDAY, actor=referent,
    )  # fmt: skip
    told = SocialAnswer.objects.get()
    assert (done.state, done.answer, done.acknowledged_by) == ("ANSWERED", told, referent.user)
    assert (told.case, told.cause, told.plan_amount, told.next_step) == (
        alert.case, "BENEFIT", Decimal("51.00"), "BENEFIT",
    )  # fmt: skip
    running = LetterHold.objects.filter(lifted_at__isnull=True)
    assert [(h.source, h.until) for h in running] == [("SOCIAL", FRIDAY + timedelta(days=30))]
    with pytest.raises(Conflict, match="a déjà sa réponse"):
        answer(alert=alert, contact_made=True, cause="BENEFIT", actor=referent)
    with pytest.raises(Conflict, match="a déjà sa réponse"):
        acknowledge(alert=alert, actor=referent)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cause": ""}, "cause"),
        ({"cause": "LAZY"}, "cause"),
        ({"hold_until": FRIDAY + timedelta(days=31)}, "hold_until"),
        ({"hold_until": FRIDAY - timedelta(days=1)}, "hold_until"),
        ({"plan_amount": Decimal("51.00")}, "plan_amount"),
    ],
)
def test_a_refused_answer_changes_nothing(wrong: dict[str, object], field: str) -> None:
    alert, referent = on_a_debt()
    with pytest.raises(InvalidInput) as refusal:
        answer(**{"alert": alert, "contact_made": True, "cause": "BENEFIT", "actor": referent} | wrong)
    assert refusal.value.field == field
    assert Alert.objects.get().state == "RAISED"
    assert LetterHold.objects.get().lifted_at is None


def test_an_alert_without_a_debt_is_answered_too() -> None:
    alert = make_alert()
    done = answer(alert=alert, contact_made=False, actor=Actor.of(alert.assignee))
    assert (done.state, done.answer) == ("ANSWERED", None)


def test_already_followed_in_one_gesture() -> None:
    alert, referent = on_a_debt()
    done = already_followed(alert=alert, cause="FAMILY", next_step="VISIT", next_step_on=FRIDAY, actor=referent)
    assert (done.state, done.acknowledged_at, done.answer.contact_made) == ("ANSWERED", clock.now(), True)


def test_a_paid_debt_is_closed_in_one_gesture() -> None:
    alert, referent = on_a_debt()
    pay(account=alert.case.account_id, on=date(2026, 11, 5), amount="426.00")
    done = close_paid(alert=alert, actor=referent)
    assert (done.state, done.acknowledged_by, done.answered_at) == ("ANSWERED", referent.user, clock.now())
    told = done.answer
    assert (told.cause, told.contact_made, told.hold_until, told.plan_asked) == ("UNKNOWN", False, None, False)
    assert (told.next_step, told.next_step_on) == ("PAID", date(2026, 11, 5))
    assert not LetterHold.objects.filter(case=alert.case, lifted_at=None).exists()
    with pytest.raises(Conflict, match="a déjà sa réponse"):
        close_paid(alert=alert, actor=referent)


def test_what_is_still_owed_waits_for_an_answer() -> None:
    alert, referent = on_a_debt()
    pay(account=alert.case.account_id, on=date(2026, 11, 5), amount="425.99")
    with pytest.raises(Conflict, match="n’est pas soldée"):
        close_paid(alert=alert, actor=referent)
    assert Alert.objects.get().state == "RAISED"


def test_a_debt_of_another_contract_waits_too() -> None:
    alert, referent = on_a_debt()
    pay(account=alert.case.account_id, on=date(2026, 11, 5), amount="426.00")
    other = make_let()
    other.household = alert.household
    other.save()
    owe(lease=other, due_on=NOV)
    with pytest.raises(Conflict, match="n’est pas soldée"):
        close_paid(alert=alert, actor=referent)


def test_what_a_technician_saw_is_not_paid_away() -> None:
    alert, referent = on_a_debt()
    pay(account=alert.case.account_id, on=date(2026, 11, 5), amount="426.00")
    AlertFact.objects.create(alert=alert, rule="R10", key="R10:H1:S1", reasons=[])
    with pytest.raises(Conflict, match="elle dit autre chose"):
        close_paid(alert=alert, actor=referent)
    without_case = make_alert()
    with pytest.raises(Conflict, match="elle dit autre chose"):
        close_paid(alert=without_case, actor=Actor.of(without_case.assignee))


def test_passing_it_on() -> None:
    alert, referent = on_a_debt()
    acknowledge(alert=alert, actor=referent)
    colleague = make_user(role=Role.SOCIAL_WORKER)
    passed = reassign(alert=alert, to=colleague, reason="Congés", actor=referent)
    assert (passed.assignee, passed.state, passed.acknowledged_by) == (colleague, "ACK", referent.user)
    assert (passed.reassigned_by, passed.reassign_reason) == (referent.user, "Congés")
    assert passed.ack_due_on == alert.ack_due_on
    with pytest.raises(InvalidInput, match="déjà à"):
        reassign(alert=alert, to=colleague, actor=referent)
    assert acknowledge(alert=alert, actor=Actor.of(colleague)).acknowledged_by == referent.user
    with pytest.raises(Conflict, match="a déjà pris"):
        acknowledge(alert=alert, actor=make_actor(role=Role.HEAD_OF_SOCIAL))


def test_taken_in_time_and_passed_on_later_it_is_late_for_nobody() -> None:
    alert, referent = on_a_debt()
    acknowledge(alert=alert, actor=referent)
    with clock.travel(alert.ack_due_on + timedelta(days=1)):
        passed = reassign(alert=alert, to=make_user(role=Role.SOCIAL_WORKER), actor=referent)
        assert raise_alerts(day=clock.today(), actor=Actor.system()).escalated == 0
    assert passed.answer_due_on == alert.answer_due_on


def test_nobody_is_given_one_to_take_by_a_day_that_is_past() -> None:
    alert, referent = on_a_debt()
    first, second = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    with clock.travel(alert.ack_due_on):
        assert reassign(alert=alert, to=first, actor=referent).ack_due_on == alert.ack_due_on
    with clock.travel(alert.ack_due_on + timedelta(days=1)):
        today = clock.today()
        due = reassign(alert=alert, to=second, actor=Actor.of(first)).ack_due_on
        assert due == add_working_days(today, 5)
        assert Task.objects.get(kind="ALERT_TAKE", about_id=alert.pk).due_on == due


def test_a_delay_stays_with_who_had_the_alert_then() -> None:
    alert, referent = on_a_debt()
    acknowledge(alert=alert, actor=referent)
    first, second = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    assert reassign(alert=alert, to=first, actor=head).late_with is None
    with clock.travel(alert.answer_due_on + timedelta(days=1)):
        assert reassign(alert=alert, to=second, actor=head).late_with == first
        assert reassign(alert=alert, to=referent.user, actor=head).late_with == first
        load = {row.user: row for row in head_home(actor=head, day=clock.today()).workers}
    assert (load[first].to_answer, load[first].late_answer) == (0, 1)
    assert (load[referent.user].to_answer, load[referent.user].late_answer) == (1, 0)


def test_the_head_sees_silences_and_measures_to_decide_by_person() -> None:
    first, second = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    alert = make_alert(to=first)
    make_alert(to=first)
    Alert.objects.filter(pk=alert.pk).update(rule="R8bis")
    for ends in (FRIDAY - timedelta(days=2), FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=200)):
        household = make_household()
        make_referent(household=household)
        open_measure(
            household=household, kind="SIMPLE", start=date(2026, 1, 1), planned_end=ends, referent=second,
            actor=make_actor(role=Role.HEAD_OF_SOCIAL),
        )  # fmt: skip
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    load = {row.user: row for row in head_home(actor=Actor.of(head), day=FRIDAY).workers}
    assert (load[first].to_take, load[first].silences, load[first].deciding) == (2, 1, 0)
    assert (load[second].households, load[second].silences, load[second].deciding) == (2, 0, 2)
    home = words(signed_in(head).get(reverse("desk:home")))
    assert "0 à répondre 1 silence" in home
    assert "0 à répondre 2 mesures à décider" in home


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.DIRECTOR])
def test_it_stays_within_the_social_service(role: str) -> None:
    alert, referent = on_a_debt()
    with pytest.raises(InvalidInput, match="service social"):
        reassign(alert=alert, to=make_user(role=role), actor=referent)


# ---------- two at once ----------


def race(*calls: Callable[[], object]) -> list[object]:
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        with clock.travel(FRIDAY):
            try:
                barrier.wait(10)
                results[index] = calls[index]()
            except Exception as error:
                results[index] = error
            finally:
                connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_people_take_it_at_once_and_one_is_told_who() -> None:
    alert = make_alert()
    people = [Actor.of(alert.assignee), make_actor(role=Role.HEAD_OF_SOCIAL)]
    results = race(*[lambda actor=actor: acknowledge(alert=alert, actor=actor) for actor in people])
    (won,) = [r for r in results if isinstance(r, Alert)]
    (told,) = [r for r in results if isinstance(r, Conflict)]
    assert str(won.acknowledged_by) in told.message
    assert Alert.objects.get().acknowledged_by == won.acknowledged_by


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one() -> None:
    alert, referent = on_a_debt()
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    results = race(
        *[
            lambda actor=actor: answer(alert=alert, contact_made=True, cause="BUDGET", actor=actor)
            for actor in (referent, head)
        ]
    )
    assert sorted(type(r).__name__ for r in results) == ["Alert", "Conflict"]
    assert SocialAnswer.objects.count() == 1
