"""Keep a base of now, and the digests of its migrations.

python -m tests.upgrade          with data in it: what an association in use brings to the next version
python -m tests.upgrade empty    as migrations leave it: what a demo and the tests' template begin with
"""

import gzip
import os
import subprocess
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

# ruff: noqa: E402  the apps are loaded first
from django.conf import settings
from django.db import connection

from common import clock
from demo import empty, generator
from embedded_postgres.installation import Runner, binaries
from tests.conftest import DEFAULT_DAY
from tests.databases import TestDatabase
from tests.upgrade.bases import DIGESTS, FOLDER, applied, digest_of, path_of, pinned, rewritten

SIZE, MONTHS = 8, 3


def main() -> int:
    if wrong := list(rewritten(pinned(), settings.BASE_DIR)):
        print(*wrong, "Put them back, and write a migration after them.", sep="\n", file=sys.stderr)
        return 1
    as_migrated = sys.argv[1:] == ["empty"]
    base = empty.BASE if as_migrated else FOLDER / f"{clock.today()}.sql.gz"
    if as_migrated:  # all migrations write it, not those since the last one
        base.unlink(missing_ok=True)
    database = TestDatabase(connection.settings_dict["NAME"], "upgrade")
    database.prepare(rebuild=as_migrated)
    try:
        if not as_migrated:
            with clock.travel(DEFAULT_DAY):
                generator.load(size=SIZE, months=MONTHS)
        text = _dump()
    finally:
        database.drop()
    FOLDER.mkdir(exist_ok=True)
    base.write_bytes(gzip.compress(text.encode(), mtime=0))
    digests = pinned() | {
        path: digest_of(settings.BASE_DIR / path) for path in (path_of(*key) for key in applied(text))
    }
    DIGESTS.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())))
    print(f"{base}: {base.stat().st_size // 1024} KB, {len(digests)} migrations")
    return 0


def _dump() -> str:
    connection.ensure_connection()
    info = connection.connection.info
    where = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    folder, _ = binaries(Runner(), home=settings.VAR_DIR, major=info.server_version // 10000)
    words = [str(folder / "pg_dump"), "--no-owner", "--no-privileges", "--exclude-table-data=django_session"]
    return subprocess.run(
        words, env=os.environ | where | {"PGPASSWORD": info.password}, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
