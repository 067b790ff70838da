"""Import dwellings from an RPLS file. Dry unless --wet-run."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common.commands import HouseCommand
from common.typography import counted
from office.access.actor import Actor
from stock.agreements.models import HeadAgreement
from stock.importing.services import Preview, import_stock, preview_stock_import

SHOWN = 20


class Command(HouseCommand):
    help = (
        "Importe les logements d’un fichier RPLS détaillé (CSV). Sans --wet-run, rien n’est écrit : la commande montre "
        "ce qu’elle ferait. Une ligne dont « nb » dépasse 1 est un groupe de logements à surface cumulée : elle est "
        "laissée de côté, ou dépliée avec --expand."
    )

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FICHIER", help="le fichier CSV")
        parser.add_argument("--agreement", metavar="RÉFÉRENCE", help="convention où les logements entrent")
        parser.add_argument("--expand", action="store_true", help="déplie les groupes en autant de logements")

    def run(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Le fichier {path} ne peut pas être lu : {error.strerror}.") from error
        agreement = None
        if options["agreement"]:
            agreement = HeadAgreement.objects.filter(reference=options["agreement"]).first()
            if agreement is None:
                raise CommandError(f"Aucune convention ne porte la référence {options['agreement']}.")
        preview = preview_stock_import(
            data=data, file_name=path.name, expand_groups=options["expand"], agreement=agreement
        )
        self._print(preview)
        if preview.errors:
            raise CommandError(f"{counted(len(preview.errors), 'ligne')} à corriger : rien n’a été écrit.")
        if preview.already:
            self.stdout.write("Ce fichier a déjà été importé : rien de nouveau.")
        elif options["wet_run"]:
            done = import_stock(
                actor=Actor.system(),
                data=data,
                file_name=path.name,
                agreement=agreement,
                expand_groups=options["expand"],
            )
            self.stdout.write(
                f"Importé : {counted(done.created, 'logement créé,logements créés')}, "
                f"{counted(done.updated, 'mis à jour,mis à jour')}, {counted(done.unchanged, 'inchangé')}."
            )

    def _print(self, preview: Preview) -> None:
        for line in preview.errors:
            self.stdout.write(line)
        self.stdout.write(
            f"{counted(len(preview.created), 'logement à créer,logements à créer')}, "
            f"{len(preview.updated)} à mettre à jour, {counted(len(preview.unchanged), 'inchangé')}."
        )
        for change in preview.updated[:SHOWN]:
            self.stdout.write(f"  {change.reference} : {' ; '.join(change.changes)}")
        if preview.groups:
            self.stdout.write(
                f"{counted(len(preview.groups), 'ligne laissée,lignes laissées')} de côté : "
                f"{counted(preview.dwellings_in_groups, 'logement')} en groupes à surface cumulée. "
                "Avec --expand, chaque groupe devient autant de logements."
            )
            for group in preview.groups[:SHOWN]:
                dwellings = counted(group.count, "logement")
                self.stdout.write(f"  ligne {group.line} : {group.label}, {dwellings}, {group.surface}")
            if len(preview.groups) > SHOWN:
                self.stdout.write(f"  et {counted(len(preview.groups) - SHOWN, 'autre')}")
