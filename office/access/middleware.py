"""Puts the actor on the request, and asks for the second factor that some roles need."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from office.access.actor import Actor
from office.access.models import AccessLog
from office.access.requests import HouseRequest
from office.access.second_factor import MESSAGE, lacks_second_factor
from office.access.services.access_log import gathered_reads

NOBODY = Actor(user=None, roles=frozenset())


class ActorMiddleware:
    """`request.actor`, lazily: the signed-in user's actor, or one with no role at all."""

    def __init__(self, get_response: Callable[[HouseRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        lazy = SimpleLazyObject(lambda: Actor.of(request.user) if request.user.is_authenticated else NOBODY)
        request.actor = cast(Actor, lazy)
        return self.get_response(request)


class ReadsMiddleware:
    """Logs what the answer tells of what is sensitive (`note_read`): one query, and only where it tells something."""

    def __init__(self, get_response: Callable[[HouseRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        with gathered_reads() as reads:
            response = self.get_response(request)
        if reads and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            AccessLog.objects.bulk_create(reads.values())
        return response


class SecondFactorMiddleware:
    """A user with a role of `MFA_REQUIRED_ROLES` must set up a second factor before using any other page.

    Only the pages of the user's own account stay open. The operations of the API answer in their own shape.
    """

    def __init__(self, get_response: Callable[[HouseRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        if not self._lacks_it(request):
            return self.get_response(request)
        target = reverse("mfa_activate_totp")
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(target)
        messages.info(request, MESSAGE)
        return redirect(target)

    def _lacks_it(self, request: HouseRequest) -> bool:
        return not self._is_open(request.path) and lacks_second_factor(request.actor)

    @staticmethod
    def _is_open(path: str) -> bool:
        account, api = reverse("account_login").removesuffix("login/"), "/api/"
        return path.startswith((account, settings.STATIC_URL)) or (path.startswith(api) and not path.endswith("/docs"))
