"""Forms that are done once: the key that `{% once %}` puts in them, and where the first send led to."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render

from common.answers import refused_beforehand
from common.errors import Busy, Conflict
from office.access.requests import HouseRequest
from office.requests.services import Answer, digest_of, once
from office.requests.transport import content_of

View = Callable[..., HttpResponse]
OUTBOX = "Ancrage-Outbox"
"""Header of a form that waited on a phone (`outbox.js`): it is told what became of it, no page is shown."""


def sent_once(view: View) -> View:
    """A form sent again (a double click, the back button, a phone that tries again) leads where its first send led.

    `view` redirects where it did its work. Where it shows the form again, or goes back to a page with `not_done`,
    nothing is kept and the form may be sent again, corrected. The key with another content gives a page (409) that
    says so; `form_sent_once` keeps what was typed. To a phone's outbox each of these is said as JSON (`_told`).
    """
    return _sent_once(view, keeps_typed=False)


def form_sent_once(view: View) -> View:
    """`sent_once` for a view that shows its form again where `attempt` was refused.

    The key with another content (the back button, then a word more) is refused (409) on that form, as it was filled and
    with a new key: sent once more, it is another send, and nothing of it is lost.
    """
    return _sent_once(view, keeps_typed=True)


def _sent_once(view: View, *, keeps_typed: bool) -> View:
    @wraps(view)
    def sent(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        response = answered(request, *args, **kwargs)
        return _told(request, response) if OUTBOX in request.headers else response

    def answered(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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
            if keeps_typed and refusal.code == "key_reused":
                return _as_typed(view, request, args, kwargs)
            page = render(request, "409.html", {"text": refusal.message}, status=409)
            page.refusal = refusal  # type: ignore[attr-defined]
            if isinstance(refusal, Busy):
                page["Retry-After"] = str(refusal.retry_after)
            return page
        if answer is not None and answer.is_again:
            messages.info(request, "Cet envoi était déjà reçu : voici où il en est.")
            return redirect(answer.text)
        return shown[0]

    sent.asks_for_key = True  # type: ignore[attr-defined]
    return sent


TYPED_ANEW = (
    "Ce formulaire a déjà été envoyé, avec un autre contenu : ce premier envoi est enregistré. Ce que vous avez saisi "
    "depuis est gardé ici et n’est pas enregistré : corrigez le premier, ou envoyez encore pour en faire un second."
)


def _as_typed(view: View, request: HouseRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse:
    """The form as it was filled, with the refusal on top and a new key."""
    typed = request.POST.copy()
    typed["request_key"] = str(uuid4())
    request.POST = typed  # type: ignore[assignment]
    with refused_beforehand(Conflict(TYPED_ANEW, code="key_reused")):
        response = view(request, *args, **kwargs)
    response.status_code = 409
    return response


def _told(request: HouseRequest, response: HttpResponse) -> HttpResponse:
    """What a phone needs of an answer: `state` is `done` (with `to`, the page that it leads to), `busy` (again in a
    moment) or `refused` (with the words). A form to correct stays the page that it is: nobody reads it now."""
    if isinstance(response, HttpResponseRedirect):
        if not getattr(response, "is_not_done", False):
            return JsonResponse({"state": "done", "to": response.url})
        text = " ".join(str(message) for message in messages.get_messages(request))
        return JsonResponse({"state": "refused", "text": text}, status=422)
    refusal = getattr(response, "refusal", None)
    if refusal is not None:
        state = "busy" if isinstance(refusal, Busy) else "refused"
        return JsonResponse({"state": state, "text": refusal.message}, status=409)
    return response


def not_done(response: HttpResponseRedirect) -> HttpResponseRedirect:
    """A redirect after a refusal: the key of the form stays free."""
    response.is_not_done = True  # type: ignore[attr-defined]
    return response


def _key(request: HouseRequest) -> UUID:
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError as error:
        raise SuspiciousOperation("a form without its key") from error
