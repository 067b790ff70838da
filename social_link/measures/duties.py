"""What an IML asks of its referent as its year goes by: to prepare what follows, then to have it decided (S3-01). What
a household without a support asks, and a measure without a dwelling (S0-03)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.periods import add_months
from common.typography import short_day
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.measures.codes import MeasureDuty, MeasureKind
from social_link.measures.gaps import Gap, without_home, without_measure
from social_link.measures.models import Measure
from social_link.measures.parameters import alert_months

ABOUT_MEASURE = "measure"
"""What these tasks are about: the id is the measure's."""
ABOUT_SUPPORT = "support"
"""What the task of a household without a support is about: the id is the household's."""
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


# ---- one household, one dwelling, one support ----


def _causes(gaps: Iterable[Gap]) -> list[Cause]:
    return [Cause(gap.about, household_id=gap.household, assignee_id=gap.assignee) for gap in gaps]


def _alone(ids: Collection[int] | None) -> Iterable[Cause]:
    return _causes(without_measure(ids, clock.today()))


def _homeless(ids: Collection[int] | None) -> Iterable[Cause]:
    return _causes(without_home(ids, clock.today()))


def _accompanied(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """A measure runs, so that it is done; else the household has left, or is of another stock."""
    running = Measure.objects.running_on(clock.today()).filter(household__in=raised)
    done = set(running.order_by().values_list("household", flat=True))
    return {pk: Ending() if pk in done else Ending("Ce logement ne demande plus d’accompagnement") for pk in raised}


def _housed(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """The measure ended, so that it is done; else its household has a dwelling."""
    rows = _measures(raised).values_list("pk", "ended_on")
    return {pk: Ending() if ended_on else Ending("Le ménage a un logement") for pk, ended_on in rows}


def _alone_lines(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    since = {gap.about: gap.since for gap in without_measure(ids, clock.today())}
    return {
        row.pk: TaskLine(
            f"Logé sans accompagnement : {row.name}",
            f"depuis le {short_day(since[row.pk], today=clock.today())}" if row.pk in since else "",
            row.name,
            link("social_link:measure_new", row.pk),
        )
        for row in Household.objects.filter(pk__in=ids)
    }


def _homeless_lines(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    since = {gap.about: gap.since for gap in without_home(ids, clock.today())}
    return {
        row.pk: TaskLine(
            f"Mesure sans logement : {row.household.name}",
            f"{row.get_kind_display()}, depuis le {short_day(since[row.pk], today=clock.today())}"
            if row.pk in since
            else str(row.get_kind_display()),
            row.household.name,
            link("social_link:measure", row.pk),
        )
        for row in _measures(ids).select_related("household")
    }


NO_MEASURE = declare(
    TaskKind(
        code=MeasureDuty.NO_MEASURE, about=ABOUT_SUPPORT, reveals=Data.MEASURE, falls_to=Write(Data.MEASURE),
        causes=_alone, endings=_accompanied, show=_alone_lines, locks=lambda ids: Household.objects.filter(pk__in=ids),
        look=TaskLook(
            "clipboard-check", "social", "Ouvrir une mesure",
            "ménage logé sans accompagnement,ménages logés sans accompagnement", lambda: link("social_link:measures"),
        ),
    )
)  # fmt: skip
NO_HOME = declare(
    TaskKind(
        code=MeasureDuty.NO_HOME, about=ABOUT_MEASURE, reveals=Data.MEASURE, falls_to=Write(Data.MEASURE),
        causes=_homeless, endings=_housed, show=_homeless_lines, locks=_measures,
        look=TaskLook(
            "home-check", "social", "Ouvrir", "mesure sans logement,mesures sans logement",
            lambda: link("social_link:measures"),
        ),
    )
)  # fmt: skip
OF_MEASURE = (PREPARE, DECIDE, NO_HOME)
"""What follows from a measure; whoever changes one brings these up to date."""
