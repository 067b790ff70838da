"""`make bench`: one JSON line per figure, ours against the database's own limit in the same run.

`BENCH_N` leases (10,000) × 24 months. Seven interleaved pairs where there is a limit. The limit is `INSERT … SELECT`
of the same final rows from unlogged staging tables into the same tables, constraints, indexes and triggers included,
fsync on, after a CHECKPOINT. `python -m tests.benchmarks rent_run` takes one figure; `first` is a measure of its own
(`tests.benchmarks.first`).
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings


def main() -> None:
    chosen = set(sys.argv[1:])
    settings.DATABASES["default"]["NAME"] = "ancrage_bench_first" if chosen == {"first"} else "ancrage_bench"
    settings.DATABASES["default"]["CONN_MAX_AGE"] = None
    settings.ALLOWED_HOSTS = ["testserver"]  # what the test client of Django says that it asks
    django.setup()
    if chosen == {"first"}:
        from tests.benchmarks.first import first

        first(int(os.environ.get("BENCH_N", "100000")))
        return
    from tests.benchmarks import figures

    figures.prepare(int(os.environ.get("BENCH_N", "10000")), int(os.environ.get("BENCH_MONTHS", "24")))
    for figure in figures.ALL:
        if not chosen or figure.__name__ in chosen:
            figure()


if __name__ == "__main__":
    main()
