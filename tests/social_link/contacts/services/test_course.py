"""How a contact went and how long it took: told by a chip each, or not; « absent » makes an absence."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput
from leases.models import Household
from office.access.actor import Actor
from office.models import User
from social_link.contacts import services
from social_link.models import Contact
from tests.factories import make_let, make_referent
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> User:
    return make_referent(household=household)


def log(household: Household, user: User, **given: Any) -> Contact:
    told = {"household": household, "kind": "VISIT", "day": TODAY, "request_key": uuid4(), "actor": Actor.of(user)}
    return services.log_contact(**told | given)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, ("VISIT", "", None)),
        ({"outcome": "", "minutes": ""}, ("VISIT", "", None)),
        ({"outcome": "ALLSEEN", "minutes": "45"}, ("VISIT", "ALLSEEN", 45)),
        ({"outcome": "PUT_OFF"}, ("VISIT", "PUT_OFF", None)),
        ({"outcome": "ABSENCE", "minutes": "15"}, ("ABSENCE", "", 15)),
        # Who took part was seen.
        ({"kind": "GROUP", "outcome": "SEEN", "minutes": "60"}, ("GROUP", "", 60)),
    ],
)
def test_the_form(household: Household, referent: User, sent: dict[str, str], kept: tuple[Any, ...]) -> None:
    whole = {"kind": "VISIT", "day": "05/11/2026", "request_key": str(uuid4())} | sent
    address = reverse("social_link:contact_new", args=[household.pk])
    assert signed_in(referent).post(address, whole).status_code == 302
    row = Contact.objects.get()
    assert (row.kind, row.outcome, row.minutes) == kept


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "ABSENCE", "outcome": "SEEN"},
        {"outcome": "ABSENCE"},
        {"minutes": 20},
        {"minutes": 0},
        {"theme": "MOON"},
        {"kind": "INFO", "outcome": "REFUSED"},
    ],
)
def test_what_the_service_refuses(household: Household, referent: User, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        log(household, referent, **given)


def test_the_same_key_with_another_outcome_is_told(household: Household, referent: User) -> None:
    key = uuid4()
    log(household, referent, request_key=key, outcome="SEEN", minutes=30)
    log(household, referent, request_key=key, outcome="SEEN", minutes=30)
    for other in ({"outcome": "ALLSEEN", "minutes": 30}, {"outcome": "SEEN", "minutes": 45}):
        with pytest.raises(Conflict):
            log(household, referent, request_key=key, **other)


def test_put_off_is_not_met(household: Household, referent: User) -> None:
    seen = log(household, referent, outcome="SEEN")
    log(household, referent, outcome="PUT_OFF")
    log(household, referent, kind="ABSENCE")
    services.plan_contact(household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=Actor.of(referent))
    assert list(Contact.objects.met()) == [seen]


def test_it_is_corrected_and_a_planned_one_has_none(household: Household, referent: User) -> None:
    client, row = signed_in(referent), log(household, referent, outcome="SEEN", minutes=30)
    address = reverse("social_link:contact_edit", args=[row.pk])
    form = client.get(address).context["form"]
    assert (form["outcome"].value(), form["minutes"].value()) == ("SEEN", 30)
    sent = {"kind": "VISIT", "day": "05/11/2026", "outcome": "ABSENCE"}
    assert client.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.outcome, row.minutes) == ("ABSENCE", "", None)
    planned = services.plan_contact(
        household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=Actor.of(referent)
    )
    assert "outcome" not in client.get(reverse("social_link:contact_edit", args=[planned.pk])).context["form"].fields
    with pytest.raises(InvalidInput):
        services.correct_contact(contact=planned, kind="VISIT", day=TODAY, minutes=30, actor=Actor.of(referent))


def test_what_is_planned_again_has_no_outcome(household: Household, referent: User) -> None:
    actor = Actor.of(referent)
    planned = services.plan_contact(household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=actor)
    services.complete_contact(contact=planned, actor=actor)
    services.correct_contact(contact=planned, kind="VISIT", day=TODAY, outcome="SEEN", minutes=15, actor=actor)
    row = services.plan_again(contact=planned, kind="VISIT", actor=actor)
    assert (row.is_planned, row.outcome, row.minutes) == (True, "", None)
