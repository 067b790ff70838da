"""The codes of refusal of an operation, as types of the OpenAPI document."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from ninja import Schema
from pydantic import create_model


class ApiError(Exception):
    """A refusal of the API itself, before any service."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


Codes = Mapping[int, Sequence[str]]
# Codes that every operation may answer, by status. The first of each is the general one.
GENERAL: dict[int, tuple[str, ...]] = {
    401: ("not_authenticated",),
    403: ("not_allowed", "scope_missing"),
    404: ("not_found",),
    409: ("conflict",),
    413: ("too_big",),
    422: ("invalid",),
}
_ERROR_DOC = "One shape for every refusal. `message` is in French and may be shown as it is."


@cache
def error_type(status: int, codes: tuple[str, ...]) -> Any:
    """One type per set of codes: `Error409` for the general ones, `Error409Taken` where `taken` may come too."""
    general = {*GENERAL[status], "csrf_failed", "unknown_reference"}
    special = [code for code in codes if code not in general]
    name = f"{status}{'Write' * bool(set(codes) & {'csrf_failed', 'unknown_reference'})}"
    name += "".join(code.title().replace("_", "") for code in special)
    fields: dict[str, Any] = {
        "code": (Literal[codes], ...),
        "message": (str, ...),
        "field": (str | None, ...),
        "details": (list[str], ...),
    }
    inner = create_model(f"Refusal{name}", __base__=Schema, **fields)
    return create_model(f"Error{name}", __base__=Schema, __doc__=_ERROR_DOC, error=(inner, ...))


def asked(*questions: str) -> tuple[str, ...]:
    """The codes of refusal that are questions: answered in `answers`, what was sent passes."""
    return tuple(question.lower() for question in questions)


def codes_of(method: str, path: str, errors: Codes) -> dict[int, tuple[str, ...]]:
    """The codes that an operation may answer, by status: the general ones that can come here, then its own."""
    writes = method != "GET"
    found = {401: GENERAL[401], 403: GENERAL[403] + (("csrf_failed",) if writes else ())}
    found[422] = GENERAL[422] + (("unknown_reference",) if writes else ())
    if "{" in path:
        found[404] = GENERAL[404]
    if writes:
        found[409], found[413] = (*GENERAL[409], "key_reused", "already_sent"), GENERAL[413]
    for status, names in errors.items():
        known = found.get(status, GENERAL[status])
        found[status] = known + tuple(name for name in names if name not in known)
    return dict(sorted(found.items()))
