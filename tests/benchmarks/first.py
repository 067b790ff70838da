"""`python -m tests.benchmarks first`: what the first rent run of an empty ledger costs beside the tenth.

`BENCH_N` leases (100,000) without any history, in a database of their own that is made anew. Nothing analyses their
tables: neither the seed nor the server's own upkeep, which may come after the first run of a new house.
"""

import json

from django.core.management import call_command
from django.db import connection

from common import clock
from office.access.actor import Actor
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.services.projections import roll
from rent_ledger.models import RentDemand
from tests.benchmarks import seed
from tests.benchmarks.figures import FIRST
from tests.benchmarks.limit import checkpoint
from tests.benchmarks.measure import clocked
from tests.benchmarks.workers import Workers

RUNS = 10


def first(leases: int) -> None:
    """Print one JSON line for each run, then how the first compares with the tenth: above 1, it is dearer."""
    _new_database()
    with clock.travel(FIRST.plus(-1).day(20)):
        bank = seed.leases(leases, analyzed=False)
    taken = []
    workers = Workers()
    for month in FIRST.until(FIRST.plus(RUNS - 1)):
        with clock.travel(month.plus(-1).day(26)):
            roll()
            checkpoint()
            taken.append(clocked(lambda: workers.drain(launch_run(month=month, actor=Actor.system()).job_id)))  # noqa: B023
        made = RentDemand.objects.filter(month=month.first).count()
        assert made == leases, f"{made} demands of {leases}"
        print(json.dumps(_line(f"run_{len(taken)}", leases, taken[-1])), flush=True)
        with clock.travel(month.day(26)):
            seed.pay(month, bank)
    workers.stop()
    ratio = {"first_to_last": round(taken[0] / taken[-1], 3), "first_to_second": round(taken[0] / taken[1], 3)}
    print(json.dumps(_line("first_run", leases, taken[0]) | ratio), flush=True)


def _line(name: str, leases: int, seconds: float) -> dict[str, object]:
    return {"name": name, "n": leases, "s": round(seconds, 3), "ms_per_lease": round(seconds * 1000 / leases, 4)}


def _new_database() -> None:
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
