"""The API of payments at the desk."""

from datetime import date
from uuid import uuid4

import pytest

from office.access.codes import Role
from rent_ledger.models import Payment
from tests.api import Api
from tests.factories import ANYWAY, make_let, owe

pytestmark = pytest.mark.django_db
NOWHERE = 987_654_321


def test_a_payment_sent_twice_is_one_payment() -> None:
    account = owe(lease=make_let(), due_on=date(2026, 11, 1), amount="213.00")
    api, key = Api(Role.RENTAL_MANAGER), uuid4()
    body = {"account_id": account, "method": "CHEQUE", "amount": "113.00", "received_on": "2026-11-05"}
    first = api.post("/payments", body, key=key, status=201)
    assert api.post("/payments", body, key=key, status=201) == first
    assert Payment.objects.count() == 1
    assert api.get(f"/accounts/{account}")["state"]["debt"] == "100.00"
    api.refused("/payments", body | {"method": "CASH"}, key=key, status=409, code="key_reused")
    api.post(f"/payments/{first['id']}/cancel")
    assert api.get(f"/accounts/{account}")["state"]["debt"] == "213.00"
    api.refused(f"/payments/{first['id']}/cancel", status=409, code="conflict")


def test_an_amount_beyond_the_debt_is_asked_about_and_no_slip_breaks_the_account() -> None:
    account = owe(lease=make_let(), due_on=date(2026, 11, 1), amount="1900.00")
    api = Api(Role.RENTAL_MANAGER)
    body = {"account_id": account, "method": "CARD", "amount": "2000.00", "received_on": "2026-11-05"}
    api.refused("/payments", body, key=uuid4(), status=409, code="above_due")
    huge = body | {"amount": "9999999999.99", "answers": ANYWAY}
    assert api.refused("/payments", huge, key=uuid4(), status=422, code="invalid")["field"] == "amount"
    for day in ("0001-01-01", "1999-12-31"):
        old = body | {"received_on": day, "answers": ANYWAY}
        assert api.refused("/payments", old, key=uuid4(), status=422, code="invalid")["field"] == "received_on"
    api.post("/payments", body | {"answers": ANYWAY}, key=uuid4(), status=201)
    api.post("/payments", body | {"answers": ANYWAY, "amount": "1.00"}, key=uuid4(), status=201)


def test_a_payment_needs_one_place() -> None:
    account = owe(lease=make_let(), due_on=date(2026, 11, 1), amount="213.00")
    api = Api(Role.RENTAL_MANAGER)
    body = {"method": "CASH", "amount": "10.00", "received_on": "2026-11-05"}
    api.refused("/payments", body, key=uuid4(), status=422, code="invalid")
    api.refused("/payments", body | {"account_id": account, "lease_id": 1}, key=uuid4(), status=422, code="invalid")
    api.refused("/payments", body | {"lease_id": NOWHERE}, key=uuid4(), status=422, code="unknown_reference")
    late = body | {"account_id": account, "received_on": "2026-11-06"}
    assert api.refused("/payments", late, key=uuid4(), status=422, code="invalid")["field"] == "received_on"
    assert not Payment.objects.exists()
