"""The API of contacts."""

from uuid import uuid4

import pytest

from office.access.codes import Role
from social_link.models import Contact, Note
from tests.api import Api
from tests.factories import make_let, make_referent

pytestmark = pytest.mark.django_db


def test_a_contact_sent_twice_is_one_and_its_note_is_not_told() -> None:
    mine, theirs = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    body = {"household_id": lease.household_id, "kind": "VISIT", "day": "2026-11-05", "note": "Très fatiguée"}
    key = uuid4()
    first = mine.post("/contacts", body, key=key, status=201)
    assert mine.post("/contacts", body, key=key, status=201) == first
    mine.refused("/contacts", body | {"kind": "CALL"}, key=key, status=409, code="key_reused")
    assert (Contact.objects.count(), Note.objects.get().level) == (1, "PRIVATE")
    assert "fatiguée" not in str(first) + str(mine.get("/contacts"))
    assert theirs.get("/contacts")["items"] == []
    theirs.refused("/contacts", body, key=uuid4(), status=422, code="unknown_reference")


def test_a_visit_to_come() -> None:
    mine = Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    body = {"household_id": lease.household_id, "kind": "VISIT", "is_planned": True}
    mine.refused("/contacts", body | {"day": "2026-11-04"}, key=uuid4(), status=422, code="invalid")
    mine.post("/contacts", body | {"day": "2026-11-20", "at": "10:00"}, key=uuid4(), status=201)
    assert mine.get("/contacts")["items"] == []
    [planned] = mine.get("/contacts", planned=True)["items"]
    assert (planned["happened_on"], planned["at_time"]) == ("2026-11-20", "10:00:00")


def test_the_note_of_a_visit_to_come_is_refused_not_lost() -> None:
    mine = Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    body = {"household_id": lease.household_id, "kind": "VISIT", "day": "2026-11-20", "is_planned": True}
    mine.refused("/contacts", body | {"note": "Apporter le dossier"}, key=uuid4(), status=422, code="invalid")
    assert not Contact.objects.exists()


def test_a_sealed_note_names_who_reads_it() -> None:
    mine = Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    body = {"household_id": lease.household_id, "kind": "VISIT", "day": "2026-11-05", "note": "Rien", "level": "SEALED"}
    mine.refused("/contacts", body, key=uuid4(), status=422, code="invalid")
    assert not Contact.objects.exists()
