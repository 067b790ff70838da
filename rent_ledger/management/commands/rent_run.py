"""`rent_run 2026-12`: preview or produce the demands of a month."""

from typing import Any

from django.core.management.base import CommandParser

from common.commands import HouseCommand, month_argument
from common.money import ZERO
from common.typography import euros
from office.access.actor import Actor
from office.jobs.worker import drain
from rent_ledger.billing.codes import RunQuestion
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.runs import launch_run


class Command(HouseCommand):
    help = "Produit les avis d’échéance d’un mois. Sans --wet-run, montre ce qui serait produit et retenu."

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=month_argument, metavar="MOIS", help="Le mois, par exemple 2026-12.")
        parser.add_argument("--early", action="store_true", help="Produit aussi un mois plus lointain que le prochain.")

    def run(self, **options: Any) -> None:
        month = options["month"]
        drafts, blocked = draft(month=month)
        gross, benefit = sum((d.gross for d in drafts), ZERO), sum((d.benefit for d in drafts), ZERO)
        self.stdout.write(
            f"{len(drafts)} avis pour {month} : {euros(gross)} appelés, {euros(benefit)} d’aide attendue, "
            f"{euros(gross - benefit)} à payer."
        )
        for held in blocked:
            self.stdout.write(
                f"  retenu : {held.household_name} ({held.lease_reference}) : {held.reason.text()}. {held.cure.text()}"
            )
        if not options["wet_run"]:
            return
        early = {RunQuestion.EARLY_MONTH.lower(): "Commande rent_run --early"} if options["early"] else {}
        run = launch_run(month=month, actor=Actor.system(), answers=early)
        assert run.job_id is not None
        drain(run.job_id)
        run.refresh_from_db()
        self.stdout.write(f"{run.demands.count()} avis produits.")
