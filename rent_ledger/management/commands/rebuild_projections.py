"""`rebuild_projections`: make open items and account states again from the books."""

from typing import Any

from common.commands import HouseCommand
from rent_ledger.books.services.projections import rebuild


class Command(HouseCommand):
    help = "Refait les postes ouverts et les états de compte à partir du grand livre."
    writes = True

    def run(self, **options: Any) -> None:
        items, states = rebuild()
        self.stdout.write(f"{items} postes ouverts et {states} états de compte refaits.")
