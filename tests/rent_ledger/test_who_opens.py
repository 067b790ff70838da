"""Which role opens the pages of money that comes in."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.models import BenefitLine, Payment
from tests.factories import make_user
from tests.pages import signed_in
from tests.rent_ledger.aids import bring, housed

pytestmark = pytest.mark.django_db
DESK = reverse("rent_ledger:payments")


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


def sent(**changes: str) -> dict[str, str]:
    return {
        "method": "CASH", "amount": "120,00", "received_on": "05/11/2026", "request_key": str(uuid4())
    } | changes  # fmt: skip


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
@pytest.mark.clock("2026-11-26")
def test_money_pages_are_for_the_rental_manager(role):
    lease, right = housed()
    report = bring(right.payer, ("7777777", "11/2026", "250,00"))
    line = BenefitLine.objects.get()
    manager = signed_in(make_user())
    manager.post(f"{DESK}?pour=bail-{lease.pk}", sent())
    payment = Payment.objects.get()
    client = signed_in(make_user(role=role))
    for method, name, args in (
        ("get", "payments", []),
        ("get", "payment", [payment.pk]),
        ("post", "payment_receipt", [payment.pk]),
        ("post", "payment_cancel", [payment.pk]),
        ("get", "benefits", []),
        ("get", "benefit_columns", ["x"]),
        ("get", "benefit_statement", [report.statement_id]),
        ("post", "benefit_assign", [line.pk]),
        ("post", "benefit_follow", [line.pk]),
        ("get", "benefit_rights", [lease.pk]),
        ("post", "benefit_rights", [lease.pk]),
        ("post", "benefit_right_end", [lease.pk, right.pk]),
        ("post", "benefit_right_keep", [lease.pk, right.pk]),
        ("post", "benefit_right_drop", [lease.pk, right.pk]),
        ("post", "benefit_settle", [lease.pk]),
    ):
        assert getattr(client, method)(reverse(f"rent_ledger:{name}", args=args)).status_code == 403, name
