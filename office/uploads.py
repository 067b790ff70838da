"""Refuse a request that is too big by its Content-Length, before its body is read."""

from collections.abc import Callable

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from office.access.requests import HouseRequest

MAX_BYTES = 55_000_000
"""The biggest file that a page takes (50 MB, a bank's file) and its form."""
_TEXT = (
    "Cet envoi est trop gros : la limite est de 50 Mo. Rien n’a été enregistré. Envoyez-le en plusieurs parties, "
    "par exemple un relevé par mois, ou quelques photos à la fois."
)


class UploadLimitMiddleware:
    """Answers 413 if Content-Length exceeds `MAX_BYTES`. WSGI servers pass no body without a Content-Length."""

    def __init__(self, get_response: Callable[[HouseRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= MAX_BYTES:
            return self.get_response(request)
        response: HttpResponse
        if request.path.startswith("/api/"):
            error: dict[str, object] = {"code": "too_big", "message": _TEXT, "field": None, "details": []}
            response = JsonResponse({"error": error}, status=413)
        else:
            response = HttpResponse(render_to_string("413.html", {"text": _TEXT}), status=413)
        response.headers["Connection"] = "close"
        return response
