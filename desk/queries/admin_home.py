"""The home of the administrator: the house, never a household."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef

from common import clock
from common.params import declared
from common.periods import contains
from office.access.codes import Role
from office.jobs.codes import JobState
from office.jobs.queries import WorkerLife, ran_ahead, worker_life
from office.models import AccessLog, Job, ParameterValue, RoleGrant, User
from social_link.alerts.services.raising import pass_to_come


@dataclass(slots=True)
class AdminHome:
    """The house, never a household."""

    running: list[Job]
    failed: list[Job]
    people: int
    by_role: list[tuple[str, int]]
    without_role: int
    unverified: int
    parameters: int
    reads: int
    worker: WorkerLife
    clock_ahead: date | None


def admin_home(*, day: date) -> AdminHome:
    """Nine queries."""
    jobs = list(Job.objects.exclude(state=JobState.DONE).order_by("-id")[:20])
    grants = RoleGrant.objects.filter(period__contains=day, user__is_active=True)
    roles = dict(grants.order_by().values_list("role").annotate(n=Count("user", distinct=True)))
    has_none = ~Exists(grants.filter(user=OuterRef("pk")))
    people = User.objects.filter(is_active=True).aggregate(all=Count("pk"), without=Count("pk", filter=has_none))
    known = declared()
    valued = {
        row.key: row.is_verified
        for row in ParameterValue.objects.all()
        if row.key in known and contains(row.period, day)
    }
    since = clock.now() - timedelta(days=7)
    return AdminHome(
        running=[job for job in jobs if job.state == JobState.RUNNING],
        failed=[job for job in jobs if job.state == JobState.FAILED],
        people=people["all"],
        by_role=[(str(role.label), roles[role]) for role in Role if role in roles],
        without_role=people["without"],
        unverified=sum(not valued.get(key, parameter.verified) for key, parameter in known.items()),
        parameters=len(known),
        reads=AccessLog.objects.filter(at__gte=since).count(),
        worker=worker_life(),
        clock_ahead=ran_ahead() or pass_to_come(day),
    )
