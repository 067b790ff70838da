"""Refusals by the capability matrix: decorators of views (403) and of services (`NotAllowed`).

Rows outside the actor's scope are not decided here: the view answers 404 (`visible_to`).
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from common.errors import NotAllowed
from office.access.actor import Actor
from office.access.matrix import Capability, can, roles_with
from office.access.requests import HouseRequest

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
T = TypeVar("T")
View = Callable[Concatenate[HouseRequest, P], R]


def names_of(*wanted: Capability) -> str:
    """The roles that have one of the capabilities, in French."""
    return ", ".join(role.label for role in roles_with(*wanted))


def needs_of(function: Callable[..., Any]) -> tuple[tuple[Capability, ...], ...]:
    """The capabilities that `allow` or `needs` require for a view or a service: one of each group."""
    return cast("tuple[tuple[Capability, ...], ...]", getattr(function, "needs", ()))


def _note(guarded: Callable[..., Any], inner: Callable[..., Any], wanted: tuple[Capability, ...]) -> None:
    """Record the requirement on the function, for the menu and for the tests that no page or service lacks one."""
    guarded.__dict__["needs"] = (wanted, *needs_of(inner))


def allow(*wanted: Capability) -> Callable[[View[P, R]], View[P, R]]:
    """Decorator: the view requires one of the capabilities, else 403. Two decorators require both."""

    def guard(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(request: HouseRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            must(request, *wanted)
            return view(request, *args, **kwargs)

        _note(guarded, view, wanted)
        return cast("View[P, R]", guarded)

    return guard


def must(request: HouseRequest, *wanted: Capability) -> None:
    """Raise 403 inside a view unless the actor has the capability: for pages that more people read than change."""
    if not can(request.actor, *wanted):
        raise PermissionDenied(f"Cette page est réservée aux rôles suivants : {names_of(*wanted)}.")


def needs(*wanted: Capability) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator: the service requires one of the capabilities, or the system actor; else it raises `NotAllowed`.

    Checks the keyword `actor` first: before the transaction opens and before any other argument is read.
    """

    def guard(service: Callable[P, T]) -> Callable[P, T]:
        actor = inspect.signature(service).parameters.get("actor")
        if actor is None or actor.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{service.__qualname__} takes no keyword-only actor")

        @wraps(service)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if "actor" in kwargs:
                require(cast(Actor, kwargs["actor"]), *wanted)
            return service(*args, **kwargs)

        _note(guarded, service, wanted)
        return guarded

    return guard


def require(actor: Actor, *wanted: Capability) -> None:
    """Raise `NotAllowed` unless the actor has one of the capabilities or is the system."""
    if not actor.is_system and not can(actor, *wanted):
        raise NotAllowed(f"Cette action est réservée aux rôles suivants : {names_of(*wanted)}.")


def require_scope(actor: Actor, scope: str) -> None:
    """Raise `NotAllowed` if the actor uses an API token without `scope` (a session has all scopes)."""
    if actor.scopes is not None and scope not in actor.scopes:
        raise NotAllowed(f"Ce jeton n’a pas la portée « {scope} ».")
