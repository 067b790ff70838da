"""Accounts, bank and arrears by the API: who sees what, replays, and the named refusals."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.periods import Month
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Job
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.models import BankFile, BankLine, Payment, RentRun
from tests.api import Api, operation_of, validate
from tests.factories import make_arrears, make_bank_account, make_let, make_payer, make_user, owe, pay
from tests.rent_ledger.banking import camt, movement, written

pytestmark = pytest.mark.django_db

NOWHERE = 987_654_321


def upload(data: bytes, name: str = "releve.xml", **more: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data), **more}


# -- who sees what --------------------------------------------------------------------------------------------------


def test_a_director_sees_balances_and_totals_but_no_name_in_arrears() -> None:
    case = make_arrears()
    director, worker = Api(Role.DIRECTOR), Api(Role.SOCIAL_WORKER)
    assert director.get(f"/accounts/{case.account_id}")["state"]["debt"] == "213.00"
    totals = director.get("/arrears/totals")
    assert [(row["count"], row["amount"]) for row in totals["lanes"] if row["count"]] == [(1, "213.00")]
    director.get("/arrears", status=403)
    director.get(f"/arrears/cases/{case.pk}", status=403)
    assert [row["case_id"] for row in worker.get("/arrears")["items"]] == [case.pk]
    assert worker.get(f"/arrears/cases/{case.pk}")["answers"] is None
    assert Api(Role.HEAD_OF_SOCIAL).get(f"/arrears/cases/{case.pk}")["answers"] == []


def test_arrears_are_filtered_and_sorted_as_on_the_page() -> None:
    small, large = make_arrears(amount="100.00"), make_arrears(amount="300.00")
    api = Api(Role.RENTAL_MANAGER)

    def cases(**query: object) -> list[int]:
        return [row["case_id"] for row in api.get("/arrears", **query)["items"]]

    assert cases(sort="debt") == [small.pk, large.pk]
    assert cases(sort="debt", descending=True) == [large.pk, small.pk]
    assert large.account.household is not None
    assert cases(q=large.account.household.name) == [large.pk]
    [lane] = {row["lane"] for row in api.get("/arrears")["items"]}
    assert len(cases(lane=lane)) == 2
    assert cases(lane="GONE") == []
    api.get("/arrears", lane="AILLEURS", status=422)


def test_a_general_account_is_no_account_of_a_household() -> None:
    make_arrears()
    api = Api(Role.RENTAL_MANAGER)
    api.get("/accounts/30", status=404)
    api.get("/accounts/30/statement", status=404)
    payment = {"account_id": 30, "method": "CASH", "amount": "10.00", "received_on": "2026-11-05"}
    api.refused("/payments", payment, key=uuid4(), status=422, code="unknown_reference")


# -- decisions ------------------------------------------------------------------------------------------------------


def test_a_decision_says_what_it_answers() -> None:
    case = make_arrears(dues=[date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)])
    api = Api(Role.RENTAL_MANAGER)
    at = f"/arrears/cases/{case.pk}"
    proposed = api.get(at)["action"]
    other = "WAIT_ANSWER" if proposed != "WAIT_ANSWER" else "CALL"
    api.refused(f"{at}/decisions", {"decision": "CONFIRM", "expected": other}, status=409, code="conflict")
    pause = {"decision": "PAUSE", "reason": "Rendez-vous pris", "pause_until": "2026-11-20", "expected": proposed}
    made = api.post(f"{at}/decisions", pause, status=201)
    assert (made["proposed"], made["decision"], made["author"]["id"]) == (proposed, "PAUSE", api.user.pk)  # type: ignore[union-attr]
    shown = api.get(at)
    assert [d["id"] for d in shown["decisions"]] == [made["id"]]
    assert [hold["until"] for hold in shown["holds"]] == ["2026-11-20"]
    assert Api(Role.SOCIAL_WORKER).refused(f"{at}/decisions", pause, status=403, code="not_allowed")


# -- payments -------------------------------------------------------------------------------------------------------


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


# -- runs -----------------------------------------------------------------------------------------------------------


def test_a_run_in_progress_is_not_started_again() -> None:
    make_let()
    api = Api(Role.RENTAL_MANAGER)
    first = api.post("/rent-runs", {"month": "2026-11"}, status=201)
    error = api.refused("/rent-runs", {"month": "2026-11"}, status=409, code="run_in_progress")
    assert str(api.user) in error["message"]
    assert [row["id"] for row in api.get("/rent-runs")["items"]] == [first["id"]]
    api.refused(f"/rent-runs/{first['id']}/undo", status=409, code="conflict")
    assert (RentRun.objects.count(), Job.objects.count()) == (1, 1)


def test_an_undo_that_something_stands_in_the_way_of() -> None:
    from office.jobs.worker import drain

    lease = make_let()
    run = launch_run(month=Month(2026, 11), actor=Actor.system())
    drain()
    [account] = lease.accounts.filter(kind="TENANT")
    pay(account=account.pk, on=date(2026, 11, 4), amount="480.00")
    api = Api(Role.RENTAL_MANAGER)
    [obstacle] = api.get(f"/rent-runs/{run.pk}/obstacles")
    assert obstacle["household_name"] == lease.household.name
    error = api.refused(f"/rent-runs/{run.pk}/undo", status=409, code="run_stuck")
    assert lease.household.name in error["message"]
    assert api.get(f"/rent-runs/{run.pk}")["state"] == "DONE"


@pytest.mark.parametrize("month", ["2026-13", "11/2026", "2026-1", ""])
def test_a_month_is_written_as_a_month(month: str) -> None:
    Api(Role.RENTAL_MANAGER).refused("/rent-runs", {"month": month}, status=422, code="invalid")


# -- bank -----------------------------------------------------------------------------------------------------------


def test_a_bank_file_that_cannot_be_read_is_refused_whole() -> None:
    api = Api(Role.RENTAL_MANAGER)
    error = api.refused("/bank-files", form=upload(b"bonjour"), status=422, code="unreadable_file")
    assert error["details"]
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x">]><Document>&a;</Document>'
    api.refused("/bank-files", form=upload(bomb), status=422, code="hostile_file")
    unknown = camt(written("FR7630001007941234567890185", movement("10.00")))
    api.refused("/bank-files", form=upload(unknown), status=422, code="statement_refused")
    assert not BankFile.objects.exists()


def test_a_file_of_200_mb_is_refused_unread() -> None:
    """Its announced length is enough: the body that follows is never asked for."""

    class Endless:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

        readline = readlines = __iter__ = read

    client = Client()
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    response = client.generic(
        "POST", "/api/v1/bank-files", b"", content_type="multipart/form-data; boundary=xx",
        **{"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": Endless()},
    )  # fmt: skip
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_big")
    declared = operation_of("POST", "/api/v1/bank-files")["responses"]["413"]["content"]["application/json"]["schema"]
    validate(declared, response.json())


def test_a_body_bigger_than_any_form_is_refused_unread() -> None:
    client = Client()
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    for path, size in (("payments", 6), ("bank-files", 52)):
        response = client.generic(
            "POST", f"/api/v1/{path}", b"", content_type="application/json", CONTENT_LENGTH=str(size * 1024 * 1024)
        )
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_big"), path


def test_a_statement_with_a_gap_waits_for_a_person() -> None:
    bank = make_bank_account()
    data = camt(written(bank, movement("100.00"))).replace(b"1100.00", b"1150.00")
    api = Api(Role.RENTAL_MANAGER)
    report = api.post("/bank-files", form=upload(data), status=201)
    assert [row["state"] for row in report["statements"]] == ["ASIDE"]
    assert not BankLine.objects.exists()
    [aside] = api.get("/bank-statements", state="ASIDE")["items"]
    assert aside["gap"] == "50.00"
    assert api.post(f"/bank-statements/{aside['id']}/confirm")["new"] == 1
    api.refused(f"/bank-statements/{aside['id']}/confirm", status=409, code="conflict")


def test_a_line_left_out_of_the_rents_and_taken_back() -> None:
    bank = make_bank_account()
    api = Api(Role.RENTAL_MANAGER)
    api.post("/bank-files", form=upload(camt(written(bank, movement("12.34", name="INCONNU")))), status=201)
    [line] = api.get("/bank-lines")["items"]
    at = f"/bank-lines/{line['id']}"
    assert api.post(f"{at}/leave", {"reason": "Erreur de la banque"})["state"] == "OTHER"
    api.refused(f"{at}/leave", {}, status=409, code="line_decided")
    assert api.post(f"{at}/undo")["state"] == "TO_PLACE"
    api.refused(f"{at}/accept", {"match_id": NOWHERE}, status=422, code="unknown_reference")
    account = owe(lease=make_let(), due_on=date(2026, 11, 1), amount="12.34")
    short = {"shares": [{"account_id": account, "amount": "12.00"}]}
    api.refused(f"{at}/place", short, status=422, code="invalid")
    whole = {"shares": [{"account_id": account, "amount": "12.34"}]}
    [match] = api.post(f"{at}/place", whole)["matches"]
    assert (match["account_id"], match["is_accepted"]) == (account, True)


# -- benefits -------------------------------------------------------------------------------------------------------


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
