"""`check_ledger`: prove the books."""

from typing import Any

from django.core.management.base import CommandError

from common.commands import HouseCommand
from rent_ledger.checking.services import INVARIANTS, check_ledger


class Command(HouseCommand):
    help = "Vérifie au centime le grand livre et ses projections. N’écrit rien."

    def run(self, **options: Any) -> None:
        findings = check_ledger(sources=True)
        for finding in findings:
            self.stderr.write(f"✗ {finding.name} : {finding.count} ({', '.join(finding.examples)})")
        if findings:
            raise CommandError(f"{len(findings)} règles ne sont pas respectées sur {len(INVARIANTS) + 1}.")
        self.stdout.write(f"Grand livre exact : {len(INVARIANTS) + 1} règles vérifiées.")
