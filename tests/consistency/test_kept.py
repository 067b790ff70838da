"""What is kept with the version of the books is read only from tables that move that version (ADR 15)."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.periods import Month
from desk.queries import rental_month
from desk.queries.recovery import recovery
from office.models import ParameterValue
from rent_ledger.billing.queries import missing, previews
from rent_ledger.billing.queries import runs as runs_read
from rent_ledger.billing.services import runs
from rent_ledger.models import RentRun
from tests.access.world import build

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 5)


def _obstacles() -> None:
    for run in RentRun.objects.all():
        runs.obstacles(run)


def _preview() -> None:
    months = {Month.of(run.month) for run in RentRun.objects.all()}
    assert months
    for month in {*months, *(month.plus(1) for month in months)}:
        previews.simulate(month)


# Each answer that is kept, by what its `read` calls: file → function → reading.
READS: dict[tuple[str, str], Callable[[], Any]] = {
    ("rent_ledger/billing/services/previews.py", "books_version()"): _preview,
    ("rent_ledger/billing/queries/runs.py", 'kept(f"obstacles:{run.pk}"'): _obstacles,
    ("rent_ledger/billing/queries/runs.py", 'kept(f"run_sums:{key}"'): lambda: runs_read._sums(RentRun.objects.all()),
    ("rent_ledger/billing/queries/missing.py", 'kept("lacking"'): lambda: missing.lacking_leases(DAY),
    ("desk/queries/recovery.py", 'kept(f"recovery:both:{span}"'): lambda: recovery(
        date(2025, 11, 1), date(2026, 11, 1), DAY
    ),
    ("desk/queries/rental_month.py", 'kept("month"'): lambda: rental_month._read(DAY),
}
_CALL = re.compile(r'\b(kept\(f?"[^"]*"|books_version\(\))')


def test_each_answer_that_is_kept_is_tried_here() -> None:
    found = {
        (str(path.relative_to(ROOT)), call)
        for app in apps.get_app_configs()
        if Path(app.path).parent == ROOT
        for path in Path(app.path).rglob("*.py")
        if "migrations" not in path.parts and path.name not in {"kept.py", "apps.py"}
        for call in _CALL.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set(READS)


@pytest.mark.django_db
def test_each_table_that_it_reads_moves_the_version(subtests: pytest.Subtests) -> None:
    build()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    moving = {model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.name == "books_version"}
    used: set[str] = set()
    with clock.travel(DAY):
        for (path, call), read in READS.items():
            with subtests.test(path):
                with CaptureQueriesContext(connection) as seen:
                    read()
                said = " ".join(query["sql"] for query in seen.captured_queries)
                read_here = {table for table in tables if re.search(rf"\b{table}\b", said)}
                assert read_here, call
                assert read_here <= moving
                used |= read_here
    # No statement pays for a version that nobody keeps.
    assert moving - used == set()
    assert ParameterValue._meta.db_table in used
