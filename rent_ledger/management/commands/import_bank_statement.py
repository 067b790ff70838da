"""Import a bank statement. Dry unless --wet-run; --json only reads and describes the file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HouseCommand
from common.errors import UnreadableFile
from common.typography import counted, euros
from office.access.actor import Actor
from rent_ledger.bank.formats.detect import check_size, read_bank_file
from rent_ledger.bank.formats.model import to_json, unreadable, unreadable_to_json
from rent_ledger.bank.services.bank import ImportReport, StatementReport, import_bank_file


class Command(HouseCommand):
    help = (
        "Importe un relevé bancaire (camt.053 ou CFONB 120). Sans --wet-run, rien n’est écrit : la commande montre ce "
        "qu’elle ferait. Un relevé dont les soldes ne tombent pas juste est mis de côté, sauf avec --accept-gap."
    )

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FICHIER", help="le fichier de la banque")
        parser.add_argument("--accept-gap", action="store_true", help="accepte un relevé déséquilibré, avec son écart")
        parser.add_argument(
            "--json", action="store_true", help="décrit le contenu du fichier en JSON, sans rien écrire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            self._describe(options["file"])
        else:
            super().handle(*args, **options)

    def run(self, **options: Any) -> None:
        path: Path = options["file"]
        report = import_bank_file(
            data=_read(path),
            name=path.name,
            actor=Actor.system(),
            accept_gap=options["accept_gap"],
            wet=options["wet_run"],
        )
        self._print(report)

    def _describe(self, path: Path) -> None:
        try:
            described = to_json(read_bank_file(_read(path), filename=path.name))
        except UnreadableFile as error:
            self.stdout.write(json.dumps(unreadable_to_json(error), ensure_ascii=False, indent=2))
            raise CommandError(error.message) from error
        self.stdout.write(json.dumps(described, ensure_ascii=False, indent=2))

    def _print(self, report: ImportReport) -> None:
        self.stdout.write(f"Format : {report.format}")
        for statement in report.statements:
            self.stdout.write(_line(statement))
        for warning in report.warnings:
            self.stdout.write(f"  Attention : {warning}")
        self.stdout.write(
            f"{counted(report.sure, 'sûre')}, {counted(report.proposed, 'proposée')}, {report.to_place} à placer, "
            f"{report.other} hors loyers."
        )
        for statement in report.aside:
            gap = "inconnu" if statement.gap is None else euros(statement.gap)
            self.stdout.write(
                f"Mis de côté : le relevé du compte {statement.account} a un écart de {gap}. "
                "Acceptez-le dans Banque, ou recommencez avec --accept-gap."
            )


def _read(path: Path) -> bytes:
    """The file, refused by its size before it is read."""
    try:
        check_size(path.stat().st_size, filename=path.name)
        return path.read_bytes()
    except OSError as error:
        raise unreadable([f"Le fichier {path} ne peut pas être lu : {error.strerror}."]) from error


def _line(statement: StatementReport) -> str:
    days = f" du {statement.first_day:%d/%m/%Y}" if statement.first_day else ""
    days += f" au {statement.last_day:%d/%m/%Y}" if statement.last_day else ""
    return (
        f"Compte {statement.account}{days} : {counted(statement.entries, 'mouvement')}, "
        f"{counted(statement.new, 'nouveau,nouveaux')}, {statement.known} déjà là"
        + (f", {statement.not_booked} non comptabilisés" if statement.not_booked else "")
        + "."
    )
