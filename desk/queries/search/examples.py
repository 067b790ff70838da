"""Searches that find something in this house, for who has found nothing yet."""

from datetime import date

from django.db.models import Exists, OuterRef

from common.typography import euros, phone
from leases.models import Household, Occupancy, Person
from maintenance.tickets.queries import tickets_for
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from rent_ledger.models import AccountState
from stock.models import Dwelling


def examples(actor: Actor, day: date) -> list[tuple[str, str]]:
    """What to type and what it finds, of what the actor may open. At most five queries."""
    found: list[tuple[str, str]] = []
    if can(actor, Read(Data.IDENTITY)):
        found += _of_people(actor, day)
    if can(actor, Read(Data.AGREEMENT)):
        dwelling = Dwelling.objects.visible_to(actor).select_related("building").order_by("building__sort_key").first()
        if dwelling:
            found += [(dwelling.building.street.split()[-1].lower(), "une rue"), (dwelling.reference, "un logement")]
    if can(actor, Read(Data.TICKET, OWN)) and (ticket := tickets_for(actor).order_by("-id").first()):
        found.append((ticket.reference, "une demande, par sa référence ou son objet"))
    if can(actor, Read(Data.LEDGER)):
        owing = AccountState.objects.filter(debt__gt=0).order_by("-debt", "account").values_list("debt", flat=True)
        found += [(euros(debt), "un montant reçu ou dû") for debt in owing[:1]]
        found.append(("impayés", "une page"))
    return found


def _of_people(actor: Actor, day: date) -> list[tuple[str, str]]:
    here = Exists(Occupancy.objects.filter(household=OuterRef("pk"), period__contains=day))
    household = Household.objects.visible_to(actor).filter(here).order_by("sort_key", "id").first()
    if household is None:
        return []
    surname = household.sort_key.split(" ", 1)[0]
    found = [(surname, "un nom, même sans accent")]
    number = Person.objects.exclude(phone_key="").order_by("id").values_list("phone", flat=True).first()
    if number:
        found.append((phone(number)[:5], "un téléphone"))
    if can(actor, Write(Data.PAYMENT)):
        found.append((f"encaisser {surname} 120", "un geste, pour qui, combien"))
    elif actor.is_social:
        found.append((f"visite {surname}", "un geste, pour qui"))
    return found
