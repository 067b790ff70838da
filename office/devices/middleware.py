"""Tells the phone whose page it receives."""

from collections.abc import Callable

from django.http import HttpResponse

from office.access.requests import HouseRequest
from office.devices.keeping import PERSON, mark_of


class PersonMiddleware:
    """`Ancrage-Person` on each page, also that of a visitor: what another person left on the phone is dropped."""

    def __init__(self, get_response: Callable[[HouseRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers[PERSON] = mark_of(request.actor)
        return response
