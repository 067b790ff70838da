"""Puts the actor on the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from office.actor import Actor

NOBODY = Actor(user=None, roles=frozenset())


class ActorMiddleware:
    """`request.actor`, lazily: the signed-in user's actor, or one with no role at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: Actor.of(request.user) if request.user.is_authenticated else NOBODY)  # type: ignore[attr-defined]
        return self.get_response(request)
