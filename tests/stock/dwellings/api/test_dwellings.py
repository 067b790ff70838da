"""The API of dwellings."""

import pytest

from office.access.codes import Role
from tests.api import Api
from tests.factories import make_agreement, make_dwelling, make_lease, make_ticket

pytestmark = pytest.mark.django_db
NOWHERE = 987_654_321


def test_dwellings_are_filtered_as_on_the_page() -> None:
    let, empty, outside = make_dwelling(rooms=2), make_dwelling(rooms=4), make_dwelling()
    make_agreement(dwellings=[empty])
    make_lease(unit=let.units.get())
    api = Api(Role.TECHNICIAN)

    def references(**query: object) -> set[str]:
        return {item["reference"] for item in api.get("/dwellings", **query)["items"]}

    assert references() == {let.reference, empty.reference}
    assert references(occupancy="occupied") == {let.reference}
    assert references(occupancy="vacant") == {empty.reference}
    assert references(occupancy="not_in_stock") == {outside.reference}
    assert references(typology="4") == {empty.reference}
    assert references(q=let.reference) == {let.reference}
    assert references(occupancy="occupied", on="2019-06-01") == set()


def test_a_dwelling_tells_nothing_of_who_lives_there() -> None:
    lease = make_lease()
    shown = Api(Role.TECHNICIAN).get(f"/dwellings/{lease.unit.dwelling_id}")
    assert shown["reference"] == lease.unit.dwelling.reference
    assert shown["surface"] == "58.00"
    assert lease.household.name not in str(shown)


def test_a_safety_notice_is_for_who_goes_there() -> None:
    dwelling = make_dwelling(safety_notice="chien")
    lease = make_lease(unit=dwelling.units.get())
    ticket = make_ticket(lease=lease)
    for role, told in ((Role.TECHNICIAN, "chien"), (Role.SOCIAL_WORKER, "chien"), (Role.DIRECTOR, "")):
        api = Api(role)
        assert api.get(f"/dwellings/{dwelling.pk}")["safety_notice"] == told
        if role != Role.TECHNICIAN:
            assert api.get(f"/tickets/{ticket.pk}")["safety"] == told


@pytest.mark.parametrize("surface", [58, 58.5, True, "cinquante", "58.123", "99999999999.00"])
def test_a_decimal_is_a_string_that_makes_sense(surface: object) -> None:
    building = make_dwelling().building
    body = {"building_id": building.pk, "rooms": 2, "surface": surface}
    error = Api(Role.RENTAL_MANAGER).refused("/dwellings", body, status=422, code="invalid")
    assert error["field"] == "surface"


def test_a_room_is_let_by_itself() -> None:
    dwelling = make_dwelling()
    api = Api(Role.RENTAL_MANAGER)
    assert api.post(f"/dwellings/{dwelling.pk}/rooms", {"label": "Chambre 1"}, status=201)["kind"] == "ROOM"
    assert [unit["kind"] for unit in api.get(f"/dwellings/{dwelling.pk}")["units"]] == ["WHOLE", "ROOM"]
    api.refused(f"/dwellings/{NOWHERE}/rooms", {"label": "Chambre 1"}, status=404, code="not_found")
