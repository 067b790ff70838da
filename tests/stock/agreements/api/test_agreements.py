"""The API of agreements."""

import pytest

from office.access.codes import Role
from tests.api import Api
from tests.factories import make_agreement, make_dwelling, make_organisation

pytestmark = pytest.mark.django_db
NOWHERE = 987_654_321


def test_an_agreement_is_not_for_a_technician() -> None:
    agreement = make_agreement(dwellings=[make_dwelling()])
    shown = Api(Role.DIRECTOR).get(f"/agreements/{agreement.pk}")
    assert len(shown["dwellings"]) == 1
    assert Api(Role.TECHNICIAN).get(f"/agreements/{agreement.pk}", status=403)["error"]["code"] == "not_allowed"


def test_a_dwelling_has_one_title_at_a_time() -> None:
    dwelling = make_dwelling()
    make_agreement(dwellings=[dwelling])
    other = make_agreement()
    api = Api(Role.RENTAL_MANAGER)
    error = api.refused(f"/agreements/{other.pk}/dwellings", {"dwelling_id": dwelling.pk}, status=422, code="invalid")
    assert "Une autre convention" in error["message"]
    assert api.get(f"/agreements/{other.pk}")["dwellings"] == []


def test_what_a_body_names_must_be_there() -> None:
    api = Api(Role.RENTAL_MANAGER)
    error = api.refused("/dwellings", {"building_id": NOWHERE, "rooms": 2}, status=422, code="unknown_reference")
    assert error["field"] == "building_id"
    body = {"kind": "MANDATE", "reference": "M-1", "title": "Mandat", "from_day": "2026-01-01"}
    api.refused("/agreements", body | {"owner_id": NOWHERE}, status=422, code="unknown_reference")
    owner = make_organisation()
    made = api.post(
        "/agreements", body | {"owner_id": owner.pk, "last_day": "2026-12-31", "is_conventioned": True}, status=201
    )
    assert made["is_conventioned"] is True
    assert made["rent_collected_for"] == "MANDANTS"
    assert made["period"] == {"from_day": "2026-01-01", "last_day": "2026-12-31"}
