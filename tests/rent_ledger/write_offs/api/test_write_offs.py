"""Write-offs as data: what was asked, who signed, what came back; who reads them."""

import pytest

from office.access.codes import Role
from rent_ledger.write_offs.services.write_offs import recover, refuse_write_off, sign_write_off
from tests.api import ROOT, Api
from tests.factories import actor_of, make_association, make_user, pay
from tests.pages import cost
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, TODAY, opened_case
from tests.rent_ledger.write_offs.services.test_write_offs import ask

pytestmark = pytest.mark.django_db


def test_a_loss_is_read_by_who_asks_and_who_decides() -> None:
    make_association()
    case, manager = opened_case(months=(OCT, NOV)), Api(Role.RENTAL_MANAGER)
    director = make_user(role=Role.DIRECTOR)
    assert manager.get("/write-offs")["items"] == []
    asker = actor_of(make_user())
    row = ask(case, asker)
    [told] = Api(director).get("/write-offs", state="ASKED")["items"]
    assert (told["id"], told["amount"], told["left"], told["decided_by"]) == (row.pk, "426.00", None, None)
    alone = cost(manager.client, f"{ROOT}/write-offs")
    sign_write_off(write_off=row, actor=actor_of(director))
    pay(account=case.account_id, amount="100.00", on=TODAY)
    recover(write_off=row, actor=asker)
    told = manager.get(f"/write-offs/{row.pk}")
    assert (told["state"], told["recovered"], told["left"]) == ("DONE", "100.00", "326.00")
    assert told["decided_by"]["id"] == director.pk
    assert told["asked_by"]["id"] == asker.user_id
    assert [item["amount"] for item in told["items"]] == ["213.00", "213.00"]
    assert [came["amount"] for came in told["recoveries"]] == ["100.00"]
    other = ask(opened_case(months=(OCT,)), asker)
    refuse_write_off(write_off=other, reason="Garant solvable", actor=actor_of(director))
    first, second = manager.get("/write-offs")["items"]
    assert (first["answer"], first["left"], second["id"]) == ("Garant solvable", None, row.pk)
    assert [one["id"] for one in manager.get("/write-offs", account_id=case.account_id)["items"]] == [row.pk]
    assert cost(manager.client, f"{ROOT}/write-offs") == alone
    Api(Role.SOCIAL_WORKER).get("/write-offs", status=403)
