"""`raise_alerts`: what the rules find, and alert about it."""

from typing import Any

from django.core.management.base import CommandParser

from common import clock
from common.commands import HouseCommand, day_argument
from office.access.actor import Actor
from social_link.alerts.codes import AlertRule
from social_link.alerts.services.raising import raise_alerts


class Command(HouseCommand):
    help = "Lève les alertes vers le service social et fait remonter celles qui attendent trop."

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", type=day_argument, metavar="DATE",
            help="Lit à cette date, par exemple 2026-11-05. Avec --wet-run : pas avant le dernier passage.",
        )  # fmt: skip

    def run(self, **options: Any) -> None:
        day, wet = options["as_of"] or clock.today(), options["wet_run"]
        report = raise_alerts(day=day, actor=Actor.system(), dry=not wet)
        self.stdout.write(
            f"Au {day:%d/%m/%Y} : {report.opened} alerte(s) nouvelle(s), {report.joined} fait(s) joint(s)."
        )
        for line in report.lines:
            word = "nouvelle" if line.opens else "jointe"
            said = " ; ".join(reason.text() for reason in line.reasons)
            self.stdout.write(f"  {AlertRule(line.rule).label}, {line.household} → {line.assignee} ({word}) : {said}")
        for name in report.unassigned:
            self.stderr.write(f"  {name} : aucun référent, et aucun responsable du service social.")
        for name in report.failed:
            self.stderr.write(f"  {name} : une erreur l’a laissé de côté, le prochain passage recommence (journal).")
        if wet:
            self.stdout.write(f"{report.escalated} alerte(s) remontée(s) au responsable.")
