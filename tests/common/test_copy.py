"""Rows written by COPY come back as they were."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from common.copy import copy_lines, escaped_cells

TEXTS = ["", "plain", "a\tb", "a\nb\r\n", "back\\slash", "\\N", "\\.", "é’€", "\t", '{"text": "\\"x\\"\\n"}']


def test_plain_cells_are_only_joined():
    assert escaped_cells(["a", "", "é"]) == "a\t\té"


@pytest.mark.django_db
def test_every_text_survives_the_way_in():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE cells (n integer, a text, b text) ON COMMIT DROP")
        rows = [(one, other) for one in TEXTS for other in TEXTS]
        copy_lines("cells", ("n", "a", "b"), (f"{n}\t{escaped_cells(row)}" for n, row in enumerate(rows)))
        cursor.execute("SELECT a, b FROM cells ORDER BY n")
        assert cursor.fetchall() == rows


@pytest.mark.django_db
@pytest.mark.parametrize(("lines", "error"), [(["1", "1"], IntegrityError), (["one"], DataError)])
def test_what_the_database_refuses_is_django_s_error(lines, error):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE cells (n integer UNIQUE) ON COMMIT DROP")
    with pytest.raises(error), transaction.atomic():
        copy_lines("cells", ("n",), lines)
