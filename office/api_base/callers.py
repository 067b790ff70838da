"""Who may call an operation: a token within its scopes, or the session of the site."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from common.errors import NotAllowed
from office.access.actor import Actor
from office.access.matrix import Capability, can
from office.access.permissions import names_of, require_scope
from office.access.requests import HouseRequest
from office.access.second_factor import MESSAGE, lacks_second_factor
from office.access.services.tokens import actor_of_token
from office.api_base.errors import ApiError, Codes

MEBIBYTE = 1024 * 1024


class Rule:
    """What an operation requires of its caller, checked before the request body is read. `wanted`: one of these."""

    def __init__(self, wanted: tuple[Capability, ...], scope: str | None, codes: Codes, max_body: int) -> None:
        self.wanted, self.scope, self.codes, self.max_body = wanted, scope, codes, max_body

    def before(self, request: HouseRequest) -> None:
        """Check the size first: a file of 200 MB is refused by its Content-Length, without reading it.

        A NUL in the query is refused here for all lists: PostgreSQL keeps every character but this one.
        """
        request.api_codes = self.codes
        if any("\0" in value for name in request.GET for value in (name, *request.GET.getlist(name))):
            raise ApiError(422, "invalid", "L’adresse contient un caractère que rien ne peut porter (%00).")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if str(length).isdecimal() and int(length) > self.max_body:
            limit = self.max_body // MEBIBYTE
            raise ApiError(413, "too_big", f"La requête dépasse {limit} Mo : elle n’a pas été lue.")

    def check(self, actor: Actor) -> None:
        if lacks_second_factor(actor):
            raise ApiError(403, "not_allowed", MESSAGE)
        if self.scope is not None:
            try:
                require_scope(actor, self.scope)
            except NotAllowed as refusal:
                raise ApiError(403, "scope_missing", refusal.message) from refusal
        if not can(actor, *self.wanted):
            raise ApiError(
                403, "not_allowed", f"Cette opération est réservée aux rôles suivants : {names_of(*self.wanted)}."
            )


class BearerToken(HttpBearer):
    """`Authorization: Bearer ancrage_…`: a token of one user, within its scopes.

    A bad token is a 401, even if the request also has a valid session.
    """

    openapi_description = "A token made on the site, on the page « Mes jetons d’API »."

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        caller = cast(HouseRequest, request)
        self.rule.before(caller)
        actor = actor_of_token(token)
        if actor is None or actor.user is None:
            raise AuthenticationError
        caller.user, caller.actor = actor.user, actor
        self.rule.check(actor)
        return actor


class SessionCookie(APIKeyCookie):
    """The session of the site, with its CSRF token (`X-CSRFToken`) on what writes."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, rule: Rule) -> None:
        super().__init__(csrf=True)
        self.rule = rule

    def __call__(self, request: HttpRequest) -> Actor | None:
        caller = cast(HouseRequest, request)
        self.rule.before(caller)
        actor = caller.actor
        if actor.user is None:
            return None
        if check_csrf(request):
            raise ApiError(403, "csrf_failed", "La session demande l’en-tête X-CSRFToken : rechargez la page.")
        self.rule.check(actor)
        return actor

    def authenticate(self, request: HttpRequest, key: str | None) -> None:  # pragma: no cover
        raise NotImplementedError("__call__ reads the session")
