"""Forms that are done once: the key that `{% once %}` puts in them, and where the first send led to."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from common.errors import Busy, Conflict
from office.access.requests import HouseRequest
from office.requests.services import Answer, digest_of, once
from office.requests.transport import content_of

View = Callable[..., HttpResponse]


def sent_once(view: View) -> View:
    """A form sent again (a double click, the back button, a phone that tries again) leads where its first send led.

    `view` redirects where it did its work. Where it shows the form again, or goes back to a page with `not_done`,
    nothing is kept and the form may be sent again, corrected. The key with another content gives a page (409) that
    says so.
    """

    @wraps(view)
    def sent(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        shown: list[HttpResponse] = []

        def write() -> Answer | None:
            response = view(request, *args, **kwargs)
            shown.append(response)
            if not isinstance(response, HttpResponseRedirect) or getattr(response, "is_not_done", False):
                return None
            return Answer(response.status_code, response.headers["Location"])

        user_id = request.actor.user_id
        assert user_id is not None, "a form is sent by somebody who signed in"
        try:
            answer = once(
                user_id=user_id, key=_key(request), operation=view.__name__, digest=digest_of(content_of(request)),
                write=write,
            )  # fmt: skip
        except Conflict as refusal:
            page = render(request, "409.html", {"text": refusal.message}, status=409)
            if isinstance(refusal, Busy):
                page["Retry-After"] = str(refusal.retry_after)
            return page
        if answer is not None and answer.is_again:
            messages.info(request, "Cet envoi était déjà reçu : voici où il en est.")
            return redirect(answer.text)
        return shown[0]

    sent.asks_for_key = True  # type: ignore[attr-defined]
    return sent


def not_done(response: HttpResponseRedirect) -> HttpResponseRedirect:
    """A redirect after a refusal: the key of the form stays free."""
    response.is_not_done = True  # type: ignore[attr-defined]
    return response


def _key(request: HouseRequest) -> UUID:
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError as error:
        raise SuspiciousOperation("a form without its key") from error
