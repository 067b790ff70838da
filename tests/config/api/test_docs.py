"""`docs/api.md` says what the API does: each operation that it names is there, its first call passes."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.api import api
from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.services.tokens import issue_token
from office.models import Organisation
from tests.api import Api, operations
from tests.factories import make_user

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()


def _named() -> set[str]:
    """Paths in backticks, without method nor query: whole ones, and what follows `…`."""
    found = re.findall(r"`(?:GET |POST )?((?:…)?/[\w/{}…-]+)", TEXT)
    return {re.sub(r"\{\w+\}", "{}", path) for path in found if not path.startswith(("/api/", "/bureau/", "/remise/"))}


def test_each_operation_that_it_names_is_in_the_document() -> None:
    known = {re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")) for _, path, _ in operations()}
    named = _named()
    assert len(named) > 40
    # « POST /leases, puis /activate » leaves out what stands before.
    assert {path for path in named if not any(one.endswith(path.removeprefix("…")) for one in known)} == set()


def test_it_names_every_scope() -> None:
    assert {scope.partition(":")[0] for scope in TokenScope.values} - set(
        re.findall(r"`(\w+)(?::\w+)?`", TEXT)
    ) == set()


def test_every_write_takes_the_key_that_it_asks_for() -> None:
    assert "chaque écriture demande l’en-tête `Idempotency-Key`" in TEXT
    without = [
        path
        for method, path, operation in operations()
        if method != "GET" and "Idempotency-Key" not in {one["name"] for one in operation.get("parameters", [])}
    ]
    assert without == []


@pytest.mark.django_db
def test_its_first_call_passes() -> None:
    path, body = re.findall(r"curl -X POST https://[\w.]+/api/v1(\S+).*?-d '([^']+)'", TEXT, re.DOTALL)[0]
    headers = dict(re.findall(r'-H "([\w-]+): ([^"]+)"', TEXT.partition("curl -X POST")[2]))
    assert set(headers) == {"Authorization", "Content-Type", "Idempotency-Key"}
    user = make_user(role=Role.RENTAL_MANAGER)
    _, secret = issue_token(label="Essai", scopes=["office:write"], expires_on=date(2027, 1, 1), actor=Actor.of(user))
    made: dict[str, Any] = Api(token=secret).post(path, json.loads(body), status=201)
    assert Organisation.objects.get().pk == made["id"]
    assert api.get_openapi_schema()["paths"][f"/api/v1{path}"]["post"]["x-scope"] == "office:write"
