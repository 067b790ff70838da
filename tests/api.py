"""A caller of the API whose every answer is held against the OpenAPI document: status, and schema of that status."""

import json
import re
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from jsonschema import Draft202012Validator

from config.api import api
from office.models import User
from tests.factories import make_user

ROOT = "/api/v1"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as it is sent."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return found


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path template, operation) of the whole API."""
    return [
        (method.upper(), path, operation)
        for path, found in sorted(document()["paths"].items())
        for method, operation in found.items()
    ]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    # A path without parameters wins over one with: `/rent-runs/preview` is no id.
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{[^}]+\}", r"[^/]+", path) + "$"), path) for path in paths]


def operation_of(method: str, path: str) -> dict[str, Any]:
    """The operation behind an address."""
    for pattern, template in _patterns():
        if pattern.match(path) and method.lower() in document()["paths"][template]:
            found: dict[str, Any] = document()["paths"][template][method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not in the document")


def validate(schema: dict[str, Any], value: Any) -> None:
    """`value` against a schema of the document."""
    whole = schema | {"components": document()["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


class Api:
    """Calls as one person, by session or with a token. A call says which status it expects."""

    def __init__(self, who: User | str | None = None, *, token: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.user = make_user(role=who) if isinstance(who, str) else who
        if self.user is not None and not token:
            self.client.force_login(self.user)

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        response = self.client.get(ROOT + path, query, headers=self.headers)
        return self._checked("GET", path, response, status)

    def post(self, path: str, data: Any = None, *, status: int = 200, key: UUID | None = None, form: Any = None) -> Any:
        headers = self.headers | {"Idempotency-Key": str(key or uuid4())}
        if form is not None:
            response = self.client.post(ROOT + path, form, headers=headers)
        else:
            body = json.dumps({} if data is None else data)
            if data is not None and status < 300:
                content = operation_of("POST", ROOT + path)["requestBody"]["content"]["application/json"]
                validate(content["schema"], data)
            response = self.client.post(ROOT + path, body, content_type="application/json", headers=headers)
        return self._checked("POST", path, response, status)

    def refused(self, path: str, data: Any = None, *, status: int, code: str, **more: Any) -> dict[str, Any]:
        """A POST that is refused under this name; the error."""
        error: dict[str, Any] = self.post(path, data, status=status, **more)["error"]
        assert error["code"] == code, error
        assert error["message"]
        return error

    def _checked(self, method: str, path: str, response: Any, status: int) -> Any:
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.content[:600]!r}"
        answer = response.json()
        responses = operation_of(method, ROOT + path)["responses"]
        assert str(status) in responses, f"{method} {path} may not answer {status}"
        validate(responses[str(status)]["content"]["application/json"]["schema"], answer)
        return answer
