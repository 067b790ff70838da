"""What is under way goes to the referent who is named: the open alert, the visits, the measures."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.alerts.services.answers import acknowledge
from social_link.alerts.services.naming import name_referent
from social_link.contacts.services import plan_contact
from social_link.measures.services.measures import open_measure
from social_link.models import Alert, Contact, Measure, Referent
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db
TODAY, LATER = date(2026, 11, 5), date(2026, 12, 1)


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def former(household: Household) -> User:
    """The referent, with an alert that he took, a visit to come and a measure."""
    user = make_referent(household=household)
    actor = Actor.of(user)
    acknowledge(alert=make_alert(household=household, to=user), actor=actor)
    plan_contact(household=household, kind="VISIT", day=date(2026, 12, 3), request_key=uuid4(), actor=actor)
    open_measure(
        household=household, kind="SIMPLE", start=date(2026, 10, 1), planned_end=date(2027, 9, 30), referent=user,
        actor=actor,
    )  # fmt: skip
    return user


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def held() -> tuple[User, User, User]:
    return (Alert.objects.get().assignee, Contact.objects.get().author, Measure.objects.get().referent)


def test_all_of_it_goes_to_the_new_one_and_back(household: Household, former: User, head: Actor) -> None:
    new = make_user(role=Role.SOCIAL_WORKER)
    named = name_referent(household=household, user=new, from_day=TODAY, actor=head)
    assert held() == (new, new, new)
    assert (named.alerts, named.visits, named.measures) == (1, 1, 1)
    assert named.told.replace("\u00a0", " ") == " Lui passent : 1 alerte ouverte, 1 visite prévue, 1 mesure."
    assert Alert.objects.get().state == "ACK"
    again = name_referent(household=household, user=new, from_day=TODAY, actor=head)
    assert again.told == ""
    name_referent(household=household, user=former, from_day=TODAY, actor=head)
    assert held() == (former, former, former)


def test_what_is_not_ticked_stays(household: Household, former: User, head: Actor) -> None:
    new = make_user(role=Role.SOCIAL_WORKER)
    name_referent(
        household=household, user=new, from_day=TODAY, actor=head, with_alerts=False, with_visits=False,
        with_measures=False,
    )  # fmt: skip
    assert Referent.objects.get(period__contains=TODAY).user == new
    assert held() == (former, former, former)


def test_before_his_day_only_the_visits_go(household: Household, former: User, head: Actor) -> None:
    new = make_user(role=Role.SOCIAL_WORKER)
    named = name_referent(household=household, user=new, from_day=LATER, actor=head)
    assert held() == (former, new, former)
    assert "restent où elles sont jusque-là" in named.told


def test_the_first_referent_gets_the_alert_that_the_head_had(household: Household, head: Actor) -> None:
    alert, new = make_alert(household=household, to=head.user), make_user(role=Role.SOCIAL_WORKER)
    name_referent(household=household, user=new, from_day=TODAY, actor=head)
    alert.refresh_from_db()
    assert alert.assignee == new


def test_the_page_says_what_goes(household: Household, former: User, head: Actor) -> None:
    new, client = make_user(role=Role.SOCIAL_WORKER), signed_in(head.user)
    address = reverse("social_link:referent", args=[household.pk])
    shown = client.get(address).context["form"]
    sent = {
        "user": new.pk, "from_day": "05/11/2026", "seen": shown["seen"].value(), "with_alerts": "on",
        "with_measures": "on",
    }  # fmt: skip
    page = text(client.post(address, sent, follow=True))
    assert "Lui passent : 1 alerte ouverte, 1 mesure." in page.replace("\u00a0", " ")
    assert held() == (new, former, new)


def test_an_end_that_ends_nothing_is_told(household: Household, head: Actor) -> None:
    address = reverse("social_link:referent_end", args=[household.pk])
    answer = signed_in(head.user).post(address, {"on": "05/11/2026"})
    assert answer.status_code == 422
    assert "Personne n’accompagne ce ménage ce jour-là" in answer.content.decode()
