"""The API of bank files and lines."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office.access.codes import Role
from rent_ledger.models import BankFile, BankLine
from tests.api import Api, operation_of, validate
from tests.factories import make_bank_account, make_let, make_user, owe
from tests.rent_ledger.banking import camt, movement, written

pytestmark = pytest.mark.django_db
NOWHERE = 987_654_321


def upload(data: bytes, name: str = "releve.xml", **more: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data), **more}


def test_a_bank_file_that_cannot_be_read_is_refused_whole() -> None:
    api = Api(Role.RENTAL_MANAGER)
    error = api.refused("/bank-files", form=upload(b"bonjour"), status=422, code="unreadable_file")
    assert error["details"]
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x">]><Document>&a;</Document>'
    api.refused("/bank-files", form=upload(bomb), status=422, code="hostile_file")
    unknown = camt(written("FR7630001007941234567890185", movement("10.00")))
    api.refused("/bank-files", form=upload(unknown), status=422, code="statement_refused")
    api.refused("/bank-files", form=upload(unknown, leave_unknown="true"), status=422, code="statement_refused")
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
    out = api.post(f"/bank-statements/{aside['id']}/withdraw", {"reason": "Relevé d’un autre compte"})
    assert (out["state"], out["withdrawn_why"]) == ("OUT", "Relevé d’un autre compte")
    api.refused(f"/bank-statements/{aside['id']}/withdraw", {"reason": "Encore"}, status=409, code="conflict")


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
