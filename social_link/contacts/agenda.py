"""The days of the social workers: what is planned and by whom, day by day. Only for actors who may: each list starts
from `visible_to`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from common.periods import ONE_DAY
from common.reasons import Reason
from common.workdays import holidays
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.house.parameters import ALSACE_MOSELLE
from office.models import User
from office.parameters.queries import params_steps
from social_link.contacts.models import Contact
from social_link.contacts.queries import Door, contacts_for, doors_of
from social_link.contacts.rules.clashes import Meeting, clashes, overlap
from social_link.measures.away import Away
from social_link.measures.models import Absence, Referent
from social_link.measures.queries import social_people

WORKDAYS = 5
# Of a large service, on one page of its week.
PEOPLE = 20


def holiday_on(day: date) -> str:
    """The name of the public holiday, '' on another day."""
    return holidays_on([day])[day]


def holidays_on(days: Iterable[date]) -> dict[date, str]:
    """`holiday_on` of each of these days. One query."""
    steps = params_steps([ALSACE_MOSELLE])
    return {day: holidays(day.year, alsace_moselle=steps.on(day).flag(ALSACE_MOSELLE)).get(day, "") for day in days}


def clashes_of(rows: "QuerySet[Contact]", *, who: User, meeting: Meeting, day: date) -> list[Reason]:
    """What is asked before `who` plans `meeting` on `day`, given the contacts `rows` (three queries)."""
    planned = rows.filter(author=who, is_planned=True, happened_on=day).values_list("household_id", "at_time")
    away = Absence.objects.running_on(day).filter(user=who).exists()
    others = [Meeting(*row) for row in planned]
    return clashes(meeting, day, others, holiday=holiday_on(day), away=who.get_full_name() if away else "")


@dataclass(frozen=True, slots=True)
class Stop:
    """A meeting of the day, with where one goes and whom one calls. `meets`: it overlaps another one."""

    contact: Contact
    door: Door
    meets: bool = False


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """One day of a person: what is planned, in order of hour, those without an hour last; what took place; the public
    holiday, and the absence that covers it. `late`: earlier meetings that are still to note."""

    day: date
    stops: list[Stop]
    done: list[Contact]
    late: int
    holiday: str
    absence: Absence | None

    @property
    def before(self) -> date:
        return self.day - ONE_DAY

    @property
    def after(self) -> date:
        return self.day + ONE_DAY


def agenda_day(actor: Actor, day: date, *, today: date) -> AgendaDay:
    """One's own day. Eight queries at most."""
    mine = contacts_for(actor).filter(author=actor.user_id)
    rows = list(mine.filter(happened_on=day).order_by("at_time", "id"))
    planned = [row for row in rows if row.is_planned]
    doors = doors_of([row.household_id for row in planned], day)
    return AgendaDay(
        day=day,
        stops=[
            Stop(row, doors.get(row.household_id, Door()), any(_meet(row, other) for other in planned))
            for row in planned
        ],
        done=[row for row in rows if not row.is_planned],
        late=mine.filter(is_planned=True, happened_on__lt=min(day, today)).count(),
        holiday=holiday_on(day),
        absence=Absence.objects.running_on(day).filter(user=actor.user_id).select_related("stand_in").first(),
    )


def _meet(one: Contact, other: Contact) -> bool:
    return one.pk != other.pk and overlap(one.at_time, other.at_time)


@dataclass(slots=True)
class Box:
    """One day of one person in a week: planned and past contacts; whether the person is away, who stands in then."""

    day: date
    planned: list[Contact] = field(default_factory=list)
    done: list[Contact] = field(default_factory=list)
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The week of one person. `households`: how many she accompanies."""

    user: User
    households: int
    boxes: list[Box]

    @property
    def planned(self) -> int:
        return sum(len(box.planned) for box in self.boxes)


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """The week of a team, Monday to Friday, or to Sunday where something is planned on the weekend. `people`: who has a
    row. `alone`: households of anybody who is away and for whom nobody stands in, on a day of the week."""

    people: Page[User]
    days: list[tuple[date, str]]
    rows: list[Row]
    alone: list[tuple[Household, User]]

    @property
    def first(self) -> date:
        return self.days[0][0]

    @property
    def last(self) -> date:
        return self.days[-1][0]


def team_week(actor: Actor, monday: date, *, today: date, page: str | None = None) -> TeamWeek:
    """The week of all of the service for who reads all contacts, a page of people at a time, else one's own. Queries by
    the week, not by person."""
    whole = can(actor, Read(Data.CONTACT))
    everybody = list(social_people(monday).order_by("sort_key", "id")) if whole else [actor.user] if actor.user else []
    shown = Paginator(everybody, PEOPLE).get_page(page)
    people = list(shown)
    sunday = monday + timedelta(days=6)
    found = (
        Contact.objects.visible_to(actor)
        .filter(author__in=people, happened_on__range=(monday, sunday))
        .select_related("household")
        .order_by("at_time", "id")
    )
    contacts: defaultdict[tuple[int, date], list[Contact]] = defaultdict(list)
    for row in found:
        contacts[row.author_id, row.happened_on].append(row)
    # The weekend stands there only where something does.
    length = max([WORKDAYS, *(day.weekday() + 1 for _, day in contacts)])
    days = [monday + timedelta(days=n) for n in range(length)]
    away = list(
        Absence.objects.kept()
        .filter(user__in=everybody, period__overlap=(monday, days[-1] + ONE_DAY, "[)"))
        .select_related("user", "stand_in")
    )
    held = Referent.objects.filter(period__contains=today)
    counts = dict(
        held.filter(user__in=people).order_by().values("user").annotate(n=Count("pk")).values_list("user", "n")
    )
    households: defaultdict[int, list[Household]] = defaultdict(list)
    if away:
        theirs = held.filter(user__in={row.user_id for row in away}).select_related("household")
        for referent in theirs.order_by("household__sort_key", "household_id"):
            households[referent.user_id].append(referent.household)
    rows = [
        Row(user, counts.get(user.pk, 0), [_box(user, day, contacts[user.pk, day], away) for day in days])
        for user in people
    ]
    return TeamWeek(shown, list(holidays_on(days).items()), rows, _alone(away, households, days))


def _box(user: User, day: date, contacts: Sequence[Contact], away: Sequence[Absence]) -> Box:
    absence = next((row for row in away if row.user_id == user.pk and day in row.period), None)
    return Box(
        day, [row for row in contacts if row.is_planned], [row for row in contacts if not row.is_planned], absence
    )


def _alone(
    away: Sequence[Absence], households: dict[int, list[Household]], days: Sequence[date]
) -> list[tuple[Household, User]]:
    """Asked of the days on which somebody is away."""
    found: dict[int, tuple[Household, User]] = {}
    for day in days:
        if not any(day in row.period for row in away):
            continue
        then = Away.on(day)
        for row in away:
            if (absence := then.absence_of(row.user_id)) is None:
                continue
            for household in households[row.user_id]:
                if then.stand_in(absence, household.pk) is None:
                    found.setdefault(household.pk, (household, row.user))
    return list(found.values())
