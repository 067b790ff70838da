"""What files for an aid ask: to prepare and send one, to send pieces, to ask a body that is late."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from common import clock
from common.links import link
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.aid_files.codes import ABOUT_AID_FILE, AidDuty
from rent_ledger.aid_files.models import AidFile, AidFileStep
from rent_ledger.aid_files.queries import AidFileNow, files_on


def _running(ids: Collection[int] | None) -> list[AidFileNow]:
    rows = AidFile.objects.filter(ended_on=None).order_by("pk")
    return files_on(rows if ids is None else rows.filter(pk__in=ids), day=clock.today())


def _asking(ids: Collection[int] | None) -> Iterable[Cause]:
    """Files whose step is ours, or whose body is late; of the late ones, the task has the delay of the house."""
    return [
        Cause(
            now.file.pk,
            due_on=now.awaited.due_on if now.awaited.is_ours else None,
            household_id=now.file.household_id,
            assignee_id=now.file.worker_id,
        )
        for now in _running(ids)
        if now.awaited is not None and now.awaited.is_task
    ]


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """By the last step noted since; else the step was taken back, or the delay is another one now."""
    found = dict.fromkeys(raised, Ending("Le dossier a été retiré, ou n’attend plus rien de nous"))
    rows = AidFileStep.objects.filter(file__in=raised).order_by("id")
    for file, author, at in rows.values_list("file_id", "author_id", "recorded_at"):
        if at >= raised[file]:
            found[file] = Ending(by_id=author)
    return found


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        now.file.pk: TaskLine(
            f"{now.file.scheme.name} : {now.file.household.name}",
            now.awaited.reason.text(today=today) if now.awaited else "",
            now.file.household.name,
            link("rent_ledger:aid_file", now.file.pk),
        )
        for now in files_on(AidFile.objects.filter(pk__in=ids), day=today)
    }


def _page() -> str:
    return link("rent_ledger:aid_files")


NEXT = declare(
    TaskKind(
        code=AidDuty.NEXT,
        about=ABOUT_AID_FILE,
        reveals=Data.AID_FILE,
        falls_to=Write(Data.AID_FILE),
        causes=_asking,
        endings=_ended,
        show=_shown,
        locks=lambda ids: AidFile.objects.filter(pk__in=ids),
        look=TaskLook("folder-open", "social", "Ouvrir", "dossier d’aide à suivre,dossiers d’aide à suivre", _page),
    )
)
