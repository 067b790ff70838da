"""`measure_signs`: what the early signs were worth, on the past of the house."""

from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser

from common import clock
from common.commands import HouseCommand, day_argument
from common.typography import counted, number, short_day
from office.access.actor import Actor
from rent_ledger.policy.models import SignMeasure
from rent_ledger.policy.parameters import fewest_cases
from rent_ledger.policy.services.measuring import measure_signs, measured_by_default


class Command(HouseCommand):
    help = (
        "Mesure les signes avant-coureurs : combien étaient justes, combien de premiers impayés ils ont précédés. "
        "Sans jours, la dernière année dont la suite est connue."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", dest="first", type=day_argument, metavar="JOUR", help="Premier jour mesuré.")
        parser.add_argument("--to", dest="last", type=day_argument, metavar="JOUR", help="Dernier jour mesuré.")

    def run(self, **options: Any) -> None:
        today = clock.today()
        first, last = options["first"], options["last"]
        if first is None or last is None:
            usual_first, usual_last = measured_by_default(today)
            first, last = first or usual_first, last or usual_last
        rows = measure_signs(first=first, last=last, actor=Actor.system())
        fewest = fewest_cases(today)
        within = counted(rows[0].within_days, "jour")
        self.stdout.write(
            f"Signes du {short_day(first, year=True)} au {short_day(last, year=True)}, jugés sur {within}"
        )
        for row in rows:
            self.stdout.write(self._line(row, fewest))

    def _line(self, row: SignMeasure, fewest: int) -> str:
        right, foreseen = (_said(share) for share in (row.precision(fewest), row.recall(fewest)))
        return (
            f"  {row.label} : {number(row.right)} sur {counted(row.signs, 'signe')} {right} ; "
            f"{number(row.foreseen)} sur {counted(row.defaults, 'premier impayé,premiers impayés')} {foreseen}"
        )


def _said(share: Decimal | None) -> str:
    return "(pas assez de cas)" if share is None else f"({number(share)} %)"
