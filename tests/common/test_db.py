"""What the house asks of the database beside its rows."""

import pytest
from django.db import connection

from common.db import analyze_new


@pytest.mark.django_db
def test_a_table_that_the_server_takes_for_empty_gets_its_statistics():
    def known() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'sized'::regclass")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE sized AS SELECT generate_series(1, 3000) AS n")
    assert known() < 1000
    analyze_new(["sized"])
    assert known() == 3000
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sized SELECT generate_series(1, 3000)")
    analyze_new(["sized"])
    assert known() == 3000  # the server keeps what it knows fresh by itself
