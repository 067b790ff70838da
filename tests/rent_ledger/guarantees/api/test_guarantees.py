"""Guarantees as data: what is to ask by when, what was asked and came; who reads what of it."""

from decimal import Decimal

import pytest

from office.access.codes import Role
from rent_ledger.guarantees.services.payments import note_payment
from tests.api import ROOT, Api
from tests.factories import actor_of, make_association, make_user
from tests.pages import cost
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, opened_case
from tests.rent_ledger.guarantees.services.test_guarantees import ask, surety, visale

pytestmark = pytest.mark.django_db


def test_a_guarantee_says_what_is_to_ask_and_what_came() -> None:
    make_association()
    case, manager = opened_case(months=(SEP, OCT, NOV)), Api(Role.RENTAL_MANAGER)
    row, desk = visale(case), actor_of(make_user())
    [told] = manager.get("/guarantees", state="to_do")["items"]
    assert (told["id"], told["guarantor"], told["ceiling"]) == (row.pk, "Action Logement", "7668.00")
    assert (told["call"]["state"], told["call"]["most"], told["call"]["by"]) == ("CLAIM", "639.00", "2026-11-01")
    alone = cost(manager.client, f"{ROOT}/guarantees")
    claim = ask(case, row, desk)
    note_payment(claim=claim, amount=Decimal("200.00"), paid_on=TODAY, reference="VIR-9", actor=desk)
    surety(case)
    assert cost(manager.client, f"{ROOT}/guarantees") == alone
    [told] = manager.get("/guarantees", state="awaited")["items"]
    assert (told["asked"], told["paid"], told["awaited"]) == ("426.00", "200.00", "226.00")
    told = manager.get(f"/guarantees/{row.pk}")
    assert told["owed_to_guarantors"] == "200.00"
    [asked] = told["claims"]
    assert (asked["state"], asked["answer"], asked["is_late"]) == ("ASKED", None, True)
    assert [(item["due_on"], item["amount"]) for item in asked["items"]] == [
        ("2026-09-01", "213.00"), ("2026-10-01", "213.00"),
    ]  # fmt: skip
    assert [(one["amount"], one["reference"]) for one in asked["payments"]] == [("200.00", "VIR-9")]
    [seen] = Api(Role.DIRECTOR).get(f"/guarantees/{row.pk}")["claims"]
    assert seen["payments"][0]["reference"] is None
    Api(Role.TECHNICIAN).get("/guarantees", status=403)
