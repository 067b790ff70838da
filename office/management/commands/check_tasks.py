"""Compares the tasks with what asks them, says what differs, and puts it right with --wet-run."""

from typing import Any

from common.commands import HouseCommand
from office.tasks.services.checking import check_tasks


class Command(HouseCommand):
    help = "Compare les tâches à ce qui les demande et dit les différences ; avec --wet-run, les corrige."
    writes = True

    def run(self, **options: Any) -> None:
        found = [str(difference) for difference in check_tasks()]
        for line in found:
            self.stdout.write(line)
        if not found:
            self.stdout.write("Chaque tâche a sa cause, chaque cause sa tâche.")
