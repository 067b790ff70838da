"""Import a bordereau of housing benefit. Dry unless --wet-run."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common import clock
from common.commands import HouseCommand
from common.periods import Month
from common.text import sort_key
from common.typography import counted, euros
from office.access.actor import Actor
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.benefits.rules.benefit_files import MAX_BYTES, ROLES
from rent_ledger.benefits.services.benefit_statements import (
    BenefitImportReport,
    import_benefit_statement,
)


class Command(HouseCommand):
    help = (
        "Importe un bordereau d’aides au logement (CSV de la CAF ou de la MSA). Sans --wet-run, rien n’est écrit : la "
        "commande montre ce qu’elle ferait. Les colonnes sont reconnues à leur titre, ou nommées par --column."
    )

    writes = True
    rolls_back = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FICHIER", help="le fichier CSV")
        parser.add_argument("--payer", metavar="ORGANISME", help="nom ou numéro de l’organisme payeur")
        parser.add_argument("--paid-on", type=date.fromisoformat, metavar="JOUR", help="jour du versement (AAAA-MM-JJ)")
        parser.add_argument("--month", metavar="MOIS", help="mois de tout le bordereau (AAAA-MM), sans colonne de mois")
        parser.add_argument(
            "--column", action="append", default=[], metavar="RÔLE=TITRE", help=f"colonne, rôles : {', '.join(ROLES)}"
        )
        parser.add_argument(
            "--again", action="store_true", help="l’organisme a payé une seconde fois les lignes déjà reçues"
        )

    def run(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError("Le fichier dépasse 10 Mo, un bordereau est bien plus petit.")
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Le fichier {path} ne peut pas être lu : {error.strerror}.") from error
        try:
            month = Month.parse(options["month"]) if options["month"] else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        report = import_benefit_statement(
            data=data,
            name=path.name,
            payer=_payer(options["payer"]),
            mapping=_mapping(options["column"]),
            paid_on=options["paid_on"] or clock.today(),
            default_month=month,
            actor=Actor.system(),
            wet=options["wet_run"],
            again=options["again"],
        )
        self._print(report)

    def _print(self, report: BenefitImportReport) -> None:
        self.stdout.write(f"{report.payer} : {counted(len(report.lines), 'ligne')}, {euros(report.total)}")
        left = len(report.unknown) + len(report.no_right)
        self.stdout.write(
            f"{counted(len(report.matched), 'rapprochée')}, dont {len(report.changed)} de montant changé, "
            f"{counted(left, 'inconnue')}, {counted(len(report.stopped), 'interrompue')}, "
            f"{report.settled} mois régularisés."
        )
        for m in [*report.unknown, *report.no_right]:
            who = " ".join(filter(None, [m.line.number, m.line.name, m.line.lease]))
            self.stdout.write(f"  Ligne {m.line.rank} : {who}, {euros(m.line.amount)} : {m.reason.text()}")
        for m, earlier in report.repeated:
            self.stdout.write(
                f"  Ligne {m.line.rank} : {euros(m.line.amount)} déjà dans « {earlier.file_name} », versé le "
                f"{earlier.paid_on:%d/%m/%Y} (--again si c’est un second versement)"
            )
        for right in report.stopped:
            self.stdout.write(
                f"  Sans ligne : {right.lease.household} ({right.lease}), {right} : l’aide reste attendue"
            )


def _payer(wanted: str | None) -> Organisation:
    """The payer of this name or id; the only one where none is named."""
    payers = list(Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER))
    if wanted:
        payers = [p for p in payers if str(p.pk) == wanted or sort_key(wanted) in p.sort_key]
    if len(payers) != 1:
        known = ", ".join(p.name for p in payers) or "aucun"
        raise CommandError(f"Nommez l’organisme payeur avec --payer (trouvés : {known}).")
    return payers[0]


def _mapping(columns: list[str]) -> dict[str, str] | None:
    mapping: dict[str, str] = {}
    for column in columns:
        role, separator, header = column.partition("=")
        if role not in ROLES or not separator:
            raise CommandError(
                f"« {column} » : écrivez un rôle ({', '.join(ROLES)}) puis le titre, par exemple amount=Montant."
            )
        mapping[role] = header
    return mapping or None
