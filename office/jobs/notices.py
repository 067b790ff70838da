"""What is told when what the house does by itself stops."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.jobs.codes import JobNotice
from office.jobs.models import Job, ScheduleRun
from office.notices.kinds import NoticeKind, Shown, declare

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


def _jobs(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = Job.objects.filter(pk__in=ids).values_list("pk", "title")
    return {pk: Shown(f"Travail arrêté : {title}", link("office:job", pk)) for pk, title in rows}


def _runs(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = ScheduleRun.objects.filter(pk__in=ids).values_list("pk", "schedule__label")
    return {pk: Shown(f"Travail de nuit en échec : {label}", link("office:jobs")) for pk, label in rows}


def _all_runs(actor: "Actor") -> "QuerySet[ScheduleRun]":
    return ScheduleRun.objects.all()


STOPPED = declare(
    NoticeKind(
        code=JobNotice.STOPPED,
        about="job",
        many="travail arrêté,travaux arrêtés",
        icon="player-pause",
        needs=Read(Data.JOB, OWN),
        scope=TokenScope.OFFICE_READ,
        readable=Job.objects.visible_to,
        shown=_jobs,
    )
)
FAILED = declare(
    NoticeKind(
        code=JobNotice.FAILED,
        about="schedule_run",
        many="travail de nuit en échec,travaux de nuit en échec",
        icon="history",
        needs=Read(Data.JOB),
        scope=TokenScope.OFFICE_READ,
        readable=_all_runs,
        shown=_runs,
    )
)
