"""The answer of a view that shows a file: private, by its own type."""

import logging
from typing import Final

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

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
