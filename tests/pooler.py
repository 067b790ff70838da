"""`make test-pooler`: the tests of what the database carries, through PgBouncer in transaction mode.

PgBouncer stands before the tests' own cluster, with its configuration, its log and its socket under `var/pooler`. Each
transaction of a test may find another connection there, as those of an installation behind a pooler do.
`python -m tests.pooler -x tests/office/jobs` takes pytest's own arguments.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from embedded_postgres.cluster import LONGEST_SOCKET, PORT, ROLE, Cluster, cluster_at
from embedded_postgres.installation import Runner, runner_for

MISSING = (
    "Les tests derrière PgBouncer ont besoin de PgBouncer. Pour l’installer :\n"
    "    sudo apt-get install -y --no-install-recommends pgbouncer\n"
    "(son service n’est pas utilisé : les tests démarrent le leur, et l’arrêtent)"
)
POOLER_PORT = 6432
# What the database carries: as `.ci/run` on Debian's own PostgreSQL.
CARRIED = [
    "-m", "django_db and not browser and not runtime",
    "--ignore-glob=*/pages/*", "--ignore-glob=*/api/*", "--ignore-glob=tests/access/*",
]  # fmt: skip
# `options` is not among the ignored parameters: a connection that asks for some is refused, as in production.
CONFIGURATION = """\
[databases]
* = host={server} port={port} user={role}
[pgbouncer]
pool_mode = transaction
listen_addr =
listen_port = {pooler_port}
unix_socket_dir = {folder}
unix_socket_mode = 0777
auth_type = any
max_client_conn = 500
default_pool_size = 30
max_db_connections = 0
ignore_startup_parameters = extra_float_digits
server_round_robin = 1
logfile = {folder}/pgbouncer.log
log_connections = 0
log_disconnections = 0
"""


def _program() -> str:
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        sys.exit(MISSING)
    return found


def _folder(var: Path, runner: Runner) -> Path:
    """`var/pooler`, or a folder of /tmp where the path is too long for a socket or closed to the server's user."""
    folder = var / "pooler"
    too_long = len(os.fsencode(folder / f".s.PGSQL.{POOLER_PORT}")) > LONGEST_SOCKET
    if too_long or not runner.can("x", var):
        return Path(tempfile.mkdtemp(prefix="ancrage-pooler-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    return folder


def _start(cluster: Cluster, var: Path, server: Path) -> tuple["subprocess.Popen[bytes]", Path]:
    runner = runner_for(cluster.data)
    folder = _folder(var, runner)
    runner.own(folder)
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        CONFIGURATION.format(server=server, port=PORT, role=ROLE, pooler_port=POOLER_PORT, folder=folder)
    )
    runner.own(configuration)
    (folder / "pgbouncer.log").unlink(missing_ok=True)
    # It refuses to run as root, as PostgreSQL does.
    who = {} if runner.uid is None else {"user": runner.uid, "group": runner.gid, "extra_groups": []}
    process = subprocess.Popen([_program(), "-q", configuration], start_new_session=True, **who)  # type: ignore[call-overload]
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), port=POOLER_PORT, user=ROLE, dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return process, folder
    process.kill()
    sys.exit(f"PgBouncer ne démarre pas. Son journal : {folder / 'pgbouncer.log'}")


def main() -> int:
    _program()
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings

    database = settings.DATABASES["default"]
    cluster = cluster_at(settings.VAR_DIR / database["CLUSTER"], database["CLUSTER_OPTIONS"])
    server = cluster.join(database["NAME"])
    process, folder = _start(cluster, settings.VAR_DIR, server)
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{ROLE}@{str(folder).replace('/', '%2F')}:{POOLER_PORT}/{database['NAME']}",
        "ANCRAGE_POOLER": "1",
        "TEST_SERVER": f"{server}:{PORT}",
    }
    words = sys.argv[1:] or CARRIED
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "2", *words], env=environment, check=False
        ).returncode
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
