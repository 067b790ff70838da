"""What the machine lacks is said in French, on pages and in the API; other faults stay what they are."""

import errno
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from common.trouble import AWAY, FULL, failed, lack_of
from config import urls

pytestmark = pytest.mark.django_db


def of_the_database(sqlstate: str) -> Callable[[], None]:
    """An error of this code, as PostgreSQL raises it."""

    def refuse() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{sqlstate}'; END $$")

    return refuse


def of_the_disk() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def of_a_lost_server() -> None:
    raise OperationalError("connection failed: No such file or directory")


def of_ours() -> None:
    raise ValueError("x")


def answer(fault: Callable[[], None], path: str) -> HttpResponse:
    try:
        fault()
    except Exception:
        return failed(RequestFactory().get(path))
    raise AssertionError("nothing failed")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (of_the_database("53100"), FULL),
        (of_the_disk, FULL),
        (of_the_database("57P03"), AWAY),
        (of_the_database("08006"), AWAY),
        (of_a_lost_server, AWAY),
    ],
    ids=["full by the database", "full by a file", "it starts", "cut off", "not there"],
)
def test_what_is_lacking_is_said(fault: Callable[[], None], said: str) -> None:
    page = answer(fault, "/loyers/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert said.partition(" :")[0] in page.content.decode().replace("\u00a0", " ")
    assert b"rien n\xe2\x80\x99a \xc3\xa9t\xc3\xa9 enregistr" in page.content
    by_api = answer(fault, "/api/v1/payments")
    assert by_api.status_code == 503
    assert b"error" in by_api.content


@pytest.mark.parametrize("fault", [of_ours, of_the_database("22012")], ids=["ours", "the statement"])
def test_another_fault_is_said_as_before(fault: Callable[[], None]) -> None:
    assert answer(fault, "/loyers/").status_code == 500


def test_a_file_that_finds_no_room_while_a_transaction_ends_is_found_below() -> None:
    def store() -> None:
        try:
            of_the_disk()
        except OSError as no_room:
            raise RuntimeError("not stored") from no_room

    with pytest.raises(RuntimeError) as fault:
        store()
    assert lack_of(fault.value) == FULL


def test_the_site_uses_it() -> None:
    assert urls.handler500 == "common.trouble.failed"
