"""Tickets by the API: own jobs only, one passage at a time, and a signal that nobody reads back."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from common import clock
from maintenance.models import Ticket, WeakSignal
from office.access.codes import Role
from tests.api import Api, operation_of
from tests.factories import make_household, make_lease, make_let, make_picture, make_ticket

pytestmark = pytest.mark.django_db


def test_a_technician_sees_own_jobs_only() -> None:
    mine, theirs = Api(Role.TECHNICIAN), Api(Role.TECHNICIAN)
    ticket = make_ticket(technician=mine.user)
    at = f"/tickets/{ticket.pk}"
    assert [row["id"] for row in mine.get("/tickets")["items"]] == [ticket.pk]
    assert mine.get(at)["reference"] == ticket.reference
    assert theirs.get("/tickets")["items"] == []
    theirs.get(at, status=404)
    for verb, body in (("start", None), ("absent", None), ("close", {"paid_by": "LANDLORD"})):
        theirs.refused(f"{at}/{verb}", body, status=404, code="not_found")
    theirs.refused(f"{at}/signal", {"kind": "DANGER"}, key=uuid4(), status=404, code="not_found")


def test_from_the_desk_to_the_end_of_the_passage() -> None:
    lease = make_let()
    manager, technician = Api(Role.RENTAL_MANAGER), Api(Role.TECHNICIAN)
    assert technician.user is not None
    key = uuid4()
    body = {"dwelling_id": lease.unit.dwelling_id, "trade": "PLUMBING", "title": "Fuite sous l’évier"}
    made = manager.post("/tickets", body, key=key, status=201)
    assert manager.post("/tickets", body, key=key, status=201)["id"] == made["id"]
    manager.refused("/tickets", body | {"title": "Autre chose"}, key=key, status=409, code="key_reused")
    assert Ticket.objects.count() == 1
    assert made["household"]["id"] == lease.household_id

    at = f"/tickets/{made['id']}"
    assign = {"assignee_id": technician.user.pk, "planned_on": "2026-11-05", "planned_at": "14:30"}
    assign["seen"] = made["seen"]
    given = manager.post(f"{at}/assign", assign)
    assert (given["state"], given["planned_on"]) == ("ASSIGNED", "2026-11-05")
    # Who read the ticket before somebody else gave it is told.
    manager.refused(f"{at}/assign", assign, status=409, code="stale")
    stranger = {"assignee_id": manager.user.pk, "seen": given["seen"]}  # type: ignore[union-attr]
    manager.refused(f"{at}/assign", stranger, status=422, code="unknown_reference")

    assert technician.post(f"{at}/start")["state"] == "STARTED"
    technician.refused(f"{at}/start", status=409, code="already_started")
    technician.refused(f"{at}/close", {}, status=422, code="invalid")
    passage = technician.post(f"{at}/close", {"paid_by": "LANDLORD", "report": "Joint changé"})
    assert passage["outcome"] == "DONE"
    technician.refused(f"{at}/absent", status=409, code="wrong_state")
    done = manager.get(at)
    assert (done["state"], done["paid_by"], len(done["passages"])) == ("DONE", "LANDLORD", 1)
    assert manager.get("/tickets", state="done")["count"] == 1


def test_another_trade_gives_the_job_back() -> None:
    technician = Api(Role.TECHNICIAN)
    ticket = make_ticket(technician=technician.user)
    at = f"/tickets/{ticket.pk}"
    technician.post(f"{at}/start")
    technician.post(f"{at}/close", {"outcome": "TRADE", "other_trade": "ELECTRIC", "report": "Disjoncteur"})
    # Nobody's again: who was there reads his own passage, and does nothing more.
    assert [passage["outcome"] for passage in technician.get(at)["passages"]] == ["TRADE"]
    technician.refused(f"{at}/start", status=404, code="not_found")
    assert Api(Role.RENTAL_MANAGER).get(at)["state"] == "OPEN"


def test_a_signal_is_received_and_nothing_more() -> None:
    technician = Api(Role.TECHNICIAN)
    ticket, key = make_ticket(technician=technician.user), uuid4()
    at = f"/tickets/{ticket.pk}/signal"
    first = technician.post(at, {"kind": "CLUTTER"}, key=key, status=201)
    assert set(first) == {"id", "ticket_id", "kind", "seen_at"}
    assert technician.post(at, {"kind": "CLUTTER"}, key=key, status=201) == first
    technician.refused(at, {"kind": "DANGER"}, key=key, status=409, code="key_reused")
    assert WeakSignal.objects.count() == 1
    Api(Role.SOCIAL_WORKER).refused(at, {"kind": "CLUTTER"}, key=uuid4(), status=403, code="not_allowed")


def test_a_protected_address_is_told_on_the_day_of_the_job() -> None:
    technician = Api(Role.TECHNICIAN)
    lease = make_lease(household=make_household(protected=True))
    street = lease.unit.dwelling.building.street
    today = make_ticket(lease=lease, technician=technician.user, planned_on=date(2026, 11, 5))
    later = make_ticket(lease=lease, technician=technician.user, planned_on=date(2026, 11, 20))
    assert street in technician.get(f"/tickets/{today.pk}")["address"]
    hidden = technician.get(f"/tickets/{later.pk}")
    assert hidden["is_masked"]
    assert hidden["dwelling"] is None
    assert street not in str(hidden)
    listed = {row["id"]: row["dwelling"] for row in technician.get("/tickets")["items"]}
    assert (listed[today.pk] is None, listed[later.pk] is None) == (False, True)
    for role in (Role.DIRECTOR, Role.SOCIAL_WORKER):
        told = str(Api(role).get(f"/tickets/{today.pk}")) + str(Api(role).get("/tickets"))
        assert street not in told
        assert lease.household.name not in told


def test_photos_of_the_running_passage() -> None:
    technician, other = Api(Role.TECHNICIAN), Api(Role.TECHNICIAN)
    assert technician.user is not None
    ticket = make_ticket(technician=technician.user)
    at, key = f"/tickets/{ticket.pk}", uuid4()

    def send(api: Api = technician, *, status: int = 201, key: UUID | None = None, **more: object) -> dict[str, Any]:
        form = {"file": make_picture(), "stage": "BEFORE"} | more
        answer: dict[str, Any] = api.post(f"{at}/photos", status=status, key=key, form=form)
        return answer

    assert send(status=409)["error"]["code"] == "wrong_state"
    technician.post(f"{at}/start")
    photo = send(key=key)
    assert (photo["stage"], photo["width"], photo["height"]) == ("BEFORE", 40, 80)
    assert photo["author"]["id"] == technician.user.pk
    # Sent again, with its key or with a new one: it is there once.
    assert send(key=key) == send() == photo
    assert technician.get(at)["passages"][0]["photos"] == [photo]
    assert send(file=BytesIO(b"text"), status=422)["error"]["code"] == "unreadable_file"
    send(stage="NOW", status=422)
    send(other, status=404)

    address = f"/api/v1/photos/{photo['uuid']}/content"
    whole, small = (technician.client.get(address, query) for query in ({}, {"side": 320}))
    assert (whole["Content-Type"], len(whole.content)) == ("image/jpeg", photo["size"])
    assert whole["ETag"] != small["ETag"]
    assert technician.client.get(address, {"side": 100}).status_code == 422
    assert other.client.get(address).status_code == 404

    remove = f"/photos/{photo['uuid']}/remove"
    other.refused(remove, status=404, code="not_found")
    Api(Role.RENTAL_MANAGER).refused(remove, status=403, code="not_allowed")
    assert technician.post(remove)["photos"] == []
    kept = send()
    ended = technician.post(f"{at}/close", {"paid_by": "LANDLORD"})
    assert ended["photos"] == [kept]
    technician.refused(f"/photos/{kept['uuid']}/remove", status=409, code="wrong_state")
    assert send(file=make_picture(side=50), status=409)["error"]["code"] == "wrong_state"


def test_the_document_says_that_a_photo_is_a_picture() -> None:
    content = operation_of("GET", "/api/v1/photos/x/content")["responses"]["200"]["content"]
    assert content == {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}


def test_who_passed_before_a_job_went_on_reads_his_own_passages_and_nothing_that_came_after() -> None:
    """The page of the job did; the API answered that there was no such ticket."""
    first, second, other, manager = (*(Api(Role.TECHNICIAN) for _ in range(3)), Api(Role.RENTAL_MANAGER))
    assert second.user is not None
    ticket = make_ticket(technician=first.user)
    at = f"/tickets/{ticket.pk}"
    first.post(f"{at}/start")
    first.post(f"{at}/close", {"outcome": "TRADE", "other_trade": "PLUMBING", "report": "Vanne grippée"})
    given = {"assignee_id": second.user.pk, "planned_on": "2026-11-09", "seen": manager.get(at)["seen"]}
    manager.post(f"{at}/assign", given)
    second.post(f"{at}/start")
    second.post(f"{at}/close", {"paid_by": "LANDLORD", "report": "Vanne changée"})

    read = first.get(at)
    assert [passage["report"] for passage in read["passages"]] == ["Vanne grippée"]
    assert (read["state"], read["assignee"], read["planned_on"], read["paid_by"]) == ("OPEN", None, None, "")
    assert (read["closed_at"], read["phone"], read["safety"], read["description"]) == (None, "", "", "")
    assert read["address"] == ticket.dwelling.address
    assert first.get("/tickets")["items"] == []
    # It is no job of his: nothing more is done there.
    first.refused(f"{at}/start", status=404, code="not_found")
    other.get(at, status=404)
    with clock.travel(clock.today() + timedelta(days=1)):
        read = first.get(at)
        assert (read["is_masked"], read["who"], read["address"], read["household"]) == (True, "", "", None)
