"""The API of rights to an aid."""

import pytest

from office.access.codes import Role
from tests.api import Api
from tests.factories import make_let, make_payer

pytestmark = pytest.mark.django_db


def test_a_benefit_changes_by_a_new_right_and_ends() -> None:
    lease, payer = make_let(), make_payer()
    api = Api(Role.RENTAL_MANAGER)
    at = f"/leases/{lease.pk}/benefit-rights"
    right = {"payer_id": payer.pk, "kind": "APL", "beneficiary_number": "1234567", "amount": "250.00"}
    api.post(at, right | {"start": "2026-01-01"}, status=201)
    api.post(at, right | {"start": "2026-06-01", "amount": "230.00"}, status=201)
    first, second = Api(Role.SOCIAL_WORKER).get(at)
    assert (first["period"]["last_day"], second["period"]["last_day"]) == ("2026-05-31", None)
    ended = api.post(f"/benefit-rights/{second['id']}/end", {"on": "2026-12-01"})
    assert ended["period"]["last_day"] == "2026-11-30"
    landlord = right | {"payer_id": lease.agreement.owner_id, "start": "2027-01-01"}
    api.refused(at, landlord, status=422, code="unknown_reference")
    Api(Role.SOCIAL_WORKER).refused(at, right, status=403, code="not_allowed")
