"""The API of contracts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leases.models import Lease
from office.access.codes import Role
from tests.api import Api
from tests.factories import make_lease

pytestmark = pytest.mark.django_db


def test_contracts_are_filtered_as_on_the_page() -> None:
    active, draft = make_lease(), make_lease(active=False)
    api = Api(Role.RENTAL_MANAGER)
    assert {row["id"] for row in api.get("/leases")["items"]} == {active.pk, draft.pk}
    assert [row["id"] for row in api.get("/leases", state="DRAFT")["items"]] == [draft.pk]
    assert api.get("/leases", kind="MANAGED")["items"] == []


def test_a_unit_is_let_once() -> None:
    first = make_lease()
    second = make_lease(unit=first.unit, agreement=first.agreement, active=False)
    api = Api(Role.RENTAL_MANAGER)
    error = api.refused(f"/leases/{second.pk}/activate", {}, status=409, code="unit_taken")
    assert first.household.name in error["message"]
    assert api.get(f"/leases/{second.pk}")["state"] == "DRAFT"


def test_what_was_billed_is_not_changed_afterwards() -> None:
    lease = make_lease()
    term = {"nature": "RENT", "amount": "450.00", "from_day": "2026-09-01"}
    api = Api(Role.RENTAL_MANAGER)
    api.refused(f"/leases/{lease.pk}/rent-terms", term, status=422, code="past_change")
    due = {"due_rule": "ADVANCE", "due_day": 3, "from_day": "2026-09-01"}
    api.refused(f"/leases/{lease.pk}/due-terms", due, status=422, code="past_change")
    made = api.post(f"/leases/{lease.pk}/rent-terms", term | {"from_day": "2026-12-01"}, status=201)
    assert (made["amount"], made["period"]["from_day"]) == ("450.00", "2026-12-01")
    number = api.refused(f"/leases/{lease.pk}/rent-terms", term | {"amount": 450.5}, status=422, code="invalid")
    assert number["field"] == "amount"


def test_a_party_is_bound_once() -> None:
    lease = make_lease(active=False)
    api = Api(Role.RENTAL_MANAGER)
    guarantor = api.post("/persons", {"first_name": "Issa", "last_name": "Sarr"}, status=201)
    body = {"person_id": guarantor["id"], "role": "GUARANTOR"}
    assert api.post(f"/leases/{lease.pk}/parties", body, status=201)["role"] == "GUARANTOR"
    again = api.refused(f"/leases/{lease.pk}/parties", body, status=422, code="invalid")
    assert "déjà partie" in again["message"]


def test_a_list_costs_the_same_for_one_and_for_many() -> None:
    api, costs = Api(Role.RENTAL_MANAGER), []
    for count in (1, 3):
        while Lease.objects.count() < count:
            make_lease()
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/leases")["count"] == count
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9


def test_an_agreement_to_emails_is_taken_down_and_taken_back() -> None:
    lease = make_lease()
    person = lease.parties.get().person
    api, at = Api(Role.RENTAL_MANAGER), f"/leases/{lease.pk}/paper-wishes"
    wanted = {"kind": "EMAIL", "person_id": person.pk, "proof": "Clause signée au bail"}
    assert api.refused(at, wanted, status=422, code="invalid")["field"] == "person"
    person.email = "sarr@menage.example"
    person.save(update_fields=["email"])
    assert api.refused(at, wanted | {"proof": ""}, status=422, code="invalid")["field"] == "proof"
    made = api.post(at, wanted, status=201)
    assert (made["taken_by"]["id"], made["withdrawn_at"]) == (api.user.pk, None)
    assert api.post(at, wanted, status=201)["id"] == made["id"]
    over = api.post(f"/paper-wishes/{made['id']}/withdraw")
    assert over["withdrawn_by"]["id"] == api.user.pk
    assert api.get(f"/leases/{lease.pk}")["paper_wishes"] == [over]
