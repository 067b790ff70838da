"""Long work: jobs in chunks, and schedules. The state is in PostgreSQL; Celery only wakes workers."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from common import clock
from common.triggers import follows
from office.access.matrix import Data, Read, can
from office.jobs.codes import CHUNK_FLOW, JOB_FLOW, ChunkState, JobState, Rhythm

if TYPE_CHECKING:
    from office.access.actor import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: "Actor") -> "JobQuerySet":
        """All jobs for those who may read the matrix row "jobs"; for the others, the jobs that they started."""
        if can(actor, Read(Data.JOB)):
            return self
        return self.filter(author=actor.user_id) if actor.user_id else self.none()


class Job(models.Model):
    """Work done chunk by chunk, each in one transaction that also marks the chunk done.

    `kind` names the handler (`office.jobs.worker.handler`), `key` is unique per piece of work: starting the same work
    twice gives the first job. `result` is what the user reads at the end.
    """

    kind = models.CharField("genre", max_length=40)
    key = models.CharField("clé", max_length=120, unique=True)
    title = models.CharField("titre", max_length=200)
    payload = models.JSONField("données", default=dict)
    state = models.CharField("état", max_length=8, choices=JobState.choices, default=JobState.RUNNING)
    step = models.CharField("étape", max_length=120, blank=True)
    total = models.PositiveIntegerField("à faire", default=0)
    done = models.PositiveIntegerField("fait", default=0)
    result = models.JSONField("résultat", default=dict)
    error = models.TextField("erreur", blank=True)
    attempts = models.PositiveSmallIntegerField("essais de la fin", default=0, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="lancé par")
    started_at = models.DateTimeField("lancé le", default=clock.now, editable=False)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)

    flow = JOB_FLOW

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "travail"
        verbose_name_plural = "travaux"
        ordering = ["-id"]
        triggers = [follows(JOB_FLOW)]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, ended_at__isnull=True)
                | (~Q(state=JobState.RUNNING) & Q(ended_at__isnull=False)),
                name="job_ended_iff_not_running",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.state == JobState.DONE

    @property
    def has_failed(self) -> bool:
        return self.state == JobState.FAILED


class JobChunk(models.Model):
    """A part of a job. A worker locks the row for the transaction that does the work and marks it done."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="chunks", verbose_name="travail")
    rank = models.PositiveIntegerField("rang")
    payload = models.JSONField("données", default=dict)
    size = models.PositiveIntegerField("taille", default=1)
    state = models.CharField("état", max_length=6, choices=ChunkState.choices, default=ChunkState.OPEN)
    attempts = models.PositiveSmallIntegerField("essais", default=0, editable=False)
    error = models.TextField("erreur", blank=True)

    flow = CHUNK_FLOW

    class Meta:
        verbose_name = "tranche"
        ordering = ["job", "rank"]
        triggers = [follows(CHUNK_FLOW)]
        constraints = [models.UniqueConstraint(fields=["job", "rank"], name="job_chunk_rank_once")]
        indexes = [
            models.Index(fields=["job", "rank"], name="job_chunk_open", condition=Q(state=ChunkState.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.job} · {self.rank}"


class Schedule(models.Model):
    """A recurring task. Due periods are computed from the calendar, so a run missed while switched off is caught up."""

    task = models.CharField("tâche", max_length=60, unique=True)
    label = models.CharField("intitulé", max_length=120)
    every = models.CharField("rythme", max_length=8, choices=Rhythm.choices)
    at_hour = models.PositiveSmallIntegerField("à partir de (heure)", default=0)
    is_active = models.BooleanField("active", default=True)

    class Meta:
        verbose_name = "tâche planifiée"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label


class ScheduleRun(models.Model):
    """One period of one schedule, run once. `period`: `2026-11-05`, `2026-11` or a minute. Not ended: runs again."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="runs", verbose_name="tâche planifiée")
    period = models.CharField("période", max_length=16)
    started_at = models.DateTimeField("lancée le", default=clock.now, editable=False)
    ended_at = models.DateTimeField("terminée le", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0, editable=False)
    error = models.TextField("erreur", blank=True)

    class Meta:
        verbose_name = "passage d’une tâche"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["schedule", "period"], name="schedule_run_once")]

    def __str__(self) -> str:
        return f"{self.schedule} · {self.period}"
