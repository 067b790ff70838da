"""The API of households."""

import pytest

from leases.models import Household
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


def test_a_member_refused_leaves_nobody_behind() -> None:
    household = make_household()
    api = Api(Role.RENTAL_MANAGER)
    body = {"first_name": "Awa", "last_name": "Sarr", "birth_date": "2026-10-20", "from_day": "2026-10-01"}
    error = api.refused(f"/households/{household.pk}/members", body, status=422, code="invalid")
    assert error["field"] == "from_day"
    assert not Household.objects.filter(memberships__person__first_name="Awa").exists()
