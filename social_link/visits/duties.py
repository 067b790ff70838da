"""What one wanted to be reminded of at a visit: asked of who made it, from its day on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.visits.codes import VisitDuty
from social_link.visits.models import Reminder

ABOUT_REMINDER = "visit_reminder"
"""What these tasks are about: the id is the reminder's."""


def _reminders(ids: Collection[int]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk__in=ids)


def _asked(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = Reminder.objects.filter(done_at=None).order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(pk, due_on=day, household_id=household, assignee_id=author, author_id=author)
        for pk, day, household, author in rows.values_list(
            "pk", "due_on", "visit__contact__household_id", "visit__contact__author_id"
        )
    ]


def _done(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {pk: Ending(by_id=by) for pk, by in _reminders(raised).values_list("pk", "done_by_id")}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    found = {}
    for row in _reminders(ids).select_related("visit__contact__household"):
        contact = row.visit.contact
        name = contact.household.name
        found[row.pk] = TaskLine(
            f"{row.get_kind_display()} : {name}",
            f"Visite du {short_day(contact.happened_on, today=today)}",
            name,
            f"{link('social_link:visit', contact.pk)}#t-suite",
        )
    return found


REMINDER = declare(
    TaskKind(
        code=VisitDuty.REMINDER, about=ABOUT_REMINDER, reveals=Data.CONTACT, falls_to=Write(Data.CONTACT),
        causes=_asked, endings=_done, show=_shown, locks=_reminders,
        look=TaskLook(
            "bell", "social", "Ouvrir", "rappel,rappels", lambda: link("social_link:contacts"), days_ahead=7,
        ),
    )
)  # fmt: skip
