"""Alerts, contacts and measures by the API: own cases only, one answer, and no note in any answer."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common import clock
from office.access.codes import Role
from social_link.models import Contact, Note
from tests.api import Api
from tests.factories import make_alert, make_let, make_referent

pytestmark = pytest.mark.django_db


def test_an_alert_of_somebody_else_s_household_is_not_there() -> None:
    mine, theirs, head = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER), Api(Role.HEAD_OF_SOCIAL)
    alert = make_alert(to=mine.user)
    at = f"/alerts/{alert.pk}"
    assert [row["id"] for row in mine.get("/alerts")["items"]] == [alert.pk]
    assert mine.get(at)["facts"][0]["facts"] == ["Absent deux fois"]
    assert theirs.get("/alerts")["items"] == []
    theirs.get(at, status=404)
    assert theirs.user is not None
    for verb, body in (
        ("acknowledge", None), ("answer", {"contact_made": True}), ("reassign", {"to_id": theirs.user.pk}),
    ):  # fmt: skip
        theirs.refused(f"{at}/{verb}", body, status=404, code="not_found")
    assert [row["id"] for row in head.get("/alerts")["items"]] == [alert.pk]


def test_an_alert_is_taken_by_one() -> None:
    mine, head = Api(Role.SOCIAL_WORKER), Api(Role.HEAD_OF_SOCIAL)
    alert = make_alert(to=mine.user)
    at = f"/alerts/{alert.pk}"
    assert head.post(f"{at}/acknowledge")["acknowledged_by"]["id"] == head.user.pk  # type: ignore[union-attr]
    make_referent(household=alert.household, user=mine.user)
    error = mine.refused(f"{at}/acknowledge", status=409, code="taken")
    assert str(head.user) in error["message"]
    assert mine.post(f"{at}/answer", {"contact_made": True})["state"] == "ANSWERED"
    for verb, body in (("acknowledge", None), ("answer", {"contact_made": True})):
        mine.refused(f"{at}/{verb}", body, status=409, code="answered")
    assert mine.get("/alerts", state="answered")["count"] == 1


def test_an_alert_is_given_to_a_colleague() -> None:
    mine, colleague, manager = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER), Api(Role.RENTAL_MANAGER)
    alert = make_alert(to=mine.user)
    assert colleague.user is not None
    assert manager.user is not None
    at = f"/alerts/{alert.pk}"
    mine.refused(f"{at}/reassign", {"to_id": manager.user.pk}, status=422, code="unknown_reference")
    given = mine.post(f"{at}/reassign", {"to_id": colleague.user.pk, "reason": "Congés"})
    assert given["assignee"]["id"] == colleague.user.pk
    assert colleague.get(at)["state"] == "RAISED"
    mine.get(at, status=404)


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


def test_a_measure_opens_within_its_bounds_and_closes_once() -> None:
    mine, theirs = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    assert mine.user is not None
    today = clock.today()
    body = {
        "household_id": lease.household_id,
        "kind": "SIMPLE",
        "start": str(today),
        "planned_end": str(today + timedelta(days=90)),
        "referent_id": mine.user.pk,
    }
    far = body | {"kind": "ASLL", "planned_end": str(today + timedelta(days=3650))}
    mine.refused("/measures", far, status=422, code="out_of_bounds")
    made = mine.post("/measures", body, status=201)
    mine.refused("/measures", body, status=409, code="second_lead")
    theirs.refused("/measures", body, status=422, code="unknown_reference")
    assert [row["id"] for row in mine.get("/measures", running=True)["items"]] == [made["id"]]
    close = {"reason": "GOALS", "on": str(today)}
    theirs.refused(f"/measures/{made['id']}/close", close, status=404, code="not_found")
    assert mine.post(f"/measures/{made['id']}/close", close)["end_reason"] == "GOALS"
    mine.refused(f"/measures/{made['id']}/close", close, status=409, code="wrong_state")
