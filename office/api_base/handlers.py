"""Every error (ninja, Django, database, service) in the common envelope."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from common.db import constraint_field, constraint_message
from common.errors import Busy, Conflict, DomainError, InvalidInput, NotAllowed, UnreadableFile
from common.periods import YEARS
from common.trouble import LATER, lack_of
from office.api_base.errors import GENERAL, ApiError

logger = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 403),
    (Conflict, 409),
    (InvalidInput, 422),
    (UnreadableFile, 422),
    (DomainError, 422),
)


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
        response = answer(request, status, error.code, error.message, field=error.field, details=details)
        if isinstance(error, Busy):
            response["Retry-After"] = str(error.retry_after)
        return response

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
            return unreadable(request, error)
        return answer(request, error.status_code, "invalid", str(error))

    def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
        text = (
            "Le corps de la requête n’est pas lisible : envoyez du JSON valide, ou un formulaire s’il y a un fichier."
        )
        return answer(request, 422, "invalid", text)

    def too_big(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(request, 413, "too_big", "La requête dépasse la taille permise.")

    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        """What nobody foresaw: in the one shape, without a word of it, and in the log as any page's."""
        logger.error("%s %s", request.method, request.path, exc_info=error)
        got_request_exception.send(sender=None, request=request)
        if lack := lack_of(error):
            response = api.create_response(request, _envelope(503, "error", lack)[1], status=503)
            response["Retry-After"] = LATER
            return response
        text = (
            "Une erreur inattendue s’est produite. Rien n’est fait à moitié ; le détail est dans le journal du serveur."
        )
        return api.create_response(request, _envelope(500, "error", text)[1], status=500)

    def integrity(request: HttpRequest, error: IntegrityError) -> HttpResponse:
        message = constraint_message(error)
        if message is None and _sqlstate(error) not in {"23505", "23P01"}:
            return failed(request, error)
        said = message or "Quelqu’un d’autre vient de faire la même chose. Rechargez, puis recommencez."
        return answer(request, 409, "conflict", said, field=constraint_field(error))

    def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
        if _sqlstate(error) not in {"40001", "40P01", "55P03"}:
            return failed(request, error)
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
        SuspiciousOperation: unreadable,  # too many fields or files
        MultiPartParserError: unreadable,
        RawPostDataException: unreadable,  # JSON that is said to be a form
        IntegrityError: integrity,
        OperationalError: busy,
        Exception: failed,
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
    if kind == "value_error" and "odd_day" in str(error.get("msg", "")):
        return f"Cette date n’est pas de notre temps : écrivez une année de {YEARS[0]} à {YEARS[-1]}."
    if kind.startswith(("date", "time")):
        return "Écrivez une date ISO : 2026-11-05." if kind.startswith("date") else "Écrivez une heure : 14:30."
    sentence = _SENTENCES.get(kind, "Cette valeur n’est pas reconnue.")
    if "expected" in context:  # pydantic's own words
        context = {**context, "expected": str(context["expected"]).replace("' or '", "' ou '")}
    try:
        return sentence.format(**context)
    except KeyError:
        return "Cette valeur n’est pas reconnue."
