"""A session that nobody uses ends: a desk that was left, a phone that was lost."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from common import clock

USED = "used_at"
"""Key of the session: when it was used last, in seconds since 1970, to the nearest `STEP`."""
STEP = 300
MESSAGE = "Votre session s’est fermée, car elle ne servait plus. Connectez-vous pour continuer."


def mark_used(session: Any) -> None:
    session[USED] = _now()


def _now() -> int:
    return int(clock.now().timestamp())


class IdleMiddleware:
    """Signs out who comes back after `IDLE_HOURS` (`IDLE_HOURS_REMEMBERED` where he asked to be remembered).

    That a session was used is written every five minutes at most, so that a page costs no write.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            unused = _now() - self._used(request)
            if unused > self._bound(request):
                logout(request)
                messages.info(request, MESSAGE)
            elif unused > STEP:
                mark_used(request.session)
        return self.get_response(request)

    @staticmethod
    def _used(request: HttpRequest) -> int:
        """A session of before this was kept began when its person signed in."""
        signed_in = getattr(request.user, "last_login", None)
        return int(request.session.get(USED) or (signed_in.timestamp() if signed_in else 0))

    @staticmethod
    def _bound(request: HttpRequest) -> int:
        is_remembered = not request.session.get_expire_at_browser_close()
        return 3600 * int(settings.IDLE_HOURS_REMEMBERED if is_remembered else settings.IDLE_HOURS)
