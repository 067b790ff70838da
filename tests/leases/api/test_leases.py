"""Households and contracts by the API: what is masked from whom, and the named refusals."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leases.models import Household, Lease
from office.access.codes import Role
from tests.api import Api
from tests.factories import make_household, make_lease, make_user

pytestmark = pytest.mark.django_db


def test_a_protected_address_is_told_to_who_is_in_charge_only() -> None:
    mine, other = make_user(), make_user()
    lease = make_lease(household=make_household(protected=True, manager=mine))
    at, household = f"/leases/{lease.pk}", f"/households/{lease.household_id}"
    street = lease.unit.dwelling.building.street

    shown = Api(mine).get(at)
    assert street in shown["address"]["text"]
    assert shown["unit"]["id"] == lease.unit_id
    assert street in Api(Role.HEAD_OF_SOCIAL).get(household)["address"]["text"]
    for api in (Api(other), Api(Role.DIRECTOR), Api(Role.SOCIAL_WORKER)):
        hidden = api.get(at)
        assert hidden["address"] == {"text": "Adresse protégée", "is_masked": True}
        assert hidden["unit"] is None
        told = str(hidden) + str(api.get(household)) + str(api.get("/leases"))
        assert street not in told
        assert lease.unit.dwelling.reference not in told


def test_households_are_filtered_as_on_the_page() -> None:
    housed, waiting = make_lease().household, make_household()
    api = Api(Role.SOCIAL_WORKER)
    assert {row["id"] for row in api.get("/households")["items"]} == {housed.pk, waiting.pk}
    assert [row["id"] for row in api.get("/households", state="housed")["items"]] == [housed.pk]
    assert [row["id"] for row in api.get("/households", state="waiting")["items"]] == [waiting.pk]


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


def test_a_member_refused_leaves_nobody_behind() -> None:
    household = make_household()
    api = Api(Role.RENTAL_MANAGER)
    body = {"first_name": "Awa", "last_name": "Sarr", "birth_date": "2026-10-20", "from_day": "2026-10-01"}
    error = api.refused(f"/households/{household.pk}/members", body, status=422, code="invalid")
    assert error["field"] == "from_day"
    assert not Household.objects.filter(memberships__person__first_name="Awa").exists()


def test_a_list_costs_the_same_for_one_and_for_many() -> None:
    api, costs = Api(Role.RENTAL_MANAGER), []
    for count in (1, 3):
        while Lease.objects.count() < count:
            make_lease()
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/leases")["count"] == count
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9
