"""« Je prends » is taken back: the alert waits again for who had it, until somebody built on it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import Conflict, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, Task, User
from social_link.alerts.codes import AlertDuty
from social_link.alerts.services.answers import acknowledge, answer, reassign
from social_link.alerts.services.releasing import release
from social_link.models import Alert
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let(name="Mme Fatou Sarr").household


@pytest.fixture
def camille(household: Household) -> User:
    return make_referent(household=household)


@pytest.fixture
def alert(household: Household, camille: User) -> Alert:
    return make_alert(household=household, to=camille)


def test_taken_then_given_back(alert: Alert, camille: User) -> None:
    actor = Actor.of(camille)
    acknowledge(alert=alert, actor=actor)
    for _ in range(2):
        row = release(alert=alert, actor=actor)
        assert (row.state, row.assignee, row.acknowledged_at, row.acknowledged_by) == ("RAISED", camille, None, None)
        assert row.ack_due_on == alert.ack_due_on
    task = Task.objects.to_do().get(about_id=alert.pk)
    assert (task.kind, task.assignee) == (AlertDuty.TAKE, camille)
    assert acknowledge(alert=alert, actor=actor).state == "ACK"


def test_taken_in_anothers_place_it_goes_back_to_her(alert: Alert, camille: User) -> None:
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    acknowledge(alert=alert, actor=Actor.of(head))
    row = release(alert=alert, actor=Actor.of(head))
    assert (row.state, row.assignee) == ("RAISED", camille)


def test_who_did_not_take_it_does_not_give_it_back(alert: Alert, camille: User, household: Household) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    acknowledge(alert=alert, actor=head)
    with pytest.raises(NotAllowed):
        release(alert=alert, actor=Actor.of(camille))
    with pytest.raises(NotAllowed):
        release(alert=alert, actor=make_actor(role=Role.SOCIAL_WORKER))


def test_what_was_built_on_it_stays(alert: Alert, camille: User) -> None:
    actor, malo = Actor.of(camille), make_user(role=Role.SOCIAL_WORKER)
    acknowledge(alert=alert, actor=actor)
    reassign(alert=alert, to=malo, actor=actor)
    with pytest.raises(Conflict, match="est passée à"):
        release(alert=alert, actor=actor)
    answer(alert=alert, contact_made=True, cause="JOB", actor=Actor.of(malo))
    with pytest.raises(Conflict, match="déjà sa réponse"):
        release(alert=alert, actor=make_actor(role=Role.HEAD_OF_SOCIAL))


def test_an_urgent_one_is_told_again(alert: Alert, camille: User) -> None:
    Alert.objects.filter(pk=alert.pk).update(level="URGENT", rule="R10")
    alert.facts.update(rule="R10")
    acknowledge(alert=alert, actor=Actor.of(camille))
    assert not Notice.objects.filter(kind="ALERT_URGENT", about_id=alert.pk, seen_at=None).exists()
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    release(alert=alert, actor=Actor.of(camille))
    told = Notice.objects.filter(kind="ALERT_URGENT", about_id=alert.pk, seen_at=None)
    assert head.pk in set(told.values_list("user", flat=True))


def test_one_of_which_nothing_stands_is_dropped(alert: Alert, camille: User) -> None:
    actor = Actor.of(camille)
    acknowledge(alert=alert, actor=actor)
    alert.facts.update(withdrawn_at=clock.now())
    assert release(alert=alert, actor=actor).state == "DROPPED"


def test_the_page_offers_it_at_once_and_later(alert: Alert, camille: User) -> None:
    client: Client = signed_in(camille)
    page = reverse("social_link:alert", args=[alert.pk])
    back = reverse("social_link:alert_release", args=[alert.pk])
    taken = client.post(reverse("social_link:alert_take", args=[alert.pk]), follow=True)
    assert taken.content.decode().count(back) > 1  # « Annuler », and « Rendre »
    again = client.post(reverse("social_link:alert_take", args=[alert.pk]), follow=True)
    assert again.content.decode().count(back) == 1  # the second press changed nothing: nothing to undo
    with clock.travel(TODAY + timedelta(days=1)):
        assert back in client.get(page).content.decode()
    assert "de nouveau à prendre" in plain(client.post(back, follow=True))
    alert.refresh_from_db()
    assert alert.state == "RAISED"
