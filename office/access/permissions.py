"""Refusals by role: decorators of views (403) and a check for services (`NotAllowed`).

What is out of the actor's scope is a 404 of the view (`visible_to`), never decided here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from common.errors import NotAllowed
from office.access import Access, Data, can, roles_with
from office.actor import Actor, actor_on
from office.enums import Role

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]


def _names(roles: frozenset[Role]) -> str:
    return ", ".join(role.label for role in Role if role in roles)


def _refusal(roles: frozenset[Role]) -> str:
    return f"Cette page est réservée aux rôles suivants : {_names(roles)}."


def _guard(view: View[P, R], roles: frozenset[Role], passes: Callable[[Actor], bool]) -> View[P, R]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
        if not passes(actor_on(request)):
            raise PermissionDenied(_refusal(roles))
        return view(request, *args, **kwargs)

    # Read by the test that every URL has a permission.
    guarded.__dict__["allowed_roles"] = roles
    return cast("View[P, R]", guarded)


def allow(*roles: Role) -> Callable[[View[P, R]], View[P, R]]:
    """Only these roles may use the view; others get a 403. Without roles: any role of the house."""
    allowed = frozenset(Role(role) for role in roles) or frozenset(Role)
    return lambda view: _guard(view, allowed, lambda actor: actor.has_role(*allowed))


def allow_data(data: Data, *levels: Access) -> Callable[[View[P, R]], View[P, R]]:
    """Only who has one of `levels` on `data` by the matrix may use the view; others get a 403."""
    return lambda view: _guard(view, roles_with(data, *levels), lambda actor: can(actor, data, *levels))


def must(request: HttpRequest, data: Data, *levels: Access) -> None:
    """A 403 in the middle of a view: what some may read here, fewer may change."""
    if not can(actor_on(request), data, *levels):
        raise PermissionDenied(_refusal(roles_with(data, *levels)))


def require(actor: Actor, *roles: Role) -> None:
    """Raise `NotAllowed` unless the actor has one of `roles` or is the system."""
    if not actor.is_system and not actor.has_role(*roles):
        raise NotAllowed(f"Cette action est réservée aux rôles suivants : {_names(frozenset(Role(r) for r in roles))}.")


def require_data(actor: Actor, data: Data, *levels: Access) -> None:
    """Raise `NotAllowed` unless the matrix gives the actor one of `levels` on `data`, or it is the system."""
    if not actor.is_system and not can(actor, data, *levels):
        raise NotAllowed("Votre rôle ne permet pas cette action.")


def require_scope(actor: Actor, scope: str) -> None:
    """Raise `NotAllowed` where the actor comes with a token that lacks `scope` (a session has them all)."""
    if actor.scopes is not None and scope not in actor.scopes:
        raise NotAllowed(f"Ce jeton n’a pas la portée « {scope} ».")
