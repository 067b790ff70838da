"""How a file is shown: by its own type, to this person only, and asked again each time."""

from unittest import TestCase

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import RequestFactory

from maintenance.models import Photo
from office.files.answers import serve
from office.files.models import Blob
from tests.office.files.services.test_blobs import attach, picture

pytestmark = pytest.mark.django_db


def ask(photo: Photo, query: str = "", **headers: str):
    return serve(RequestFactory().get(f"/{query}", headers=headers), photo)


def test_the_headers_of_a_picture() -> None:
    clean = picture()
    answer = ask(attach(clean))
    assert answer.content == clean.data
    assert dict(answer.headers) == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'inline; filename="mur.jpg"',
        "ETag": f'"{clean.sha256}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": answer["Content-Security-Policy"],
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_smaller_copy_has_its_own_bytes_and_tag() -> None:
    clean = picture()
    photo = attach(clean)
    for side, data in clean.previews:
        answer = ask(photo, f"?cote={side.value}")
        assert answer.content == data
        assert answer["ETag"] == f'"{clean.sha256}.{side.value}"'
    for bad in ("?cote=1000", "?cote=x"):
        with pytest.raises(Http404):
            ask(photo, bad)


def test_the_browser_asks_again_and_gets_no_bytes() -> None:
    photo = attach(picture())
    answer = ask(photo, **{"If-None-Match": f'"{photo.blob_id}"'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", f'"{photo.blob_id}"')
    assert answer["Cache-Control"] == "private, no-cache"
    assert ask(photo, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_pdf_is_downloaded_under_its_name() -> None:
    blob = Blob.objects.create(sha256="a" * 64, type="application/pdf", size=4)
    default_storage.save(blob.key(), ContentFile(b"%PDF"))
    answer = ask(Photo(blob=blob, name="état des lieux.pdf"), "?cote=320")
    assert (answer["Content-Type"], answer.content) == ("application/pdf", b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_lost_bytes_are_a_404_and_a_line_in_the_log() -> None:
    photo = attach(picture())
    default_storage.delete(photo.blob.key())
    with TestCase().assertLogs("office.files.answers", "ERROR") as said, pytest.raises(Http404):
        ask(photo)
    assert photo.blob_id in said.output[0]
