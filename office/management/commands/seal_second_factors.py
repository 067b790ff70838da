"""Seals the secrets of second factors with the first key: the second step of a change of key (docs/running.md)."""

from typing import Any

from common.commands import HouseCommand
from common.typography import counted
from office.staff.sealing import seal_again


class Command(HouseCommand):
    help = "Scelle les deuxièmes facteurs avec la première clé de ANCRAGE_MFA_KEYS ; n’écrit qu’avec --wet-run."
    writes = True

    def run(self, **options: Any) -> None:
        self.stdout.write(f"{counted(seal_again(), 'secret scellé,secrets scellés')} avec la première clé.")
