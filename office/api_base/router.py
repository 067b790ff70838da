"""The router of an app: what each of its operations must declare."""

from collections.abc import Callable, Sequence
from typing import Any

from ninja import Router

from office.access.codes import TokenScope
from office.access.matrix import COLUMNS, Capability, roles_with
from office.api_base.callers import MEBIBYTE, BearerToken, Rule, SessionCookie
from office.api_base.errors import Codes, codes_of, error_type
from office.api_base.types import IdempotencyKey
from office.requests.api import sent_once

View = Callable[..., Any]
Needs = Capability | tuple[Capability, ...]
"""What an operation asks of its caller: this, or one of these."""


class HouseRouter(Router):
    """A router of one app: every operation declares who may call it, what it answers and its error codes.

    A function's name is its `operation_id`, its docstring the description.
    """

    def __init__(self, *, tag: str, read: TokenScope | None, write: TokenScope | None) -> None:
        super().__init__(tags=[tag])
        self.read_scope, self.write_scope = read, write

    def reads(
        self,
        path: str,
        *,
        response: Any,
        needs: Needs,
        errors: Codes | None = None,
    ) -> Callable[[View], View]:
        """A GET."""
        return self._operation("GET", path, 200, response, needs, errors, self.read_scope, 0)

    def gives(self, path: str, *, types: Sequence[str], needs: Needs) -> Callable[[View], View]:
        """A GET whose answer is a file of one of these types: the view makes the response itself."""
        content = {name: {"schema": {"type": "string", "format": "binary"}} for name in types}
        shown = {"responses": {200: {"content": content}}}
        return self._operation("GET", path, 200, None, needs, None, self.read_scope, 0, shown)

    def writes(
        self,
        path: str,
        *,
        response: Any,
        needs: Needs,
        errors: Codes | None = None,
        status: int = 200,
        method: str = "POST",
        max_body: int = 0,
    ) -> Callable[[View], View]:
        """A POST (PATCH, DELETE), 201 where something is made."""
        return self._operation(method, path, status, response, needs, errors, self.write_scope, max_body)

    def _operation(
        self,
        method: str,
        path: str,
        status: int,
        response: Any,
        needs: Needs,
        errors: Codes | None,
        scope: TokenScope | None,
        max_body: int,
        shown: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        codes = codes_of(method, path, errors or {})
        wanted = needs if isinstance(needs, tuple) else (needs,)
        rule = Rule(wanted, None if scope is None else str(scope), codes, max_body or 5 * MEBIBYTE)

        def register(view: View) -> View:
            name = view.__name__

            answered = view
            if method != "GET":
                answered = sent_once(view, status=status, response=response, key_type=IdempotencyKey)
            self.add_api_operation(
                path,
                [method],
                answered,
                auth=[BearerToken(rule), SessionCookie(rule)],
                response={status: response} | {s: error_type(s, c) for s, c in codes.items()},
                operation_id=name,
                summary=name.replace("_", " ").capitalize(),
                description=_described(view, wanted, scope),
                openapi_extra={"x-roles": sorted(roles_with(*wanted))}
                | ({"x-scope": str(scope)} if scope else {})
                | (shown or {}),
            )
            return view

        return register


def _described(view: View, wanted: tuple[Capability, ...], scope: TokenScope | None) -> str:
    roles = roles_with(*wanted)
    names = "any" if len(roles) == len(COLUMNS) else ", ".join(roles)
    parts = [(view.__doc__ or "").strip(), f"Roles: {names}."]
    if scope is not None:
        parts.append(f"Scope of a token: `{scope}`.")
    return "\n\n".join(part for part in parts if part)
