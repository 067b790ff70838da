"""Common base of the API: who may call, how lists are paged, one shape of error.

Each app has its `api.py` (a `HouseRouter`) and its `schemas.py`; `config.api` mounts them under `/api/v1/`. An
operation only translates: it finds its objects (404 if out of scope), calls a service or a query, shapes the answer.

Errors: `{"error": {"code", "message", "field", "details"}}`, the message in French. Each operation declares the codes
that it may answer, and the OpenAPI document lists them as types. A code that an operation did not declare is replaced
by the general code of its HTTP status, so that the document stays true.

`types`: what goes in and out. `lists`: pages of rows. `errors`, `handlers`: the codes of refusal and their envelope.
`callers`: tokens and sessions. `router`: how an operation is declared.
"""

from office.api_base.callers import MEBIBYTE
from office.api_base.errors import ApiError, asked
from office.api_base.handlers import install_errors
from office.api_base.lists import Page, PageQuery, filtered, found, paged, referred
from office.api_base.router import HouseRouter
from office.api_base.types import (
    Amount,
    AmountIn,
    Day,
    IdempotencyKey,
    Input,
    Instant,
    Number,
    Reasons,
    Ref,
    Span,
    Year,
    ref,
    span_of,
)

__all__ = [
    "MEBIBYTE",
    "Amount",
    "AmountIn",
    "ApiError",
    "Day",
    "HouseRouter",
    "IdempotencyKey",
    "Input",
    "Instant",
    "Number",
    "Page",
    "PageQuery",
    "Reasons",
    "Ref",
    "Span",
    "Year",
    "asked",
    "filtered",
    "found",
    "install_errors",
    "paged",
    "ref",
    "referred",
    "span_of",
]
