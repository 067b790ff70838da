"""Commands that write are dry by default: nothing that they did is kept unless `--wet-run`."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from common.errors import DomainError, UnreadableFile
from common.periods import Month


def month_argument(text: str) -> Month:
    """Type of an argument like `2026-12`."""
    return Month.parse(text)


def day_argument(text: str) -> date:
    """Type of an argument like `2026-12-31`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"« {text} » n’est pas une date. Écrivez par exemple 2026-12-31.") from None


class HouseCommand(BaseCommand):
    """French errors with a non-zero exit code; `--wet-run` added where `writes` is True.

    Subclasses write `run(**options)`. A dry run is the real one, deferred constraints included, then rolled back. Where
    `rolls_back` is False, `run` only shows what it would do without `options["wet_run"]`.
    """

    writes = False
    rolls_back = True
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        if self.writes:
            parser.add_argument(
                "--wet-run", action="store_true", help="Écrit pour de bon. Sans cette option, montre et n’écrit rien."
            )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_dry = self.writes and not options["wet_run"]
            if not is_dry or not self.rolls_back:
                self.run(**options)
            else:
                with transaction.atomic():
                    self.run(**options)
                    connection.check_constraints()
                    transaction.set_rollback(True)
            if is_dry:
                self.stdout.write("Essai à blanc : rien n’a été écrit. Ajoutez --wet-run pour écrire.")
        except UnreadableFile as error:
            lines = [error.message, *(line for line in error.errors if line != error.message)]
            raise CommandError("\n".join(lines)) from error
        except DomainError as error:
            raise CommandError(error.message) from error

    def run(self, **options: Any) -> None:
        raise NotImplementedError("run")
