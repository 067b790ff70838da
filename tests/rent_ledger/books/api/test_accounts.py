"""The API of accounts."""

from uuid import uuid4

import pytest

from office.access.codes import Role
from tests.api import Api
from tests.factories import make_arrears

pytestmark = pytest.mark.django_db


def test_a_general_account_is_no_account_of_a_household() -> None:
    make_arrears()
    api = Api(Role.RENTAL_MANAGER)
    api.get("/accounts/30", status=404)
    api.get("/accounts/30/statement", status=404)
    payment = {"account_id": 30, "method": "CASH", "amount": "10.00", "received_on": "2026-11-05"}
    api.refused("/payments", payment, key=uuid4(), status=422, code="unknown_reference")
