"""What a household asks of the social service, beside its debt: its alert, the next planned contact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, JSONObject, Trim

from common.links import link
from common.typography import short_day, uncapitalised
from leases.households.beside import Cell, Waits, wait
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from social_link.alerts.codes import AlertState
from social_link.alerts.models import Alert
from social_link.contacts.codes import FEMININE, ContactKind
from social_link.contacts.models import Contact

LATE = ("En retard", "attention")


def _at(path: str, actor: Actor) -> Combinable:
    """The open alert and the first planned contact, as far as the actor reads them."""
    alerts = Alert.objects.visible_to(actor).open().filter(household=OuterRef(path)).order_by()
    name = Trim(Concat("assignee__first_name", Value(" "), "assignee__last_name"))
    alert = JSONObject(
        pk="pk", state="state", take="ack_due_on", answer="answer_due_on", assignee="assignee_id", name=name
    )
    contacts = Contact.objects.visible_to(actor).filter(household=OuterRef(path), is_planned=True)
    if not can(actor, Read(Data.CONTACT)):
        contacts = contacts.filter(author=actor.user_id)
    contact = JSONObject(pk="pk", kind="kind", on="happened_on")
    return JSONObject(
        alert=Subquery(alerts.values(told=alert)[:1]),
        contact=Subquery(contacts.order_by("happened_on", "id").values(told=contact)[:1]),
    )


def _read(found: Mapping[str, Any], actor: Actor, day: date) -> Cell:
    alert, contact = found["alert"], found["contact"]
    planned = _planned(contact, day) if contact else Cell()
    if not alert:
        return planned
    raised = alert["state"] == AlertState.RAISED
    due = date.fromisoformat(alert["take"] if raised else alert["answer"])
    said = f"au plus tard le {short_day(due, today=day)}"
    if alert["assignee"] != actor.user_id:
        said += f", par {alert['name']}"
    if planned.text:
        said += f" · {uncapitalised(planned.text)} {planned.note}".rstrip()
    return Cell(
        "Prendre l’alerte" if raised else "Répondre à l’alerte", note=said, badge=LATE if due < day else None,
        url=link("social_link:alert", alert["pk"]),
    )  # fmt: skip


def _planned(contact: Mapping[str, Any], day: date) -> Cell:
    kind, on = ContactKind(contact["kind"]), date.fromisoformat(contact["on"])
    url = f"{link('social_link:contacts')}#c{contact['pk']}"
    said = f"le {short_day(on, today=day)}"
    if on < day:
        return Cell(f"{kind.label} à noter", note=said, badge=LATE, url=url)
    return Cell(f"{kind.label} {'prévue' if kind in FEMININE else 'prévu'}", note=said, url=url)


wait(Waits("Ce qui vous attend", may=lambda actor: actor.is_social, at=_at, read=_read))
