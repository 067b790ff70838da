"""The one shape of refusals, for what no service has foreseen: a race lost in the database, a code not declared."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.testing import TestClient

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed, UnreadableFile
from office.api_base import install_errors
from office.house.codes import HeldFor
from office.models import Organisation, RoleGrant
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"


def answer_to(
    view: Callable[[], object], codes: dict[int, tuple[str, ...]] | None = None
) -> tuple[int, dict[str, Any]]:
    """What the API answers where an operation does `view`."""
    api = NinjaAPI(urls_namespace=f"errors-{id(view)}")
    install_errors(api)

    @api.get("/x")
    def operation(request: HttpRequest) -> None:
        if codes is not None:
            request.api_codes = codes  # type: ignore[attr-defined]
        with transaction.atomic():
            view()

    response = TestClient(api).get("/x")
    return response.status_code, response.json()["error"]


def raising(error: Exception) -> Callable[[], object]:
    def view() -> None:
        raise error

    return view


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotAllowed("Non."), 403, "not_allowed"),
        (PermissionDenied("Non."), 403, "not_allowed"),
        (Conflict("Déjà pris.", code="taken"), 409, "taken"),
        (InvalidInput("Faux.", field="name"), 422, "invalid"),
        (UnreadableFile("Illisible.", errors=["ligne 3"]), 422, "unreadable_file"),
        (DomainError("Non."), 422, "refused"),
    ],
)
def test_what_a_service_refuses(error: Exception, status: int, code: str) -> None:
    got, body = answer_to(raising(error))
    assert (got, body["code"], body["message"]) == (status, code, str(error))
    assert body["field"] == getattr(error, "field", None)
    assert body["details"] == getattr(error, "errors", [])


def test_a_race_lost_in_the_database_is_a_conflict_in_french() -> None:
    Organisation.objects.create(name="Habitat", siret=SIRET)
    status, error = answer_to(lambda: Organisation.objects.create(name="Autre", siret=SIRET))
    assert (status, error["code"], error["field"]) == (409, "conflict", "siret")
    assert "existe déjà" in error["message"]


def test_two_periods_that_overlap_are_a_conflict_in_french() -> None:
    grant = make_user().grants.get()
    same = {"user": grant.user, "role": grant.role, "period": grant.period}
    status, error = answer_to(lambda: RoleGrant.objects.create(**same))
    assert (status, error["message"]) == (409, "Cette personne a déjà ce rôle sur une partie de la période.")


FAULTS: dict[str, Callable[[], object]] = {
    "database": lambda: Organisation.objects.create(name=None),  # type: ignore[misc]
    "code": lambda: 1 / 0,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_ours_is_told_in_the_one_shape_and_quotes_nothing(
    fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not dressed up as a refusal: 500, with its cause in the log of the server only."""
    status, error = answer_to(fault)
    assert (status, error["code"]) == (500, "error")
    assert "erreur inattendue" in error["message"]
    assert "name" not in error["message"]
    assert caplog.records[-1].exc_info


def test_a_code_that_is_not_declared_becomes_the_general_one() -> None:
    _, error = answer_to(raising(Conflict("Déjà pris.", code="taken")), {409: ("conflict",)})
    assert error["code"] == "conflict"
    _, error = answer_to(raising(Conflict("Déjà pris.", code="taken")), {409: ("conflict", "taken")})
    assert error["code"] == "taken"


def test_a_choice_is_said_in_french() -> None:
    api = NinjaAPI(urls_namespace="choices")
    install_errors(api)

    @api.get("/x")
    def operation(request: HttpRequest, rule: Literal["ADVANCE", "ARREARS"], kind: HeldFor) -> None:
        pass

    client = TestClient(api)
    said = client.get("/x?rule=LATER&kind=ITSELF").json()["error"]
    assert (said["field"], said["message"]) == ("rule", "Choisissez une valeur parmi : 'ADVANCE' ou 'ARREARS'.")
    said = client.get("/x?rule=ADVANCE&kind=x").json()["error"]["message"]
    assert said == "Choisissez une valeur parmi : 'ITSELF', 'MANDANTS' ou 'PUBLIC_BODY'."


def test_a_full_disk_is_said_as_such() -> None:
    def refuse() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$")

    status, error = answer_to(refuse)
    assert (status, error["code"]) == (503, "error")
    assert error["message"].startswith("Le disque du serveur est plein")
