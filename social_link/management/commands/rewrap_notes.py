"""Wraps the keys of the notes with the first key of the installation: the second step of a change of key."""

from typing import Any

from django.core.management.base import CommandError

from common.commands import HouseCommand
from common.typography import counted
from social_link.contacts.rewrapping import keys_in_use, rewrap
from social_link.contacts.sealing import current_name

KEYS = "clé de note,clés de notes"


class Command(HouseCommand):
    help = "Scelle les clés des notes avec la première clé de ANCRAGE_NOTE_KEYS ; n’écrit qu’avec --wet-run."
    writes = True
    rolls_back = False  # each batch is kept by itself: what was cut is sent again

    def run(self, **options: Any) -> None:
        name = current_name()
        if options["wet_run"]:
            for done in rewrap():
                self.stdout.write(f"{counted(done, KEYS)} sous « {name} »…")
        left = {key: count for key, count in keys_in_use().items() if key != name}
        for key, count in left.items():
            self.stdout.write(f"{counted(count, KEYS)} encore sous « {key} ».")
        if not left:
            self.stdout.write(
                f"Toutes les notes sont sous « {name} ». Les autres clés n’ouvrent plus que d’anciennes sauvegardes."
            )
        elif options["wet_run"]:
            raise CommandError("Des clés manquent à ANCRAGE_NOTE_KEYS : ajoutez-les à sa fin, puis recommencez.")
