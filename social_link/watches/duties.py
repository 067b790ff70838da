"""What an end asks of the referent: to take news of the household at each step, to orient who asks to begin again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.watches.codes import WatchDuty
from social_link.watches.models import Reopening, Watch
from social_link.watches.parameters import again_days
from social_link.watches.queries import open_steps

ABOUT_STEP = "watch"
ABOUT_REOPENING = "reopening"


def _steps(ids: Collection[int]) -> QuerySet[Watch]:
    return Watch.objects.filter(pk__in=ids)


def _to_note(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the first day on which the answer counts until the last."""
    return [
        Cause(
            row.pk, due_on=row.due_on, household_id=row.measure.household_id, assignee_id=row.measure.referent_id,
            author_id=row.author_id,
        )
        for row in open_steps(clock.today(), ids=ids)
    ]  # fmt: skip


def _noted(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    rows = _steps(raised).values_list("pk", "seen_on", "noted_by")
    return {
        pk: Ending(by_id=by) if seen_on else Ending("Cette étape ne se note plus, ou pas encore")
        for pk, seen_on, by in rows
    }


def _show_steps(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    found = {}
    for row in _steps(ids).select_related("measure__household"):
        name = row.measure.household.name
        text = f"{row.months} mois après la fin de la mesure"
        found[row.pk] = TaskLine(f"Prendre des nouvelles : {name}", text, name, link("social_link:watch", row.pk))
    return found


def _page() -> str:
    return link("social_link:watches")


STEP = declare(
    TaskKind(
        code=WatchDuty.STEP, about=ABOUT_STEP, reveals=Data.MEASURE, falls_to=Write(Data.MEASURE), causes=_to_note,
        endings=_noted, show=_show_steps, locks=_steps,
        look=TaskLook("eye", "social", "Noter", "nouvelle à prendre,nouvelles à prendre", _page),
    )
)  # fmt: skip


def _requests(ids: Collection[int]) -> QuerySet[Reopening]:
    return Reopening.objects.filter(pk__in=ids)


def _to_orient(ids: Collection[int] | None) -> Iterable[Cause]:
    delays: dict[date, timedelta] = {}
    rows = Reopening.objects.waiting().select_related("former")
    for row in rows if ids is None else rows.filter(pk__in=ids):
        within = delays.setdefault(row.asked_on, timedelta(days=again_days(row.asked_on)))
        yield Cause(
            row.pk, due_on=row.asked_on + within, household_id=row.former.household_id,
            assignee_id=row.former.referent_id, author_id=row.author_id,
        )  # fmt: skip


def _oriented(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    rows = _requests(raised).values_list("pk", "service", "oriented_by")
    return {pk: Ending(by_id=by) if service else Ending("La demande est retirée") for pk, service, by in rows}


def _show_requests(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    found, today = {}, clock.today()
    for row in _requests(ids).select_related("former__household"):
        name = row.former.household.name
        text = f"demandée le {short_day(row.asked_on, today=today)}"
        found[row.pk] = TaskLine(f"Reprise à orienter : {name}", text, name, link("social_link:reopening", row.pk))
    return found


AGAIN = declare(
    TaskKind(
        code=WatchDuty.AGAIN, about=ABOUT_REOPENING, reveals=Data.MEASURE, falls_to=Write(Data.MEASURE),
        causes=_to_orient, endings=_oriented, show=_show_requests, locks=_requests,
        look=TaskLook("refresh", "social", "Orienter", "reprise à orienter,reprises à orienter", _page),
    )
)  # fmt: skip
