"""The hostile defaults of conftest.py are themselves tested: one that does not bite protects nothing."""

import socket
import warnings
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.template import engines

from common import clock
from tests.conftest import NetworkUsed


def test_the_clock_stands_still() -> None:
    assert clock.today() == date(2026, 11, 5)


@pytest.mark.clock("2027-01-01T23:30")
def test_the_clock_stands_where_it_is_put() -> None:
    assert clock.now().isoformat() == "2027-01-01T23:30:00+01:00"


def test_an_unknown_template_variable_fails() -> None:
    template = engines["django"].from_string("{{ nothing_of_the_sort }}")
    with pytest.raises(pytest.fail.Exception, match="nothing_of_the_sort"):
        template.render({})


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80), ("2001:db8::1", 80)])
def test_nothing_leaves_the_machine(address: tuple[str, int]) -> None:
    with pytest.raises(NetworkUsed), socket.socket() as sock:
        sock.connect(address)
    with pytest.raises(NetworkUsed):
        socket.getaddrinfo(*address)


def test_the_loopback_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_undone(turn: int) -> None:
    """Each turn finds the database as the migrations left it, and what they wrote is still there."""
    assert not get_user_model().objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT count(*) FROM auth_permission")
        assert cursor.fetchone()[0] > 0
        cursor.execute("CREATE TABLE left_behind (n int)")
    get_user_model().objects.create(email="left@example.org", first_name="Lee", last_name="Left")


@pytest.mark.django_db
def test_the_database_is_one_of_tests() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0].startswith("test_")
