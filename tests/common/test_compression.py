"""Texts leave compressed, and no two answers have the same length for it."""

import gzip
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.test import Client, RequestFactory

from common.middleware import CompressionMiddleware
from office.access.codes import Role

ASKS = RequestFactory().get("/", headers={"accept-encoding": "gzip, deflate, br"})


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/csv", "application/json", "image/svg+xml"])
def test_a_text_is_compressed(kind: str) -> None:
    answer = CompressionMiddleware(lambda request: HttpResponse("Loyer " * 500, content_type=kind))(ASKS)
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.content) == b"Loyer " * 500
    assert len(answer.content) < 300


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg"])
def test_what_is_compressed_already_is_left_alone(kind: str) -> None:
    answer = CompressionMiddleware(lambda request: HttpResponse(b"x" * 3000, content_type=kind))(ASKS)
    assert "Content-Encoding" not in answer
    assert answer.content == b"x" * 3000


def test_a_file_keeps_its_length() -> None:
    answer = CompressionMiddleware(
        lambda request: FileResponse(BytesIO(b"x" * 3000), content_type="application/pdf", as_attachment=True)
    )(ASKS)
    assert answer["Content-Length"] == "3000"


def test_who_does_not_ask_gets_it_plain() -> None:
    answer = CompressionMiddleware(lambda request: JsonResponse({"loyer": "x" * 500}))(RequestFactory().get("/"))
    assert "Content-Encoding" not in answer


@pytest.mark.django_db
def test_what_breach_needs_is_not_there() -> None:
    """The same page twice: another length, another mask over the token; and the session's cookie stays at home."""
    visitor = Client(headers={"accept-encoding": "gzip"})
    answers = [visitor.get("/compte/login/") for _ in range(8)]
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 3
    assert len({gzip.decompress(answer.content) for answer in answers}) == 8


@pytest.mark.django_db
def test_the_session_stays_at_home_and_out_of_the_page(client_as: Any) -> None:
    someone = client_as(Role.RENTAL_MANAGER)
    answer = someone.get("/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert someone.cookies[settings.SESSION_COOKIE_NAME].value.encode() not in gzip.decompress(answer.content)
