"""Every write of the API carries a key, and is done once."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import encode_multipart

from common import clock
from common.errors import Busy
from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.services.tokens import issue_token
from office.models import Organisation
from office.requests import api as requests_api
from office.requests.transport import content_of
from rent_ledger.models import BankFile
from tests.api import Api, operations
from tests.factories import make_bank_account, make_user
from tests.rent_ledger.banking import camt, movement, written

pytestmark = pytest.mark.django_db
BUILDING = {"street": "1 rue des Lilas", "postcode": "75011", "city": "Paris", "commune": "75111"}
HABITAT = {"name": "Habitat", "kinds": ["LANDLORD"]}


def test_every_write_asks_for_a_key_and_no_read_does() -> None:
    asked = {
        operation["operationId"]: any(
            parameter["name"] == "Idempotency-Key" and parameter["required"]
            for parameter in operation.get("parameters", ())
        )
        for _, _, operation in operations()
    }
    writes = {operation["operationId"] for method, _, operation in operations() if method != "GET"}
    assert {name for name, is_asked in asked.items() if is_asked} == writes
    assert len(writes) > 40


def test_without_its_key_a_write_is_refused() -> None:
    api = Api(Role.RENTAL_MANAGER)
    response = api.client.post("/api/v1/organisations", HABITAT, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["error"]["field"] == "Idempotency-Key"
    assert not Organisation.objects.exists()


def test_what_is_sent_again_gets_the_first_answer() -> None:
    """A write whose rows have no key of their own: the answer is the same, byte for byte, and one row is made."""
    api, key = Api(Role.RENTAL_MANAGER), uuid4()
    first = api.post("/organisations", HABITAT, key=key, status=201)
    Organisation.objects.update(name="Habitat du Nord")
    assert api.post("/organisations", HABITAT, key=key, status=201) == first
    assert Organisation.objects.get().name == "Habitat du Nord"


def test_a_key_that_served_another_content_is_refused() -> None:
    api, key = Api(Role.RENTAL_MANAGER), uuid4()
    api.post("/organisations", HABITAT, key=key, status=201)
    api.refused("/organisations", HABITAT | {"name": "Autre"}, key=key, status=409, code="key_reused")
    api.refused("/buildings", BUILDING, key=key,
                status=409, code="key_reused")  # fmt: skip
    assert Organisation.objects.count() == 1


def test_while_the_first_send_is_at_work_the_second_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: object) -> None:
        raise Busy("Cet envoi est déjà en cours.")

    monkeypatch.setattr(requests_api, "once", busy)
    response = Api(Role.RENTAL_MANAGER).client.post(
        "/api/v1/organisations", HABITAT, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert (response.status_code, response["Retry-After"]) == (409, "5")
    assert response.json()["error"]["message"] == "Cet envoi est déjà en cours."


def test_a_refused_write_leaves_its_key_free() -> None:
    api, key = Api(Role.RENTAL_MANAGER), uuid4()
    api.refused("/organisations", HABITAT | {"siret": "1"}, key=key, status=422, code="invalid")
    assert api.post("/organisations", HABITAT, key=key, status=201)["name"] == "Habitat"


def test_a_file_sent_again_is_the_same_whatever_the_boundary_of_its_form() -> None:
    api, key = Api(Role.RENTAL_MANAGER), uuid4()
    data = camt(written(make_bank_account(), movement("100.00")))

    def send(boundary: str, content: bytes = data) -> Any:
        form = {"file": SimpleUploadedFile("releve.xml", content, "text/xml"), "dry_run": "false"}
        return api.client.post(
            "/api/v1/bank-files", encode_multipart(boundary, form), headers={"Idempotency-Key": str(key)},
            content_type=f"multipart/form-data; boundary={boundary}",
        )  # fmt: skip

    first, again = send("un"), send("deux")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, BankFile.objects.count()) == (first.content, 1)
    assert send("trois", data + b" ").json()["error"]["code"] == "key_reused"


def test_who_lost_the_role_gets_no_answer_again() -> None:
    user, key = make_user(role=Role.RENTAL_MANAGER), uuid4()
    Api(user).post("/organisations", HABITAT, key=key, status=201)
    user.grants.all().delete()
    Api(user).post("/organisations", HABITAT, key=key, status=403)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_the_content_counts_whatever_it_is_said_to_be(kind: str) -> None:
    """`curl -d` says that its JSON is a form."""
    user, key = make_user(role=Role.RENTAL_MANAGER), uuid4()
    _, token = issue_token(
        label="curl", scopes=[TokenScope.OFFICE_WRITE], expires_on=clock.today() + timedelta(days=30),
        actor=Actor.of(user),
    )  # fmt: skip
    client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(key)})

    def send(name: str) -> Any:
        return client.post("/api/v1/organisations", json.dumps(HABITAT | {"name": name}), content_type=kind)

    assert [send("Un").status_code, send("Un").status_code] == [201, 201]
    assert send("Deux").json()["error"]["code"] == "key_reused"
    assert Organisation.objects.get().name == "Un"


def test_values_of_one_name_are_not_those_of_another() -> None:
    def parts(**form: object) -> list[bytes]:
        return list(content_of(RequestFactory().post("/", form)))  # type: ignore[arg-type]

    assert parts(a=["b", "c", "d"]) != parts(a="b", c="d")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", json.dumps(HABITAT)),
        ("multipart/form-data; boundary=x", json.dumps(HABITAT)),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(1200))),
        ("application/json", json.dumps(HABITAT | {"name": "Habi\0tat"})),
        ("application/json", json.dumps(HABITAT | {"kinds": ["LAND\0LORD"]})),
    ],
    ids=["no boundary", "JSON as a form", "many fields", "NUL", "NUL in a list"],
)
def test_what_cannot_be_read_is_refused_in_the_one_shape(kind: str, body: str) -> None:
    client = Client(headers={"Idempotency-Key": str(uuid4())}, enforce_csrf_checks=True)
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post("/api/v1/organisations", body, content_type=kind, headers={"X-CSRFToken": "a" * 32})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert not Organisation.objects.exists()
