"""What the machine lacks, said in French: room on the disk, the database. Nothing was written: each write is whole."""

import errno
import sys
from collections.abc import Iterator

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

FULL = (
    "Le disque du serveur est plein : rien n’a été enregistré, et ce qui l’était est intact. Prévenez l’administration "
    "d’Ancrage, puis recommencez quand il y a de nouveau de la place."
)
AWAY = (
    "La base de données ne répond pas : rien n’a été enregistré. Recommencez dans une minute, et prévenez "
    "l’administration d’Ancrage si cela dure."
)
LATER = "60"
"""Seconds after which it is worth trying again."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# PostgreSQL, appendix A: disk_full; connection exceptions, server shutting down, crashed or starting.
_DISK_FULL, _NOT_THERE = "53100", ("08", "57P")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    yield from seen


def lack_of(error: BaseException | None) -> str:
    """A French sentence where the machine lacks something, else nothing."""
    for one in _chain(error):
        sqlstate = str(getattr(one, "sqlstate", "") or "")
        if sqlstate == _DISK_FULL or (isinstance(one, OSError) and one.errno in _NO_ROOM):
            return FULL
        if sqlstate.startswith(_NOT_THERE):
            return AWAY
    is_lost = isinstance(error, Error) and "connection" in str(error).lower()
    return AWAY if is_lost else ""


def failed(request: HttpRequest) -> HttpResponse:
    """The page of an error that nobody foresaw (`handler500`): 503 where it is known what the machine lacks. It reads
    neither the database nor a file that is to be written."""
    text = lack_of(sys.exc_info()[1])
    if not text:
        return server_error(request)
    if request.path.startswith("/api/"):
        body: dict[str, object] = {"error": {"code": "error", "message": text, "field": None, "details": []}}
        return JsonResponse(body, status=503, headers={"Retry-After": LATER})
    return HttpResponse(render_to_string("503.html", {"text": text}), status=503, headers={"Retry-After": LATER})
