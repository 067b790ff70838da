"""A small association in a cluster of its own, for the tests that kill it: `python -m tests.config.kill_world STEP`.

`hang` names a file: while it exists, the work stops in the middle of a transaction after having touched `<hang>.here`.
"""

import os
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ.get("KILL_DATABASE", "ancrage")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from common import clock  # noqa: E402
from common.periods import Month  # noqa: E402
from demo import empty  # noqa: E402
from office.access.actor import Actor  # noqa: E402
from office.jobs.worker import drain  # noqa: E402
from office.models import BankAccount  # noqa: E402
from rent_ledger.bank.formats.write_camt053 import write_camt053  # noqa: E402
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement  # noqa: E402
from rent_ledger.bank.services import bank_entries  # noqa: E402
from rent_ledger.bank.services.bank import import_bank_file  # noqa: E402
from rent_ledger.billing.codes import RunQuestion  # noqa: E402
from rent_ledger.billing.services import runs  # noqa: E402
from rent_ledger.checking.services import check_ledger  # noqa: E402
from rent_ledger.models import RentDemand  # noqa: E402
from tests import factories  # noqa: E402
from tests.upgrade import bases  # noqa: E402
from tests.upgrade.states import quick_states  # noqa: E402

MONTH, PAID = Month(2026, 12), date(2026, 12, 3)
LEASES = 6
DIGEST = """
SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (
    SELECT h.name, p.nature, p.amount, p.due_on, p.effective_on, p.for_month, e.kind, d.kind AS debit, c.kind AS credit,
           coalesce(a.laid, 0) AS laid
    FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
    JOIN rent_ledger_account d ON d.id = p.debit_id JOIN rent_ledger_account c ON c.id = p.credit_id
    LEFT JOIN leases_household h ON h.id = coalesce(d.household_id, c.household_id)
    LEFT JOIN (SELECT debit_posting_id AS id, sum(amount) AS laid FROM rent_ledger_allocation GROUP BY 1) a
      ON a.id = p.id
) x
"""


def build() -> None:
    bases.load(empty.BASE)
    with quick_states():
        call_command("migrate", interactive=False, verbosity=0)
    with clock.travel(date(2026, 11, 26)):
        factories.make_bank_account(label="Courant")
        for n in range(LEASES):
            factories.make_let(rent=f"{300 + n}.00", charges="50.00", name=f"Mme Essai {n}")


def copy() -> None:
    """The same association in a second database, `calm`."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"CREATE DATABASE calm TEMPLATE {name}")


def run() -> None:
    """Launch the month in chunks of two leases (once), and work on it."""
    runs.CHUNK = 2
    with clock.travel(date(2026, 11, 26)):
        if not runs.RentRun.objects.exists():
            runs.launch_run(
                month=MONTH, actor=Actor.system(), answers={RunQuestion.EARLY_MONTH.lower(): "Vu avec la direction"}
            )
        _stop_inside(runs, "write_demands", after=1)
        drain()


def bank() -> None:
    with clock.travel(date(2026, 12, 4)):
        _stop_inside(bank_entries, "post", after=0)
        account = BankAccount.objects.get()
        entries = tuple(
            WrittenEntry(
                label="VIR",
                amount=d.net - Decimal(d.number),
                booking_day=PAID,
                structured_reference=d.lease.payment_reference,
                bank_reference=f"REF{d.number}",
            )
            for d in RentDemand.objects.select_related("lease").order_by("number")
        )
        statement = WrittenStatement(
            iban=account.iban, opening=Decimal(100), opening_day=date(2026, 12, 1), closing_day=PAID, entries=entries
        )
        import_bank_file(data=write_camt053([statement]), name="releve.xml", actor=Actor.system())


def digest() -> None:
    """Print what the books say, without ids or clocks, and prove them."""
    with clock.travel(date(2026, 12, 4)):
        findings = check_ledger()
    with connection.cursor() as cursor:
        cursor.execute(DIGEST)
        print(cursor.fetchone()[0], len(findings), RentDemand.objects.count())


def _stop_inside(module: object, name: str, *, after: int) -> None:
    """Call number `after` of `module.name` writes, then waits inside its transaction while the file `hang` exists."""
    if not os.environ.get("HANG"):
        return
    hang, real, calls = Path(os.environ["HANG"]), getattr(module, name), [0]

    def stopped(**arguments: object) -> object:
        result = real(**arguments)
        if calls[0] == after:
            Path(f"{hang}.here").touch()
            while hang.exists():
                time.sleep(0.05)
        calls[0] += 1
        return result

    setattr(module, name, stopped)


if __name__ == "__main__":
    for step in sys.argv[1:]:
        {"build": build, "copy": copy, "run": run, "bank": bank, "digest": digest}[step]()
