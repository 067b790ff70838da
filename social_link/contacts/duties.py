"""What a planned contact asks once its day has come: to be noted by who planned it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.contacts.codes import ContactDuty
from social_link.contacts.models import Contact

ABOUT_CONTACT = "contact"
"""What these tasks are about: the id is the contact's."""


def _contacts(ids: Collection[int]) -> QuerySet[Contact]:
    return Contact.objects.filter(pk__in=ids)


def _to_note(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the day itself on; the check of the morning opens those of the day."""
    rows = Contact.objects.filter(is_planned=True, happened_on__lte=clock.today()).order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(pk, due_on=day, household_id=household, assignee_id=author)
        for pk, day, household, author in rows.values_list("pk", "happened_on", "household_id", "author_id")
    ]


def _noted(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {pk: Ending() for pk in _contacts(raised).values_list("pk", flat=True)}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        contact.pk: TaskLine(
            f"{contact.get_kind_display()} à noter : {contact.household.name}",
            short_day(contact.happened_on, today=today),
            contact.household.name,
            f"{_page()}#c{contact.pk}",
        )
        for contact in _contacts(ids).select_related("household")
    }


def _page() -> str:
    return link("social_link:contacts")


NOTE = declare(
    TaskKind(
        code=ContactDuty.NOTE, about=ABOUT_CONTACT, reveals=Data.CONTACT, falls_to=Write(Data.CONTACT),
        causes=_to_note, endings=_noted, show=_shown, locks=_contacts,
        look=TaskLook("calendar-check", "social", "Noter", "contact à noter,contacts à noter", _page),
    )
)  # fmt: skip
