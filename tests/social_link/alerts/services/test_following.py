"""An alert follows what it tells: what was noted by mistake counts no more, and counts again once it is restored."""

from datetime import date
from uuid import uuid4

import pytest

from common import clock
from leases.models import Lease
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, Task
from rent_ledger.arrears.services.social import request_help
from rent_ledger.arrears.services.taking_back import withdraw_request
from rent_ledger.models import AccountState
from social_link.alerts.services.answers import acknowledge
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.waiting import has_waiting
from social_link.contacts import services as contacts
from social_link.models import Alert, AlertFact, Contact
from tests.factories import make_actor, make_alert, make_arrears, make_let, make_referent, make_ticket, make_user

SYSTEM = Actor.system()
FRIDAY = date(2026, 11, 6)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def lift() -> None:
    raise_alerts(day=clock.today(), actor=SYSTEM)


def two_absences() -> tuple[Lease, Actor, list[Contact]]:
    lease = make_let()
    referent = Actor.of(make_referent(household=lease.household))
    made = [
        contacts.log_contact(
            household=lease.household, kind="ABSENCE", day=date(2026, 11, day), request_key=uuid4(), actor=referent
        )
        for day in (3, 5)
    ]
    lift()
    return lease, referent, made


@pytest.mark.parametrize("which", [0, 1])
def test_an_absence_that_was_none_alerts_no_more_and_again_once_it_is_back(which: int) -> None:
    _, referent, made = two_absences()
    alert = Alert.objects.get()
    contacts.correct_contact(contact=made[which], kind="VISIT", day=made[which].happened_on, actor=referent)
    lift()
    alert.refresh_from_db()
    assert (alert.state, alert.said, alert.is_open) == ("DROPPED", [], False)
    assert Task.objects.get(kind="ALERT_TAKE", about_id=alert.pk).state == "DROPPED"
    contacts.correct_contact(contact=made[which], kind="ABSENCE", day=made[which].happened_on, actor=referent)
    for _ in range(2):
        lift()
    again = Alert.objects.get()
    assert (again.state, len(again.said)) == ("RAISED", 1)
    assert Task.objects.get(kind="ALERT_TAKE", about_id=alert.pk).state == "TODO"


def test_a_withdrawn_absence_leaves_an_alert_that_somebody_took_to_him() -> None:
    _, referent, made = two_absences()
    acknowledge(alert=Alert.objects.get(), actor=referent)
    contacts.withdraw_contact(contact_id=made[1].pk, actor=referent)
    lift()
    alert = Alert.objects.get()
    assert (alert.state, alert.said) == ("ACK", [])
    assert AlertFact.objects.get().withdrawn_at is not None


def test_with_another_fact_the_alert_goes_back_to_its_level_and_its_clock() -> None:
    lease, _, _ = two_absences()
    before = Alert.objects.get()
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    signal = tickets.send_signal(ticket=ticket, kind="UNWELL", actor=yann, request_key=uuid4())
    lift()
    urgent = Alert.objects.get()
    assert (urgent.level, urgent.answer_due_on < before.answer_due_on) == ("URGENT", True)
    tickets.withdraw_signal(signal_id=signal.pk, actor=yann)
    lift()
    after = Alert.objects.get()
    assert (after.state, after.level, after.rule) == ("RAISED", "HIGH", "R9")
    assert (after.ack_due_on, after.answer_due_on) == (before.ack_due_on, before.answer_due_on)


def test_an_urgent_signal_that_was_withdrawn_is_looked_at_by_a_person() -> None:
    lease = make_let()
    referent = make_referent(household=lease.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    signal = tickets.send_signal(ticket=ticket, kind="DANGER", actor=yann, request_key=uuid4())
    lift()
    tickets.withdraw_signal(signal_id=signal.pk, actor=yann)
    lift()
    alert = Alert.objects.get()
    assert (alert.state, alert.level, alert.said) == ("RAISED", "URGENT", [])
    assert Notice.objects.filter(user=referent, kind="ALERT_URGENT").exists()


def test_a_signal_that_was_withdrawn_before_the_pass_alerts_nobody() -> None:
    lease = make_let()
    make_referent(household=lease.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    signal = tickets.send_signal(ticket=ticket, kind="CLUTTER", actor=yann, request_key=uuid4())
    tickets.withdraw_signal(signal_id=signal.pk, actor=yann)
    lift()
    assert not Alert.objects.exists()


def test_a_correction_whose_wake_was_lost_is_found_by_the_tick() -> None:
    _, referent, made = two_absences()
    assert not has_waiting(FRIDAY)
    contacts.withdraw_contact(contact_id=made[1].pk, actor=referent)
    assert has_waiting(FRIDAY)
    lift()
    assert not has_waiting(FRIDAY)
    contacts.bring_back_contact(contact_id=made[1].pk, actor=referent)
    assert has_waiting(FRIDAY)


def test_a_fact_that_comes_back_joins_the_alert_that_is_open_since() -> None:
    lease, referent, made = two_absences()
    contacts.withdraw_contact(contact_id=made[1].pk, actor=referent)
    lift()
    other = make_alert(household=lease.household, to=referent.user)
    contacts.bring_back_contact(contact_id=made[1].pk, actor=referent)
    lift()
    assert other.facts.count() == 2
    assert Alert.objects.exclude(pk=other.pk).get().state == "DROPPED"


@pytest.mark.parametrize(("taken", "state"), [(False, "DROPPED"), (True, "ACK")])
def test_a_request_that_was_withdrawn_asks_nobody_any_more(taken: bool, state: str) -> None:
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), kind="OCCUPANCY"))
    referent, manager = Actor.of(make_referent(household=case.account.household)), make_actor()
    request_help(case=case, actor=manager)
    lift()
    if taken:
        acknowledge(alert=Alert.objects.get(), actor=referent)
    withdraw_request(case=case, actor=manager)
    assert has_waiting(FRIDAY)
    lift()
    alert = Alert.objects.get()
    assert (alert.state, alert.said, alert.facts.get().withdrawn_at is not None) == (state, [], True)
    assert not has_waiting(FRIDAY)
    # Asked again, it is another request.
    request_help(case=case, actor=manager)
    lift()
    assert Alert.objects.open().get().said


def test_the_head_has_no_task_any_more_once_the_urgency_was_none() -> None:
    lease, _, _ = two_absences()
    make_user(role=Role.HEAD_OF_SOCIAL)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    signal = tickets.send_signal(
        ticket=make_ticket(lease=lease, technician=yann.user), kind="UNWELL", actor=yann, request_key=uuid4()
    )
    lift()
    with clock.travel(date(2026, 11, 10)):
        lift()
        assert Alert.objects.get().escalated_at is not None
        assert Task.objects.filter(kind="ALERT_LATE", about_id=Alert.objects.get().pk, state="TODO").exists()
        tickets.withdraw_signal(signal_id=signal.pk, actor=yann)
        lift()
        alert = Alert.objects.get()
        assert (alert.level, alert.escalated_at, alert.ack_due_on >= date(2026, 11, 10)) == ("HIGH", None, True)
        assert not Task.objects.filter(kind="ALERT_LATE", state="TODO").exists()


def test_the_list_of_arrears_waits_as_long_as_the_alert_that_was_asked() -> None:
    """Fifteen working days from Friday the 6th, without the 11th: one last day, wherever it is read."""
    lease = make_let(start=date(2024, 3, 15))
    make_referent(household=lease.household)
    case = make_arrears(lease=lease, dues=[date(2026, 10, 1)])
    request_help(case=case, actor=make_actor())
    lift()
    state = AccountState.objects.get(account=case.account_id)
    assert Alert.objects.get().answer_due_on == state.lapses_on == date(2026, 11, 30)
