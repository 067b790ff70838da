"""What runs by itself each night for the files."""

from datetime import date

from office.files.services.blobs import sweep
from office.files.services.deposits import sweep_deposits
from office.jobs.schedules import every_day


@every_day("files_sweep", "Fichiers : effacement de ce qui n’est plus rattaché", at_hour=4)
def files_sweep(day: date) -> None:
    sweep(day)
    sweep_deposits()
