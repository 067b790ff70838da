"""Session with its CSRF token, tokens with their scopes, errors that any operation may give."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common import clock
from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.services.tokens import issue_token, revoke_token
from office.models import Job, Organisation, User
from tests.api import Api
from tests.factories import make_user, number

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"
KEY = {"Idempotency-Key": "6f4cbb4e-5d6a-4b62-9c3b-0d5a3f6f0001"}


def token_of(user: User, *scopes: str) -> str:
    _, secret = issue_token(
        label="essai", scopes=scopes, expires_on=clock.today() + timedelta(days=30), actor=Actor.of(user)
    )
    return secret


def make_job(*, author: User) -> Job:
    return Job.objects.create(kind="essai", key=f"essai:{number()}", title="Essai", author=author)


def test_a_token_says_who_calls_and_its_scopes() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    api = Api(user, token=token_of(user, TokenScope.STOCK_READ))
    assert api.get("/me") == {
        "id": user.pk,
        "name": str(user),
        "email": user.email,
        "roles": ["RENTAL_MANAGER"],
        "scopes": ["stock:read"],
    }
    assert Api(user).get("/me")["scopes"] is None


def test_a_token_does_what_its_scopes_allow() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    api = Api(user, token=token_of(user, TokenScope.STOCK_READ, TokenScope.OFFICE_WRITE))
    assert api.get("/dwellings")["count"] == 0
    api.post("/organisations", {"name": "Habitat", "kinds": ["LANDLORD"]}, status=201)
    api.refused("/buildings", {}, status=403, code="scope_missing")
    for path in ("/organisations", "/leases", "/arrears", "/tickets"):
        assert api.get(path, status=403)["error"]["code"] == "scope_missing"


def test_a_scope_gives_nothing_that_the_role_has_not() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    api = Api(user, token=token_of(user, TokenScope.SOCIAL_READ, TokenScope.SOCIAL_WRITE))
    assert api.get("/alerts", status=403)["error"]["code"] == "not_allowed"


def test_a_token_that_ended_opens_nothing() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    secret = token_of(user, TokenScope.STOCK_READ)
    api = Api(user, token=secret)
    assert api.get("/dwellings")["count"] == 0
    revoke_token(token_id=user.tokens.get().pk, actor=Actor.of(user))
    assert api.get("/dwellings", status=401)["error"]["code"] == "not_authenticated"


@pytest.mark.clock("2026-11-05")
def test_a_token_expires() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    api = Api(user, token=token_of(user, TokenScope.STOCK_READ))
    with clock.travel(clock.today() + timedelta(days=31)):
        api.get("/dwellings", status=401)


def test_a_bad_token_is_not_saved_by_a_session() -> None:
    client = Client()
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    response = client.get("/api/v1/dwellings", headers={"Authorization": "Bearer ancrage_faux"})
    assert response.status_code == 401


def test_a_session_writes_with_its_csrf_token_only() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    body: dict[str, Any] = {"name": "Habitat", "kinds": ["LANDLORD"]}
    refused = client.post("/api/v1/organisations", body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf_failed")
    assert not Organisation.objects.exists()
    client.get("/api/v1/docs")
    token = client.cookies["csrftoken"].value
    made = client.post(
        "/api/v1/organisations", body, content_type="application/json", headers={"X-CSRFToken": token, **KEY}
    )
    assert made.status_code == 201


def test_a_token_needs_no_csrf_token() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    client = Client(enforce_csrf_checks=True)
    made = client.post(
        "/api/v1/organisations",
        {"name": "Habitat", "kinds": ["LANDLORD"]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token_of(user, TokenScope.OFFICE_WRITE)}", **KEY},
    )
    assert made.status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kinds": ["LANDLORD"]}, "name"),
        ({"name": "Habitat", "kinds": []}, "kinds"),
        ({"name": "Habitat", "kinds": ["BANKER"]}, "kinds.0"),
        ({"name": "Habitat", "kinds": ["LANDLORD"], "colour": "bleu"}, "colour"),
    ],
)
def test_a_body_that_is_not_right_is_told_in_french(body: dict[str, Any], field: str) -> None:
    error = Api(Role.RENTAL_MANAGER).refused("/organisations", body, status=422, code="invalid")
    assert error["field"] == field
    assert error["details"][0].startswith(f"{field} : ")
    assert not {"field", "input", "valid"} & set(error["message"].lower().replace(".", "").split())


def test_a_body_that_is_no_json() -> None:
    api = Api(Role.RENTAL_MANAGER)
    response = api.client.post("/api/v1/organisations", "{pas du json", content_type="application/json")
    assert response.status_code == 422
    assert "JSON" in response.json()["error"]["message"]


def test_named_refusals_of_the_address_book() -> None:
    api = Api(Role.RENTAL_MANAGER)
    body = {"name": "Habitat", "kinds": ["LANDLORD"]}
    api.refused("/organisations", body | {"siret": "123"}, status=422, code="invalid")
    api.post("/organisations", body | {"siret": SIRET}, status=201)
    api.refused("/organisations", body | {"siret": SIRET}, status=422, code="invalid")


def test_somebody_else_s_job_is_not_there() -> None:
    mine, theirs = Api(Role.RENTAL_MANAGER), Api(Role.RENTAL_MANAGER)
    assert mine.user is not None
    job = make_job(author=mine.user)
    assert mine.get(f"/jobs/{job.pk}")["title"] == "Essai"
    theirs.get(f"/jobs/{job.pk}", status=404)
    assert theirs.get("/jobs")["count"] == 0
    assert Api(Role.ADMINISTRATOR).get("/jobs")["count"] == 1


def test_a_list_is_paged() -> None:
    api = Api(Role.RENTAL_MANAGER)
    for name in ("Alpha", "Bêta", "Gamma"):
        api.post("/organisations", {"name": name, "kinds": ["LANDLORD"]}, status=201)
    second = api.get("/organisations", page=2, page_size=2)
    assert ([item["name"] for item in second["items"]], second["count"]) == (["Gamma"], 3)
    assert api.get("/organisations", page=9)["items"] == []
    assert api.get("/organisations", q="beta")["count"] == 1
    api.get("/organisations", page_size=101, status=422)


def test_parameters_are_read_with_their_source() -> None:
    shown = Api(Role.DIRECTOR).get("/parameters", on="2027-01-01")
    assert shown["on"] == "2027-01-01"
    assert all(parameter["source"] for parameter in shown["parameters"])
