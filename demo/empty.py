"""A base as migrations leave it: a new demo begins with it, and runs the migrations since.

All of them take three minutes: Django renders its models anew at each operation. `python -m tests.upgrade empty` keeps
the file, and `tests.upgrade` compares what comes of it with what all migrations write.
"""

import gzip
import re
from pathlib import Path

from django.db import connection, transaction

BASE = Path(__file__).with_name("empty.sql.gz")
# Of PostgreSQL 17 and psql: a server of the oldest version that we run on does not know them.
_NOT_FOR_ALL = re.compile(r"^(\\.*|SET transaction_timeout = .*)\n", re.MULTILINE)
# A block of rows of `pg_dump`: its statement, its lines.
COPY = re.compile(r"^(COPY [^\n]* FROM stdin);\n(.*?)^\\\.\n", re.MULTILINE | re.DOTALL)


def text_of(base: Path) -> str:
    """What `pg_dump` said of it."""
    return gzip.decompress(base.read_bytes()).decode()


def load(base: Path = BASE) -> None:
    """Write the base into the database of the connection, which is empty: all of it, or nothing.

    It closes the connection, whose search_path is the dump's. Not for one that goes through a pooler.
    """
    text, done = text_of(base), 0
    with transaction.atomic(), connection.cursor() as cursor:
        for block in [*COPY.finditer(text), None]:
            statements = text[done : block.start() if block else len(text)]
            cursor.execute(_NOT_FOR_ALL.sub("", statements))
            if block:
                with cursor.copy(block[1]) as copy:
                    copy.write(block[2])
                done = block.end()
    connection.close()
