"""No line of a log has an address of somebody, nor the row that the database refuses."""

import logging

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction

from config.logs import DiscreetFormatter, discreet
from office.models import Organisation, User
from tests.factories import make_user

LINE = "%(levelname)s %(name)s %(message)s"


def _line(message: str, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, None, exc_info)
    return DiscreetFormatter(LINE).format(record)


def test_the_log_is_written_by_it() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == "config.logs.DiscreetFormatter"


@pytest.mark.django_db
def test_an_address_that_is_taken_is_not_told() -> None:
    make_user(email="camille.martin@rive-neuve.example")
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        User.objects.bulk_create([User(email="camille.martin@rive-neuve.example", first_name="C", last_name="M")])
    line = _line("Internal Server Error: /bureau/", refusal.value)
    assert "duplicate key" in line
    assert "rive-neuve" not in line
    assert "The above exception" in line


@pytest.mark.django_db
def test_a_row_that_is_refused_is_not_told_however_many_lines_it_has() -> None:
    lines = [f"secret {number}" for number in range(4)]
    row = Organisation(name=None, address="\n".join([*lines[:3], "", lines[3]]))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Organisation.objects.bulk_create([row])
    line = _line("Task failed", refusal.value)
    assert "null value" in line
    assert not [secret for secret in lines if secret in line]


@pytest.mark.django_db
def test_the_line_of_a_query_stays() -> None:
    with pytest.raises(DataError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert "division by zero" in _line("x", refusal.value)


def test_the_address_of_a_calendar_is_not_told() -> None:
    assert _line("Not Found: /calendrier/aB-_3c.ics?x=1") == "ERROR x Not Found: /calendrier/….ics?x=1"
    assert _line("Not Found: /bureau/calendrier/") == "ERROR x Not Found: /bureau/calendrier/"


def test_the_address_of_a_referral_is_not_told() -> None:
    assert _line("Not Found: /saisine/aB-_3c/?x=1") == "ERROR x Not Found: /saisine/…/?x=1"
    assert _line("Not Found: /social/saisines/12/") == "ERROR x Not Found: /social/saisines/12/"


def test_other_words_stay() -> None:
    text = "Relevé du 05/11/2026 : 3 lignes @ 12:30, DETAIL: rien"
    assert discreet(text) == text
    assert discreet("to=<a.b+c@d-e.example.fr>, done") == "to=<…@…>, done"


@pytest.mark.django_db
def test_the_server_that_starts_by_itself_writes_no_row_nor_statement() -> None:
    if "embedded_postgres" not in connection.settings_dict["ENGINE"]:
        pytest.skip("another server, as its owner set it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('log_error_verbosity'), current_setting('log_min_error_statement')")
        assert cursor.fetchone() == ("terse", "panic")
