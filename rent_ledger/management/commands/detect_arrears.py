"""`detect_arrears`: find arrears; `--as-of` reads as of a day."""

from contextlib import nullcontext
from typing import Any

from django.core.management.base import CommandParser

from common import clock
from common.commands import HouseCommand, day_argument
from common.errors import Conflict
from common.typography import counted, euros, short_day
from office.access.actor import Actor
from rent_ledger.arrears.services.detection import CaseLine, detect_arrears, last_run_day

SHOWN = 20


class Command(HouseCommand):
    help = (
        "Cherche les impayés : dossiers à ouvrir, impayés constitués au sens de la loi, dossiers soldés. "
        "Sans --wet-run, montre ce qui serait fait."
    )

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", type=day_argument, metavar="JOUR", help="Lit la situation de ce jour, par exemple 2026-11-05."
        )

    def run(self, **options: Any) -> None:
        day = options["as_of"] or clock.today()
        wet = options["wet_run"]
        if wet and options["as_of"]:
            self._check(day)
        with clock.travel(day) if wet and day != clock.today() else nullcontext():
            report = detect_arrears(day=day, actor=Actor.system(), dry=not wet)
        self.stdout.write(f"Impayés au {short_day(day, year=True)}")
        for bank in report.banks:
            known = f"connue jusqu’au {short_day(bank.until, year=True)}" if bank.until else "aucun relevé"
            self.stdout.write(f"  banque {bank.label} : {known}")
        self._show("dossier ouvert,dossiers ouverts", "premier défaut le", report.opened)
        self._show("dossier rouvert,dossiers rouverts", "le", report.reopened)
        self._show("impayé constitué,impayés constitués", "seuil atteint le", report.constituted)
        self._show("signalement à la CCAPEX,signalements à la CCAPEX", "seuil atteint le", report.signalled)
        self._show("dossier soldé,dossiers soldés", "le", report.closed)

    def _check(self, day: Any) -> None:
        last = last_run_day()
        if last and day < last:
            raise Conflict(
                f"La dernière recherche a été faite le {short_day(last, year=True)} : "
                "on n’écrit pas avant. Relancez sans --wet-run pour lire ce jour."
            )
        if day > clock.today():
            raise Conflict("On n’écrit pas un jour à venir. Relancez sans --wet-run pour le lire.")

    def _show(self, words: str, on: str, lines: list[CaseLine]) -> None:
        self.stdout.write(f"{counted(len(lines), words)}")
        for line in lines[:SHOWN]:
            report = (
                f", à déclarer au plus tard le {short_day(line.report_due_on, year=True)}" if line.report_due_on else ""
            )
            who = line.household or f"compte {line.account_id}"
            self.stdout.write(f"  {who} : {euros(line.debt)}, {on} {short_day(line.on, year=True)}{report}")
        if len(lines) > SHOWN:
            self.stdout.write(f"  et {counted(len(lines) - SHOWN, 'autre')}")
