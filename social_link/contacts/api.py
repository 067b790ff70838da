"""API of the contacts. Notes are not in it."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from ninja import Query

from common.errors import InvalidInput
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, IdempotencyKey, Page, asked, paged, ref, referred
from social_link.contacts import services as contacts
from social_link.contacts.codes import ContactQuestion
from social_link.contacts.models import Contact
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import contacts_for
from social_link.contacts.schemas import ContactIn, ContactQuery, ContactShown
from social_link.measures.queries import social_people

Rows = TypeVar("Rows", bound=QuerySet[Any])

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _contact(row: Contact) -> dict[str, Any]:
    return {
        "id": row.pk,
        "household": ref(row.household),
        "kind": row.kind,
        "happened_on": row.happened_on,
        "at_time": row.at_time,
        "is_planned": row.is_planned,
        "outcome": row.outcome,
        "minutes": row.minutes,
        "theme": row.theme,
        "by_partner": row.by_partner,
        "alert_id": row.alert_id,
        "author": ref(row.author),
    }


@router.reads("/contacts", response=Page[ContactShown], needs=Read(Data.CONTACT, OWN))
def list_contacts(request: HouseRequest, query: Query[ContactQuery]) -> Any:
    """Contacts of the households that the caller follows, newest first; the planned ones where asked."""
    rows = of_household(contacts_for(request.actor).filter(is_planned=query.planned), query.household_id)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    return paged(rows.order_by("-happened_on", "-id"), query, lambda page: [_contact(row) for row in page])


def of_household(rows: Rows, household_id: int | None, field: str = "household") -> Rows:
    """Those of the household that is asked, all where none is. `field`: what names the household."""
    return rows if household_id is None else rows.filter(**{field: household_id})


def followed(actor: Actor, pk: int) -> Household:
    return referred(followed_by(actor), pk, field="household_id")


@router.writes(
    "/contacts",
    response=ContactShown,
    needs=Write(Data.CONTACT, OWN),
    status=201,
    errors={409: asked(*ContactQuestion)},
)
def log_contact(request: HouseRequest, idempotency_key: IdempotencyKey, data: ContactIn) -> Any:
    """A visit, an appointment, a call or an absence, or one to come. The same key again gives the first contact. One to
    come that hardly fits is asked about: the code says which question, and the same with a reason for it in `answers`
    is taken."""
    actor = request.actor
    household = followed(actor, data.household_id)
    if data.is_planned and (data.outcome or data.minutes):
        raise InvalidInput("Ce contact est à venir : son issue se dit quand il a eu lieu.", field="outcome")
    if data.is_planned and (data.theme or data.by_partner):
        raise InvalidInput("Ce contact est à venir : son thème se dit quand il a eu lieu.", field="theme")
    if data.is_planned and data.note.strip():
        raise InvalidInput("Ce contact est à venir : sa note s’écrit quand il a eu lieu.", field="note")
    if data.is_planned:
        made = contacts.plan_contact(
            household=household, kind=data.kind, day=data.day, at=data.at, request_key=idempotency_key, actor=actor,
            answers=data.answers,
        )  # fmt: skip
    else:
        made = contacts.log_contact(
            household=household,
            kind=data.kind,
            day=data.day,
            at=data.at,
            outcome=data.outcome or "",
            minutes=data.minutes,
            theme=data.theme or "",
            by_partner=data.by_partner,
            note=data.note,
            level=data.level,
            readers=[referred(social_people(), pk, field="reader_ids") for pk in data.reader_ids],
            request_key=idempotency_key,
            actor=actor,
        )
    return _contact(made)
