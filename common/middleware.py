"""What is done to every answer: response headers, compression."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


class HeadersMiddleware:
    """No inline script, no inline style, nothing from elsewhere. What an answer says is for one person: no browser
    stores it, nor keeps the page alive for its button « back » once the session has ended (the next person at the same
    desk). Photos say otherwise (`office.files.answers`): they are asked for again, and forgotten with the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and not session.value:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


class NulMiddleware:
    """No text of the database holds a NUL, and no address of ours has one: 400, before anything reads it. The API says
    so in its own shape (`office.api_base.callers`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or ("%00" in request.META["QUERY_STRING"] and not request.path.startswith("/api/")):
            raise BadRequest("NUL")
        return self.get_response(request)


class CompressionMiddleware(GZipMiddleware):
    """Pages and other texts in gzip; letters and photos are compressed already.

    A secret may be compressed beside what a visitor typed (BREACH) because guesses can't be tried by the thousand: the
    session goes with no request that another site makes behind one's back (`SameSite=Lax`), Django adds up to a hundred
    random bytes to each answer and masks the CSRF token anew in each, and the session's key is in no body.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(_TEXTS):
            return response
        return super().process_response(request, response)
