"""A note of the social team: colleagues read it, each read is logged; nobody else learns that it exists."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, User
from social_link.contacts import services
from social_link.contacts.queries import notes_of
from social_link.models import Note
from tests.factories import make_actor, make_let, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
TEXT = "Dossier MDPH à déposer : handicap reconnu, elle est enceinte."


@pytest.fixture
def household() -> Household:
    return make_let(name="Mme Fatou Sarr").household


@pytest.fixture
def referent(household: Household) -> User:
    return make_referent(household=household)


@pytest.fixture
def note(household: Household, referent: User) -> Note:
    return services.write_note(household=household, text=TEXT, level="TEAM", actor=Actor.of(referent))


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)])
def test_outside_the_social_service_it_does_not_exist(role: Role, household: Household, note: Note) -> None:
    assert notes_of(household, make_actor(role=role)) == []
    social = signed_in(make_user(role=role)).get(reverse("desk:household_social", args=[household.pk]))
    assert TEXT not in plain(social)
    assert "Équipe sociale" not in plain(social)


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL])
def test_a_colleague_reads_it_without_a_reason_and_the_read_is_logged(
    role: Role, household: Household, note: Note
) -> None:
    colleague = make_user(role=role)
    page = plain(signed_in(colleague).get(reverse("desk:household_social", args=[household.pk])))
    assert TEXT in page
    assert "Équipe sociale" in page
    row = AccessLog.objects.get(object_id=note.pk)
    assert (row.subject, row.user, row.household_id) == ("TEAM_NOTE", colleague, household.pk)
    services.open_note(note=note, actor=Actor.of(colleague))
    assert AccessLog.objects.filter(object_id=note.pk, subject="TEAM_NOTE").count() == 2


def test_one_who_left_the_service_reads_it_no_more(household: Household, note: Note) -> None:
    former = make_user(role=Role.SOCIAL_WORKER)
    former.grants.all().delete()
    assert notes_of(household, Actor.of(former)) == []


def test_the_form_proposes_it_and_lets_the_words_of_the_trade_pass(household: Household, referent: User) -> None:
    client, address = signed_in(referent), reverse("social_link:contact_new", args=[household.pk])
    form = client.get(address).context["form"]
    assert form["level"].value() == "TEAM"
    sent = {"kind": "VISIT", "day": "05/11/2026", "request_key": str(uuid4()), "note": TEXT}
    refused = client.post(address, sent | {"level": "SHARED"})
    assert refused.status_code == 422
    assert "À relire" in plain(refused)
    assert client.post(address, sent | {"level": "TEAM"}).status_code == 302
    assert Note.objects.get().level == "TEAM"
    # A judgement is warned of at each level.
    judged = client.post(address, sent | {"level": "TEAM", "note": "Il ment", "request_key": str(uuid4())})
    assert judged.status_code == 422


def test_a_send_without_a_level_opens_it_to_nobody(household: Household, referent: User) -> None:
    sent = {"kind": "VISIT", "day": "05/11/2026", "request_key": str(uuid4()), "note": "Vu"}
    signed_in(referent).post(reverse("social_link:contact_new", args=[household.pk]), sent)
    assert Note.objects.get().level == "PRIVATE"


def test_the_head_withdraws_it_and_brings_it_back(note: Note) -> None:
    head, other = make_actor(role=Role.HEAD_OF_SOCIAL), make_actor(role=Role.SOCIAL_WORKER)
    services.withdraw_note(note_id=note.pk, actor=head)
    assert not Note.objects.exists()
    with pytest.raises(services.NotAllowed):
        services.bring_back_note(note_id=note.pk, actor=other)
    assert services.bring_back_note(note_id=note.pk, actor=head).text == TEXT
