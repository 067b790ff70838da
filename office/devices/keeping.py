"""What a phone may keep of the day: which pages, for whom, until when. `service.js` obeys the headers written here."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from common import clock
from office.access.actor import Actor
from office.access.codes import Home
from office.access.matrix import COLUMNS
from office.access.requests import HouseRequest

PERSON = "Ancrage-Person"
"""Header of each page: whose it is (`mark_of`), or `NOBODY`. Another one than before: the phone drops what it keeps."""
KEEP = "Ancrage-Keep"
"""Header of a page that may be kept: its last day, today unless its view says a later one (`keep_until`). The phone
shows it until then."""
AHEAD = "Ancrage-Ahead"
"""Header of a request that a phone makes to keep a page before its person opens it."""
NOBODY = "nobody"

# Who works at other people's door. All the roles of a person must be of these: a phone keeps no page of the others.
_OUTSIDE = {Home.TECHNICAL, Home.SOCIAL}

View = Callable[..., HttpResponse]


def mark_of(actor: Actor) -> str:
    """A name of the person that says nothing of him, or `NOBODY`."""
    return salted_hmac("office.devices", str(actor.user_id)).hexdigest()[:16] if actor.user_id else NOBODY


def may_keep(actor: Actor) -> bool:
    """Whether the phone of this person keeps pages and what could not leave."""
    return bool(actor.roles) and all(COLUMNS[role].home in _OUTSIDE for role in actor.roles)


def has_phone_shell(actor: Actor) -> bool:
    """Whether all this person's pages stand in the shell of a phone: technicians, whose four tabs never move."""
    return bool(actor.roles) and all(COLUMNS[role].home == Home.TECHNICAL for role in actor.roles)


def kept(view: View) -> View:
    """The page is of the work of the day: who works outside reads it without network until midnight (`keep_until`).

    For pages without money. A page that shows somebody's note, a protected address of another day or an amount is not
    marked.
    """

    @wraps(view)
    def keeping(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and not request.htmx and may_keep(request.actor):
            response.headers[KEEP] = getattr(response, "keep_until", clock.today()).isoformat()
        return response

    return keeping


def keep_until(response: HttpResponse, day: date) -> HttpResponse:
    """A page of the work of another day, which stays right until the end of `day`."""
    response.keep_until = day  # type: ignore[attr-defined]
    return response


def is_ahead(request: HouseRequest) -> bool:
    """Whether nobody reads the page yet: it is only kept for later."""
    return AHEAD in request.headers
