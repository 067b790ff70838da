"""What a view does with files: the answer that shows one, private and by its own type; those that a form sends."""

import logging
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final, cast

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from common.answers import attempt
from common.typography import agree, counted
from office.files.codes import Preview
from office.files.models import Attachment

logger = logging.getLogger(__name__)

# The file as a page of its own: it runs nothing, and nothing shows it in a frame.
_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'; form-action 'none'"
)


def serve(request: HttpRequest, attachment: Attachment, preview: Preview | None = None) -> HttpResponse:
    """The bytes of an attachment that the actor may read (the caller looked), or a smaller copy: `preview`, or what
    `?cote=` asks.

    The browser keeps it for this person and asks each time whether it may still be shown: 304 while it may. The bytes
    are bounded by the kind, so they are read in one go.
    """
    blob = attachment.blob
    preview = (preview or _asked(request)) if blob.is_picture else None
    etag = quote_etag(f"{blob.sha256}.{preview.value}" if preview else blob.sha256)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(_bytes(blob.key(preview)), content_type=blob.type)
        shown = content_disposition_header(as_attachment=not blob.is_picture, filename=attachment.name)
        answer["Content-Disposition"] = str(shown)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _POLICY
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _bytes(key: str) -> bytes:
    try:
        with default_storage.open(key) as stored:
            data: bytes = stored.read()
    except FileNotFoundError as error:
        logger.error("%s is not in the storage", key)
        raise Http404 from error
    return data


def _asked(request: HttpRequest) -> Preview | None:
    asked = request.GET.get("cote", "")
    if not asked:
        return None
    try:
        return Preview(int(asked))
    except ValueError as error:
        raise Http404 from error


def keep_each(
    request: HttpRequest, field: str, keep: Callable[[BinaryIO], object], *, limit: int, of: str, word: str
) -> None:
    """Keep each file that a form sent by a service, and say on the next page how many (`word`: preuve, pièce) and what
    is wrong with the others. `limit`: how many an owner may have, `of`: what it is, after « au plus par »."""
    files, kept = request.FILES.getlist(field), 0
    # Each is a file to read: what can't be kept is not read.
    if over := files[limit:]:
        names = ", ".join(f"« {file.name} »" for file in over)
        are = agree(len(over), "n’est pas gardé,ne sont pas gardés")
        messages.error(request, f"{limit} fichiers au plus par {of} : {names} {are}.")
    for file in files[:limit]:
        tried = attempt(partial(keep, cast("BinaryIO", file)))
        tried.tell(request)
        kept += bool(tried)
    if not files:
        messages.error(request, "Choisissez d’abord un fichier.")
    if kept:
        messages.success(request, f"{counted(kept, word)} {agree(kept, 'gardée,gardées')}.")
