"""The days of a person, for the calendar of his phone: when, and nothing of what or whom (ADR 41)."""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

from django.db.models import Count, Min

from common.ical import Entry
from common.links import link
from common.typography import counted
from maintenance.rounds.queries import passages_of
from office.access.actor import Actor
from office.tasks.queries import tasks_of
from rent_ledger.arrears.perms import can_decide
from rent_ledger.procedures.queries.hearings import hearings_for
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import planned_by

KEPT = timedelta(days=31)
"""How long a calendar still shows what is past."""
DUE, HEARING, MEETING = "Échéance", "Audience", "Rendez-vous"

# Its name here, its title, its day, its path, its hour.
_Found = Iterator[tuple[str, str, date, str, time | None]]


def days_of(actor: Actor, *, day: date, site: str, absolute: Callable[[str], str]) -> list[Entry]:
    """What the actor has to do by a day, the hearings that he prepares, his own visits and passages (four queries).

    `site` makes an entry the only one of its name in the world. `absolute` makes an address of a path.
    """
    since = day - KEPT
    found = [*_due(actor, since), *_hearings(actor, since), *_meetings(actor, since)]
    return [Entry(f"{name}@{site}", title, on, absolute(path), at) for name, title, on, path, at in found]


def _due(actor: Actor, since: date) -> _Found:
    """The tasks of one day are one entry: a service may have forty for one morning. One task leads to its page."""
    rows = tasks_of(actor).filter(due_on__gte=since).order_by("due_on").values("due_on")
    for row in rows.annotate(n=Count("pk"), first=Min("pk")):
        title, path = DUE, link("desk:task", row["first"])
        if row["n"] > 1:
            title, path = counted(row["n"], "échéance"), link("desk:home")
        yield f"jour-{actor.user_id}-{row['due_on']}", title, row["due_on"], path, None


def _hearings(actor: Actor, since: date) -> _Found:
    """Those of all for who takes the steps; for the others those of the households that they follow."""
    rows = hearings_for(actor, since=since)
    if not can_decide(actor):
        rows = rows.filter(procedure__account__household__in=followed_by(actor))
    for pk, on in rows.values_list("pk", "hearing_on"):
        assert on is not None
        yield f"audience-{pk}", HEARING, on, link("rent_ledger:procedure_step", pk), None


def _meetings(actor: Actor, since: date) -> _Found:
    for pk, on, at in planned_by(actor, since=since).values_list("pk", "happened_on", "at_time"):
        yield f"visite-{pk}", MEETING, on, f"{link('social_link:contacts')}#c{pk}", at
    for ticket, day, hour in passages_of(actor, since=since).values_list("pk", "planned_on", "planned_at"):
        assert day is not None
        yield f"passage-{ticket}", MEETING, day, link("maintenance:ticket", ticket), hour
