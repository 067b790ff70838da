"""What holds for every operation: who is let in, what is refused and under which name, the page of documentation."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from django.test import Client
from ninja import Schema

from config import api_pages
from office.access.codes import Role, TokenScope
from tests.api import Api, document, operations, validate
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOWHERE = 987_654_321


def call(client: Client, method: str, path: str, **headers: str) -> Any:
    """An operation on an object that is not there, with an empty body."""
    address = re.sub(r"\{[^}]+\}", str(NOWHERE), path)
    send = {"GET": client.get, "POST": client.post}[method]
    more = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    return send(address, headers=headers, **more)


def test_every_operation_says_who_may_call_it() -> None:
    seen = set()
    for method, path, operation in operations():
        where = f"{method} {path}"
        assert method in {"GET", "POST"}, where
        assert set(operation["x-roles"]) <= set(Role.values), where
        assert operation["x-roles"], where
        assert operation["description"].strip(), where
        if operation["operationId"] != "read_me":
            side = "read" if method == "GET" else "write"
            assert operation["x-scope"] in TokenScope.values, where
            assert operation["x-scope"].endswith(f":{side}"), where
        assert {"401", "403", "422"} <= set(operation["responses"]), where
        assert ("404" in operation["responses"]) == ("{" in path), where
        seen.add(operation["operationId"])
    assert len(seen) == len(operations()) >= 70


def test_nobody_is_let_in_without_signing_in() -> None:
    for method, path, operation in operations():
        for headers in ({}, {"Authorization": "Bearer ancrage_inconnu"}):
            response = call(Client(), method, path, **headers)
            assert response.status_code == 401, (method, path)
            assert response["WWW-Authenticate"] == "Bearer"
            validate(operation["responses"]["401"]["content"]["application/json"]["schema"], response.json())


@pytest.mark.parametrize("role", [*Role.values, None])
def test_each_role_enters_where_the_matrix_lets_it(role: str | None) -> None:
    client = Client()
    client.force_login(make_user(role=role))
    for method, path, operation in operations():
        response = call(client, method, path)
        where = f"{role} {method} {path}: {response.status_code} {response.content[:200]!r}"
        if role in operation["x-roles"]:
            assert response.status_code not in {401, 403}, where
        else:
            assert response.status_code == 403, where
            assert response.json()["error"]["code"] == "not_allowed", where
        assert str(response.status_code) in operation["responses"], where
        schema = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
        validate(schema, response.json())


def _days() -> list[tuple[str, str, str, str]]:
    """(path, parameter, schema of the parameter as text, role that may) of what an address may say of days."""
    found = []
    for method, path, operation in operations():
        for parameter in operation.get("parameters", ()):
            schema = json.dumps(parameter["schema"])
            name = parameter["name"]
            if method == "GET" and ('"date"' in schema or name in {"month", "year"}):
                found.append((path, name, schema, operation["x-roles"][0]))
    return found


def _asked_beside(path: str) -> dict[str, str]:
    """A good value of each parameter that an address must have."""
    return {
        parameter["name"]: "2026-11-05" if '"date"' in json.dumps(parameter["schema"]) else "1"
        for method, of, operation in operations()
        if method == "GET" and of == path
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and parameter.get("required")
    }


@pytest.mark.parametrize("odd", ["0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01", "2026-00-10", "demain"])
def test_an_odd_day_in_an_address_is_refused_in_french(odd: str) -> None:
    days = _days()
    assert {name for _, name, _, _ in days} >= {"on", "year", "month", "due_until"}
    for path, name, schema, role in days:
        client = Client()
        client.force_login(make_user(role=role))
        value = odd if '"date"' in schema else odd[:7] if name == "month" else odd[:4]
        if name == "year" and value == "2026":
            continue
        response = client.get(re.sub(r"\{[^}]+\}", str(NOWHERE), path), _asked_beside(path) | {name: value})
        assert response.status_code == 422, (path, name, value, response.content)
        error = response.json()["error"]
        assert error["field"] == name
        assert re.match("Cette date|Cette écriture|Écrivez|Donnez", error["message"]), (path, error)


def test_some_cells_of_the_matrix_by_hand() -> None:
    """Typed from the matrix, not read from the code."""
    roles = {operation["operationId"]: set(operation["x-roles"]) for _, _, operation in operations()}
    manager, technician, worker = "RENTAL_MANAGER", "TECHNICIAN", "SOCIAL_WORKER"
    head, director, administrator = "HEAD_OF_SOCIAL", "DIRECTOR", "ADMINISTRATOR"
    assert roles["read_account"] == {manager, worker, head, director}
    assert roles["list_arrears"] == {manager, worker, head}
    assert roles["read_arrears_totals"] == {manager, worker, head, director}
    assert roles["list_alerts"] == roles["answer_alert"] == roles["log_contact"] == {worker, head}
    assert roles["list_bank_lines"] == roles["take_payment"] == roles["launch_rent_run"] == {manager}
    assert roles["list_write_offs"] == {manager, director}
    assert roles["list_credits"] == {manager, worker, head, director}
    assert roles["read_household"] == {manager, worker, head, director}
    assert roles["read_ticket"] == {manager, technician, worker, head, director}
    assert roles["list_parameters"] == {director, administrator}


def test_an_unknown_address_has_the_same_envelope() -> None:
    for path in ("/api/v1/rien", "/api/v1/"):
        response = Client().get(path)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"


# -- the page of documentation --------------------------------------------------------------------------------------


def test_the_documentation_is_for_who_signed_in() -> None:
    for path in ("/api/v1/docs", "/api/v1/openapi.json"):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/compte/login/")


def test_each_operation_has_its_page_in_the_skin_of_the_house() -> None:
    client = Api(Role.DIRECTOR).client
    index = client.get("/api/v1/docs")
    html = index.content.decode()
    assert "script-src 'self'" in index["Content-Security-Policy"]
    assert "unsafe" not in index["Content-Security-Policy"]
    assert "<h1>API</h1>" in html
    assert not re.search(r"<style|\son\w+=|\sstyle=", html)
    keys = re.findall(r'href="\?operation=(\w+)"', html)
    known = {node["operationId"] for methods in document()["paths"].values() for node in methods.values()}
    assert sorted(keys) == sorted(known)
    for key in keys:
        page = client.get("/api/v1/docs", {"operation": key})
        assert page.status_code == 200, key
    assert client.get("/api/v1/docs", {"operation": "nothing_like_it"}).status_code == 404


def test_the_documentation_names_no_module() -> None:
    """`rent_ledger` is said in the scope of a token, which a program has to write; nowhere else."""
    html = Api(Role.DIRECTOR).client.get("/api/v1/docs").content.decode().partition("<main")[2]
    said = re.findall(r'<h2[^>]*>(.*?)</h2>|<a [^>]*lang="en">(.*?)</a>', html)
    words = " ".join(title or name for title, name in said).lower()
    assert "logements et conventions" in words
    for module in ("rent_ledger", "rent ledger", "social_link", "social link", "maintenance", "autres"):
        assert module not in words


def test_the_page_of_an_operation_says_what_to_send_and_what_comes_back() -> None:
    shown = api_pages.operation(document(), "create_organisation")
    assert shown is not None
    assert (shown.method, shown.address) == ("POST", "/api/v1/organisations")
    assert [field.name for field in shown.body if field.is_required] == ["name", "kinds"]
    kinds = next(field for field in shown.body if field.name == "kinds")
    assert kinds.kind == "liste : texte"
    assert "LANDLORD" in kinds.one_of
    assert {answer.status for answer in shown.answers} == {"201", "401", "403", "409", "413", "422"}
    refusal = next(answer for answer in shown.answers if answer.status == "409")
    assert {"conflict", "key_reused", "already_sent"} <= set(refusal.codes)
    assert '-H "Idempotency-Key: …"' in shown.call
    assert api_pages.operation(document(), "nothing_like_it") is None
    assert document()["components"]["schemas"]["RightState"]["x-labels"]["REFUSED"] == "Refusé"


def _schemas(base: type[Schema]) -> Iterator[type[Schema]]:
    for schema in base.__subclasses__():
        yield schema
        yield from _schemas(schema)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_a_name_of_the_document_means_one_type(mode: Literal["validation", "serialization"]) -> None:
    """Two types of one name would overwrite each other in the document, and a caller would refuse a right answer."""
    meant: dict[str, str] = {}
    assert operations()
    for schema in _schemas(Schema):
        if schema.__module__.startswith(("ninja", "tests")):
            continue
        whole = schema.model_json_schema(mode=mode)
        for name, parts in whole.get("$defs", {}).items():
            said = json.dumps(parts, sort_keys=True)
            assert meant.setdefault(name, said) == said, f"{name}, in {schema.__module__}.{schema.__qualname__}"
    assert len(meant) > 50
