"""The request of a page or of an operation of the API, as the middlewares leave it."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from office.access.actor import Actor


class HouseRequest(HttpRequest):
    """A type for views, never made: Django makes an `HttpRequest`, and the middlewares add these."""

    actor: Actor
    """Who acts (`ActorMiddleware`); for a token of the API, its user within its scopes."""
    htmx: HtmxDetails
    """True where htmx asks for a part of a page (`HtmxMiddleware`)."""
    api_codes: Mapping[int, Sequence[str]]
    """What an operation of the API may answer where it refuses, by status."""
