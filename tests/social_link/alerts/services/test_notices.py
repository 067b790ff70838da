"""Who is told of an alert: what is urgent at once, what is late to the heads, what a colleague gives."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from common import clock
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice
from office.notices.queries import lines
from social_link.alerts.services.answers import acknowledge, reassign
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.signals import say_outcome
from social_link.models import Alert
from tests.factories import make_actor, make_alert, make_let, make_referent, make_ticket, make_user

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str, bool]]:
    """(kind, last name, urgent) of what waits."""
    return {(notice.kind, notice.user.last_name, notice.is_urgent) for notice in Notice.objects.unseen()}


def signalled(kind: str) -> Alert:
    """An alert by a technician's signal. Aïcha follows the household, Rose is the head of the service."""
    make_user(role=Role.HEAD_OF_SOCIAL, last_name="Rose")
    lease = make_let(name="Mme Sarr")
    make_referent(household=lease.household, user=make_user(role=Role.SOCIAL_WORKER, last_name="Aïcha"))
    yann = make_user(role=Role.TECHNICIAN)
    tickets.send_signal(
        ticket=make_ticket(lease=lease, technician=yann),
        kind=kind, actor=Actor.of(yann), request_key=uuid4(),
    )  # fmt: skip
    Notice.objects.all().delete()
    raise_alerts(day=clock.today(), actor=Actor.system())
    return Alert.objects.get()


@pytest.fixture
def signal() -> Alert:
    return signalled("UNWELL")


def test_an_urgent_alert_is_told_at_once_to_who_has_it_and_to_the_head(signal: Alert) -> None:
    assert told() == {("ALERT_URGENT", "Aïcha", True), ("ALERT_URGENT", "Rose", True)}
    raise_alerts(day=clock.today(), actor=Actor.system())
    assert Notice.objects.count() == 2
    [line, _] = lines(Notice.objects.all())
    assert (line.shown.title, line.shown.url) == ("Alerte urgente : Mme Sarr", f"/social/alertes/{signal.pk}/")


def test_once_taken_it_waits_for_nobody(signal: Alert) -> None:
    acknowledge(alert=signal, actor=Actor.of(signal.assignee))
    assert told() == set()


def test_given_to_a_colleague_it_waits_for_that_one_only(signal: Alert) -> None:
    rose = Actor.of(Notice.objects.get(user__last_name="Rose").user)
    to = make_user(role=Role.SOCIAL_WORKER, last_name="Inès")
    reassign(alert=signal, to=to, actor=rose)
    assert told() == {("ALERT_GIVEN", "Inès", True), ("ALERT_LOST", str(signal.assignee.last_name), False)}
    Notice.objects.filter(kind="ALERT_LOST").update(seen_at=clock.now())
    say_outcome(alert=signal, outcome="WELL", actor=Actor.of(to))
    # Who saw it learns that it was dealt with.
    assert {code for code, *_ in told()} == {"SIGNAL_HANDLED"}


def test_what_is_not_urgent_is_told_by_nobody_until_somebody_gives_it() -> None:
    alert = signalled("TENSION")
    assert told() == set()
    to = make_user(role=Role.SOCIAL_WORKER, last_name="Inès")
    reassign(alert=alert, to=to, actor=Actor.of(alert.assignee))
    assert told() == {("ALERT_GIVEN", "Inès", False)}


def test_who_loses_an_alert_is_told_who_has_it_now() -> None:
    alert = signalled("TENSION")
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    to = make_user(role=Role.SOCIAL_WORKER, first_name="Inès", last_name="Leroy")
    reassign(alert=alert, to=to, actor=head)
    loser = Actor.of(alert.assignee)
    [line] = lines(Notice.objects.visible_to(loser).filter(kind="ALERT_LOST"))
    assert (line.shown.title, line.shown.url) == ("Alerte confiée à Inès Leroy : Mme Sarr", "/social/alertes/")
    assert not Notice.objects.filter(kind="ALERT_LOST").exclude(user=alert.assignee).exists()


def test_given_with_a_deadline_of_the_next_working_day_it_is_told_at_once() -> None:
    alert = signalled("TENSION")
    Alert.objects.filter(pk=alert.pk).update(ack_due_on=date(2026, 11, 6))
    to = make_user(role=Role.SOCIAL_WORKER, last_name="Inès")
    reassign(alert=alert, to=to, actor=Actor.of(alert.assignee))
    assert told() == {("ALERT_GIVEN", "Inès", True)}


def test_what_is_late_is_told_to_the_heads_once() -> None:
    make_user(role=Role.HEAD_OF_SOCIAL, last_name="Rose")
    alert = make_alert()
    for days in (1, 2):
        day = alert.ack_due_on + timedelta(days=days)
        with clock.travel(day):
            raise_alerts(day=day, actor=Actor.system())
    assert told() == {("ALERT_LATE", "Rose", False)}
    assert Notice.objects.count() == 1
