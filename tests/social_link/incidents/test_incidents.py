"""Incidents with neighbours: by codes, followed, withdrawn and brought back; of who follows the household alone."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.incidents.services import (
    bring_back_incident,
    note_incident,
    withdraw_incident,
    write_incident,
)
from social_link.models import NeighbourIncident
from tests.factories import make_actor, make_let, make_referent
from tests.pages import signed_in

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def noted(household: Household, actor: Actor, **said: Any) -> NeighbourIncident:
    facts = {"day": TODAY, "kind": "NOISE", "reported_by": "NEIGHB", "request_key": uuid4()} | said
    return note_incident(household=household, actor=actor, **facts)


def followed(row: NeighbourIncident, actor: Actor, **said: Any) -> NeighbourIncident:
    facts = {"day": row.happened_on, "kind": row.kind, "reported_by": row.reported_by, "acts": ["RULES", "TALKED"]}
    return write_incident(incident=row, actor=actor, **facts | said)


def test_from_the_first_word_to_the_end(household: Household, referent: Actor) -> None:
    key = uuid4()
    row = noted(household, referent, request_key=key)
    assert noted(household, referent, request_key=key) == row
    with pytest.raises(Conflict):
        noted(household, referent, request_key=key, kind="ANIMALS")
    assert followed(row, referent).done_words == ["Échange avec le ménage", "Rappel du règlement"]
    assert followed(row, referent, settled_on=TODAY).is_settled
    assert not followed(row, referent).is_settled
    for _ in range(2):
        withdraw_incident(incident_id=row.pk, actor=referent)
        assert not NeighbourIncident.objects.exists()
    with pytest.raises(Conflict, match="retiré"):
        followed(row, referent)
    with pytest.raises(Conflict, match="retiré"):
        noted(household, referent, request_key=key)
    for _ in range(2):
        assert bring_back_incident(incident_id=row.pk, actor=referent).acts == ["TALKED", "RULES"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "LOVE"}, "kind"),
        ({"reported_by": "X"}, "reported_by"),
        ({"acts": ["X"]}, "acts"),
        ({"day": date(2026, 11, 6)}, "day"),
        ({"day": date(2025, 11, 3)}, "day"),
    ],
)
def test_what_is_no_incident(household: Household, referent: Actor, said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        noted(household, referent, **said)
    assert refused.value.field == field


def test_it_is_settled_between_its_day_and_today(household: Household, referent: Actor) -> None:
    row = noted(household, referent)
    for day in (date(2026, 11, 4), date(2026, 11, 6)):
        with pytest.raises(InvalidInput):
            followed(row, referent, settled_on=day)


def test_who_does_not_follow_the_household(household: Household, referent: Actor) -> None:
    row, other = noted(household, referent), make_actor(role=Role.SOCIAL_WORKER)
    for act in (
        lambda: noted(household, other), lambda: followed(row, other),
        lambda: withdraw_incident(incident_id=row.pk, actor=other),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()
    withdraw_incident(incident_id=row.pk, actor=referent)
    with pytest.raises(NotAllowed):
        bring_back_incident(incident_id=row.pk, actor=other)


def test_on_screen(household: Household, referent: Actor) -> None:
    assert referent.user is not None
    client = signed_in(referent.user)
    new = reverse("social_link:incident_new", args=[household.pk])
    said = {"kind": "NOISE", "day": "05/11/2026", "reported_by": "TEAM"}
    assert client.post(new, said | {"request_key": str(uuid4()), "kind": ""}).status_code == 422
    shown = client.post(new, said | {"request_key": str(uuid4())}, follow=True).content.decode()
    row = NeighbourIncident.objects.get()
    assert reverse("social_link:incident_withdraw", args=[row.pk]) in shown
    page = reverse("social_link:incident", args=[row.pk])
    assert client.post(page, said | {"acts": ["TALKED"], "settled_on": "04/11/2026"}).status_code == 422
    shown = client.post(page, said | {"acts": ["TALKED"], "settled_on": "05/11/2026"}, follow=True).content.decode()
    assert "Réglé" in shown
    client.post(reverse("social_link:incident_withdraw", args=[row.pk]))
    assert not NeighbourIncident.objects.exists()
    client.post(reverse("social_link:incident_back", args=[row.pk]))
    assert NeighbourIncident.objects.get() == row
