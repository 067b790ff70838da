"""Common base of the API: who may call, how lists are paged, one shape of error.

Each app has its `api.py` (a `HouseRouter`) and its `schemas.py`; `config.api` mounts them under `/api/v1/`. An
operation only translates: it finds its objects (404 if out of scope), calls a service or a selector, shapes the answer.

Errors: `{"error": {"code", "message", "field", "details"}}`, the message in French. Each operation declares the codes
that it may answer, and the OpenAPI document lists them as types. A code that an operation did not declare is replaced
by the general code of its HTTP status, so that the document stays true.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache, wraps
from typing import Annotated, Any, Generic, Literal, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.paginator import Paginator
from django.db import IntegrityError, OperationalError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django_filters import FilterSet
from ninja import Header, NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.responses import Status
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, create_model

from common import clock
from common.db import constraint_field, constraint_message
from common.errors import Conflict, DomainError, InvalidInput, NotAllowed, UnreadableFile
from common.periods import DateRange, last_day
from office.access.actor import Actor, actor_on
from office.access.codes import TokenScope
from office.access.matrix import COLUMNS, Capability, can, roles_with
from office.access.permissions import names_of, require_scope
from office.access.services.tokens import actor_of_token

logger = logging.getLogger(__name__)

T = TypeVar("T")
M = TypeVar("M", bound=Model)

MEBIBYTE = 1024 * 1024


# -- what goes in and out -------------------------------------------------------------------------------------------


class Input(Schema):
    """A request body. An unknown field is refused, so that a misspelt name is not silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _no_number(value: object) -> object:
    if not isinstance(value, str | Decimal):
        raise ValueError("amount_as_string")
    return value


_AMOUNT_SCHEMA = {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["412.60"]}
Amount = Annotated[
    Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str), WithJsonSchema(_AMOUNT_SCHEMA)
]
"""Euros in an answer: `"412.60"`."""
AmountIn = Annotated[
    Decimal,
    BeforeValidator(_no_number),
    Field(max_digits=12, decimal_places=2),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$", "examples": ["412.60"]}),
]
"""Euros in a body: a string, never a JSON number (which is a float for most programs)."""
Number = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["58.00"]}),
]
"""Any other decimal (surface, number of terms), as a string."""


Instant = Annotated[
    datetime,
    PlainSerializer(lambda value: value.astimezone(clock.PARIS).isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-05T09:00:00+01:00"]}),
]
"""An instant, in the time of Paris: the same bytes whether it was just made or read again."""
IdempotencyKey = Annotated[
    UUID, Header(alias="Idempotency-Key", description="A UUID drawn by the caller; the same one again gives the first.")
]
"""The header of what must happen once, however often it is sent."""


class Span(Schema):
    """A period with its last day included, as on paper; null where no bound is known."""

    from_day: str | None
    last_day: str | None


def span_of(period: DateRange | None) -> dict[str, str | None] | None:
    """A half-open period of the database as a `Span`."""
    if period is None:
        return None
    last = last_day(period)
    return {
        "from_day": period.lower.isoformat() if period.lower else None,
        "last_day": last.isoformat() if last else None,
    }


class Ref(Schema):
    """Another object: its id and its displayed name."""

    id: int
    name: str


def ref(row: Model | None) -> dict[str, Any] | None:
    """A row as a `Ref`."""
    return None if row is None else {"id": row.pk, "name": str(row)}


# -- lists ----------------------------------------------------------------------------------------------------------


class PageQuery(Schema):
    """Which part of a list."""

    page: int = Field(1, ge=1)
    page_size: int = Field(50, ge=1, le=100)


class Page(Schema, Generic[T]):
    """A part of a list. `count`: all of it."""

    items: list[T]
    count: int
    page: int
    page_size: int


def paged(rows: QuerySet[Any] | Sequence[Any], query: PageQuery, shape: Callable[[list[Any]], list[Any]]) -> Any:
    """The requested part of `rows`, each passed through `shape`; an empty list beyond the end."""
    paginator = Paginator(rows, query.page_size)
    items = list(paginator.page(query.page).object_list) if query.page <= paginator.num_pages else []
    return {"items": shape(items), "count": paginator.count, "page": query.page, "page_size": query.page_size}


def filtered(filter_set: type[FilterSet], rows: QuerySet[M], request: HttpRequest, **values: Any) -> QuerySet[M]:
    """`rows` through a filter set of the pages; None values are not filtered on. `InvalidInput` for a refused value."""
    asked = {name: value for name, value in values.items() if value is not None}
    found = filter_set(asked, queryset=rows, request=request)
    if not found.is_valid():
        name, messages = next(iter(found.errors.items()))
        raise InvalidInput(str(messages[0]), field=name)
    return cast("QuerySet[M]", found.qs)


def found(rows: QuerySet[M], pk: int) -> M:
    """The row `pk` among those the actor may see, or a 404: the same answer whether it is hidden or doesn't exist."""
    return get_object_or_404(rows, pk=pk)


def referred(rows: QuerySet[M], pk: int, *, field: str) -> M:
    """A row named in a body. `InvalidInput` on that field if it doesn't exist or the actor may not see it."""
    row = rows.filter(pk=pk).first()
    if row is None:
        label = str(rows.model._meta.verbose_name)
        raise InvalidInput(f"Aucun objet « {label} » ne porte le numéro {pk}.", field=field, code="unknown_reference")
    return row


# -- errors ---------------------------------------------------------------------------------------------------------


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
_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 403),
    (Conflict, 409),
    (InvalidInput, 422),
    (UnreadableFile, 422),
    (DomainError, 422),
)
_ERROR_DOC = "One shape for every refusal. `message` is in French and may be shown as it is."


@cache
def _error_type(status: int, codes: tuple[str, ...]) -> Any:
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


def _envelope(
    status: int, code: str, message: str, *, field: str | None = None, details: Sequence[str] = ()
) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"code": code, "message": message, "field": field, "details": list(details)}}


def _declared(request: HttpRequest, status: int, code: str) -> str:
    """`code` where the operation declares it, else the general one of the status."""
    codes = getattr(request, "api_codes", None)
    if codes is None or code in codes.get(status, ()):
        return code
    logger.warning("error %s %s is not declared by %s", status, code, request.path)
    return GENERAL[status][0]


def install_errors(api: NinjaAPI) -> None:
    """Register handlers that put every error (ninja, Django, database, service) in the common envelope."""

    def answer(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> HttpResponse:
        _, body = _envelope(status, _declared(request, status, code), message, **more)
        response = api.create_response(request, body, status=status)
        if status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response

    def unauthenticated(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(request, 401, "not_authenticated", "Connectez-vous, ou présentez un jeton valable.")

    def own(request: HttpRequest, error: ApiError) -> HttpResponse:
        return answer(request, error.status, error.code, error.message)

    def domain(request: HttpRequest, error: DomainError) -> HttpResponse:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        details = error.errors if isinstance(error, UnreadableFile) else ()
        return answer(request, status, error.code, error.message, field=error.field, details=details)

    def missing(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(request, 404, "not_found", "Cet objet n’existe pas, ou n’est pas dans votre périmètre.")

    def forbidden(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(request, 403, "not_allowed", str(error) or "Votre rôle ne permet pas cette action.")

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        places = [(_place(e), _french(e)) for e in error.errors]
        place, message = places[0]
        details = [f"{where} : {said}" if where else said for where, said in places]
        return answer(request, 422, "invalid", message, field=place, details=details)

    def unparsed(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, RequestDataTooBig):
            return too_big(request, error.__cause__)
        if error.status_code == 400:
            return answer(request, 422, "invalid", "Le corps de la requête n’est pas lisible : envoyez du JSON valide.")
        return answer(request, error.status_code, "invalid", str(error))

    def too_big(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(request, 413, "too_big", "La requête dépasse la taille permise.")

    def integrity(request: HttpRequest, error: IntegrityError) -> HttpResponse:
        message = constraint_message(error)
        if message is None and _sqlstate(error) not in {"23505", "23P01"}:
            raise error
        said = message or "Quelqu’un d’autre vient de faire la même chose. Rechargez, puis recommencez."
        return answer(request, 409, "conflict", said, field=constraint_field(error))

    def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
        if _sqlstate(error) not in {"40001", "40P01", "55P03"}:
            raise error
        return answer(request, 409, "conflict", "Une autre action est en cours sur ces données. Recommencez.")

    handlers: dict[type[Exception], Any] = {
        AuthenticationError: unauthenticated,
        ApiError: own,
        DomainError: domain,
        Http404: missing,
        PermissionDenied: forbidden,
        ValidationError: invalid,
        HttpError: unparsed,
        RequestDataTooBig: too_big,
        IntegrityError: integrity,
        OperationalError: busy,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def _place(error: Mapping[str, Any]) -> str | None:
    """`("body", "data", "parties", 0, "role")` → `parties.0.role`: ninja's own names are no field."""
    parts = [str(part) for part in error.get("loc", ())]
    if parts[:1] and parts[0] in {"body", "query", "path", "form", "file", "header"}:
        parts = parts[1:]
    if len(parts) > 1 and parts[0] in {"data", "query"}:
        parts = parts[1:]
    return ".".join(parts) or None


# The kinds of pydantic that callers meet, in French. `{…}` come from the error's context.
_SENTENCES = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n’existe pas.",
    "string_too_short": "Ce texte est trop court.",
    "string_too_long": "Ce texte dépasse {max_length} caractères.",
    "string_type": "Écrivez un texte.",
    "bool_type": "Répondez par true ou false.",
    "bool_parsing": "Répondez par true ou false.",
    "int_type": "Écrivez un nombre entier.",
    "int_parsing": "Écrivez un nombre entier.",
    "list_type": "Donnez une liste.",
    "greater_than": "Donnez une valeur supérieure à {gt}.",
    "greater_than_equal": "Donnez une valeur d’au moins {ge}.",
    "less_than": "Donnez une valeur inférieure à {lt}.",
    "less_than_equal": "Donnez une valeur d’au plus {le}.",
    "decimal_max_places": "Pas plus de {decimal_places} décimales.",
    "decimal_max_digits": "Ce nombre est trop grand.",
    "decimal_parsing": 'Écrivez un nombre décimal dans une chaîne, par exemple "412.60".',
    "decimal_type": 'Écrivez un nombre décimal dans une chaîne, par exemple "412.60".',
    "enum": "Choisissez une valeur parmi : {expected}.",
    "literal_error": "Choisissez une valeur parmi : {expected}.",
    "uuid_parsing": "Donnez un UUID.",
    "uuid_type": "Donnez un UUID.",
    "too_short": "Donnez au moins un élément.",
    "too_long": "Trop d’éléments.",
    "string_pattern_mismatch": "Cette écriture n’est pas reconnue.",
    "json_invalid": "Envoyez du JSON valide.",
}


def _french(error: Mapping[str, Any]) -> str:
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    if kind == "value_error" and "amount_as_string" in str(error.get("msg", "")):
        return 'Écrivez les montants dans une chaîne, par exemple "412.60", jamais comme un nombre.'
    if kind.startswith(("date", "time")):
        return "Écrivez une date ISO : 2026-11-05." if kind.startswith("date") else "Écrivez une heure : 14:30."
    sentence = _SENTENCES.get(kind, "Cette valeur n’est pas reconnue.")
    try:
        return sentence.format(**context)
    except KeyError:
        return "Cette valeur n’est pas reconnue."


# -- who calls ------------------------------------------------------------------------------------------------------


class _Rule:
    """What an operation requires of its caller, checked before the request body is read."""

    def __init__(self, needs: Capability, scope: str | None, codes: Codes, max_body: int) -> None:
        self.needs, self.scope, self.codes, self.max_body = needs, scope, codes, max_body

    def before(self, request: HttpRequest) -> None:
        """Check the size first: a file of 200 MB is refused by its Content-Length, without reading it."""
        request.api_codes = self.codes  # type: ignore[attr-defined]
        length = request.META.get("CONTENT_LENGTH") or "0"
        if str(length).isdecimal() and int(length) > self.max_body:
            limit = self.max_body // MEBIBYTE
            raise ApiError(413, "too_big", f"La requête dépasse {limit} Mo : elle n’a pas été lue.")

    def check(self, actor: Actor) -> None:
        if self.scope is not None:
            try:
                require_scope(actor, self.scope)
            except NotAllowed as refusal:
                raise ApiError(403, "scope_missing", refusal.message) from refusal
        if not can(actor, self.needs):
            raise ApiError(
                403, "not_allowed", f"Cette opération est réservée aux rôles suivants : {names_of(self.needs)}."
            )


class BearerToken(HttpBearer):
    """`Authorization: Bearer ancrage_…`: a token of one user, within its scopes.

    A bad token is a 401, even if the request also has a valid session.
    """

    openapi_description = "A token made on the site, on the page « Mes jetons d’API »."

    def __init__(self, rule: _Rule) -> None:
        super().__init__()
        self.rule = rule

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        self.rule.before(request)
        actor = actor_of_token(token)
        if actor is None or actor.user is None:
            raise AuthenticationError
        request.user, request.actor = actor.user, actor  # type: ignore[attr-defined]
        self.rule.check(actor)
        return actor


class SessionCookie(APIKeyCookie):
    """The session of the site, with its CSRF token (`X-CSRFToken`) on what writes."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, rule: _Rule) -> None:
        super().__init__(csrf=True)
        self.rule = rule

    def __call__(self, request: HttpRequest) -> Actor | None:
        self.rule.before(request)
        actor = actor_on(request)
        if actor.user is None:
            return None
        if check_csrf(request):
            raise ApiError(403, "csrf_failed", "La session demande l’en-tête X-CSRFToken : rechargez la page.")
        self.rule.check(actor)
        return actor

    def authenticate(self, request: HttpRequest, key: str | None) -> None:  # pragma: no cover
        raise NotImplementedError("__call__ reads the session")


# -- operations -----------------------------------------------------------------------------------------------------

View = Callable[..., Any]


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
        needs: Capability,
        errors: Codes | None = None,
    ) -> Callable[[View], View]:
        """A GET."""
        return self._operation("GET", path, 200, response, needs, errors, self.read_scope, 0)

    def writes(
        self,
        path: str,
        *,
        response: Any,
        needs: Capability,
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
        needs: Capability,
        errors: Codes | None,
        scope: TokenScope | None,
        max_body: int,
    ) -> Callable[[View], View]:
        codes = _codes(method, path, errors or {})
        rule = _Rule(needs, None if scope is None else str(scope), codes, max_body or 5 * MEBIBYTE)

        def register(view: View) -> View:
            name = view.__name__

            @wraps(view)
            def answered(*args: Any, **kwargs: Any) -> Any:
                return Status(status, view(*args, **kwargs))

            self.add_api_operation(
                path,
                [method],
                answered,
                auth=[BearerToken(rule), SessionCookie(rule)],
                response={status: response} | {s: _error_type(s, c) for s, c in codes.items()},
                operation_id=name,
                summary=name.replace("_", " ").capitalize(),
                description=_described(view, needs, scope),
                openapi_extra={"x-roles": sorted(roles_with(needs))} | ({"x-scope": str(scope)} if scope else {}),
            )
            return view

        return register


def _codes(method: str, path: str, errors: Codes) -> dict[int, tuple[str, ...]]:
    writes = method != "GET"
    found = {401: GENERAL[401], 403: GENERAL[403] + (("csrf_failed",) if writes else ())}
    found[422] = GENERAL[422] + (("unknown_reference",) if writes else ())
    if "{" in path:
        found[404] = GENERAL[404]
    if writes:
        found[409], found[413] = GENERAL[409], GENERAL[413]
    for status, names in errors.items():
        known = found.get(status, GENERAL[status])
        found[status] = known + tuple(name for name in names if name not in known)
    return dict(sorted(found.items()))


def _described(view: View, needs: Capability, scope: TokenScope | None) -> str:
    roles = roles_with(needs)
    names = "any" if len(roles) == len(COLUMNS) else ", ".join(roles)
    parts = [(view.__doc__ or "").strip(), f"Roles: {names}."]
    if scope is not None:
        parts.append(f"Scope of a token: `{scope}`.")
    return "\n\n".join(part for part in parts if part)


__all__ = [
    "Amount",
    "AmountIn",
    "ApiError",
    "HouseRouter",
    "IdempotencyKey",
    "Input",
    "Instant",
    "Number",
    "Page",
    "PageQuery",
    "Ref",
    "Span",
    "filtered",
    "found",
    "install_errors",
    "paged",
    "ref",
    "referred",
    "span_of",
]
