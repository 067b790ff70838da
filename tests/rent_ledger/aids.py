"""Households with an aid, and the statements that pay it."""

from datetime import date

from common import clock
from office.access.actor import Actor
from office.models import Organisation
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.services.runs import produce
from rent_ledger.models import RentRun
from tests.factories import make_let, make_right

SYSTEM = Actor.system()
NOV, PAID = date(2026, 11, 1), date(2026, 11, 25)


def housed(*, payer: Organisation | None = None, billed: bool = True):
    """A lease since January with an APL of 250,00, billed for November."""
    lease = make_let()
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1), payer=payer)
    if billed:
        bill(lease, NOV)
    return lease, right


def bill(lease, month: date) -> None:
    run, _ = RentRun.objects.get_or_create(month=month, state="DONE")
    with clock.travel(month):
        produce(run=run, lease_ids=[lease.pk], actor=SYSTEM)


def bordereau(*rows: tuple[str, str, str]) -> bytes:
    """(number, month, amount) lines."""
    return ("allocataire;mois;montant\n" + "".join(f"{n};{m};{a}\n" for n, m, a in rows)).encode()


def bring(
    payer, *rows: tuple[str, str, str], on: date = PAID, wet: bool = True, actor: Actor = SYSTEM, again: bool = False
):
    return import_benefit_statement(
        data=bordereau(*rows), name="bordereau.csv", payer=payer, paid_on=on, actor=actor, wet=wet, again=again
    )
