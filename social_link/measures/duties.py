"""What an IML asks of its referent as its year goes by: to prepare what follows, then to have it decided (S3-01)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.periods import add_months
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.measures.codes import MeasureDuty, MeasureKind
from social_link.measures.models import Measure
from social_link.measures.parameters import alert_months

ABOUT_MEASURE = "measure"
"""What these tasks are about: the id is the measure's."""
YEAR = 12


def _measures(ids: Collection[int]) -> QuerySet[Measure]:
    return Measure.objects.filter(pk__in=ids)


def _asking(ids: Collection[int] | None) -> Iterable[tuple[Measure, date, date]]:
    """The open IML, each with the days of its two alerts."""
    first, second = alert_months(clock.today())
    rows = Measure.objects.filter(kind=MeasureKind.IML, ended_on=None).order_by()
    for row in rows if ids is None else rows.filter(pk__in=ids):
        start = row.period.lower
        yield row, add_months(start, first), add_months(start, second)


def _to_prepare(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the first alert until the second."""
    today = clock.today()
    return [
        Cause(row.pk, due_on=then, household_id=row.household_id, assignee_id=row.referent_id)
        for row, since, then in _asking(ids)
        if since <= min(today, row.planned_end) and today < then
    ]


def _to_decide(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the second alert until it ends, or goes on beyond its year."""
    today = clock.today()
    return [
        Cause(row.pk, due_on=row.planned_end, household_id=row.household_id, assignee_id=row.referent_id)
        for row, _, since in _asking(ids)
        if since <= min(today, row.planned_end) and row.planned_end < add_months(row.period.lower, YEAR)
    ]


def _endings(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """Ended, it is done; else its month is over, or it goes on beyond its year."""
    rows = _measures(raised).values_list("pk", "ended_on")
    return {pk: Ending() if ended_on else Ending("Ce moment de la mesure est passé") for pk, ended_on in rows}


def _lines(title: str) -> Callable[[Collection[int], Actor], Mapping[int, TaskLine]]:
    def show(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
        today = clock.today()
        found = {}
        for row in _measures(ids).select_related("household"):
            name = row.household.name
            text = f"fin le {short_day(row.planned_end, today=today)}"
            found[row.pk] = TaskLine(title.format(name=name), text, name, link("social_link:measure", row.pk))
        return found

    return show


def _page() -> str:
    return link("social_link:measures", etat="finissent")


def _kind(
    code: MeasureDuty, causes: Callable[[Collection[int] | None], Iterable[Cause]], title: str, look: TaskLook
) -> TaskKind:
    return declare(
        TaskKind(
            code=code, about=ABOUT_MEASURE, reveals=Data.MEASURE, falls_to=Write(Data.MEASURE), causes=causes,
            endings=_endings, show=_lines(title), locks=_measures, look=look,
        )
    )  # fmt: skip


PREPARE = _kind(
    MeasureDuty.MONTH_9, _to_prepare, "Suite de l’IML à préparer : {name}",
    TaskLook("clipboard-check", "social", "Préparer", "IML à préparer,IML à préparer", _page),
)  # fmt: skip
DECIDE = _kind(
    MeasureDuty.MONTH_11, _to_decide, "Suite de l’IML à décider : {name}",
    TaskLook("clipboard-check", "social", "Décider", "IML à décider,IML à décider", _page),
)  # fmt: skip
