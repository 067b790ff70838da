"""Buildings, dwellings and units: make and change them one by one."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from common.copy import draw_ids
from common.db import checked, french_refusals
from common.errors import InvalidInput
from common.identifiers import compact
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from stock.dwellings.codes import UnitKind
from stock.dwellings.models import Building, Dwelling, Unit

# Stored without spaces, and as null when unknown.
_IDENTIFIERS = ("rpls_id", "fiscal_id", "dpe_number")


def reference_of(dwelling_id: int) -> str:
    """The reference given to a dwelling when none is typed: `L00042`."""
    return f"L{dwelling_id:05d}"


@needs(Write(Data.STOCK))
@transaction.atomic
def create_building(
    *, actor: Actor, street: str, postcode: str, city: str, commune: str, name: str = "", access_notes: str = ""
) -> Building:
    """A new building. `commune` is its INSEE code."""
    building = Building(
        name=name.strip(),
        street=street.strip(),
        postcode=postcode.strip(),
        city=city.strip(),
        commune=compact(commune),
        access_notes=access_notes,
    )
    checked(building)
    with french_refusals(building):
        building.save()
    return building


@needs(Write(Data.STOCK))
@transaction.atomic
def create_dwelling(*, actor: Actor, building: Building, rooms: int, reference: str = "", **facts: Any) -> Dwelling:
    """A new dwelling with its whole unit. `facts` are other fields of `Dwelling`; `L00042` where no reference."""
    (new_id,) = draw_ids(Dwelling, 1)
    dwelling = Dwelling(
        id=new_id, building=building, rooms=rooms, reference=reference.strip() or reference_of(new_id), **_clean(facts)
    )
    checked(dwelling)
    with french_refusals(dwelling):
        dwelling.save(force_insert=True)
    Unit.objects.create(dwelling=dwelling, kind=UnitKind.WHOLE, surface=dwelling.surface)
    return dwelling


@needs(Write(Data.STOCK))
@transaction.atomic
def update_dwelling(*, actor: Actor, dwelling: Dwelling, **changes: Any) -> Dwelling:
    """Change fields of a dwelling; its whole unit keeps its surface."""
    dwelling = Dwelling.objects.select_for_update().get(pk=dwelling.pk)
    for name, value in _clean(changes).items():
        setattr(dwelling, name, value)
    checked(dwelling)
    with french_refusals(dwelling):
        dwelling.save()
    Unit.objects.filter(dwelling=dwelling, kind=UnitKind.WHOLE).update(surface=dwelling.surface)
    return dwelling


@needs(Write(Data.STOCK))
@transaction.atomic
def add_room(*, actor: Actor, dwelling: Dwelling, label: str, surface: Decimal | None = None) -> Unit:
    """A room that can be let by itself (colocation). `surface` in m², at most the dwelling's.

    Raises `InvalidInput` (`surface`).
    """
    if surface is not None and dwelling.surface is not None and surface > dwelling.surface:
        raise InvalidInput("La chambre ne peut pas être plus grande que son logement.", field="surface")
    room = Unit(dwelling=dwelling, kind=UnitKind.ROOM, label=label.strip(), surface=surface)
    checked(room)
    with french_refusals(room):
        room.save()
    return room


def _clean(facts: dict[str, Any]) -> dict[str, Any]:
    cleaned = dict(facts)
    for name in _IDENTIFIERS:
        if isinstance(cleaned.get(name), str):
            cleaned[name] = compact(cleaned[name])
    for name in ("rpls_id", "fiscal_id"):
        if name in cleaned and not cleaned[name]:
            cleaned[name] = None
    return cleaned
