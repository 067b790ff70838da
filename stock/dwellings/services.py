"""Buildings, dwellings and units: make and change them one by one."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from common import clock
from common.copy import draw_ids
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.identifiers import compact
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from stock.agreements.queries import lines_on
from stock.dwellings.codes import UnitKind
from stock.dwellings.models import Building, Dwelling, Unit, VacancyTold
from stock.dwellings.queries import empty_since

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


@needs(Write(Data.STOCK))
@transaction.atomic
def tell_vacancy_reason(*, actor: Actor, dwelling: Dwelling, reason: str, since: date | None = None) -> VacancyTold:
    """Why a dwelling is empty, from `since`: the day since which it is empty if nothing was told of this vacancy, else
    today. What holds already is returned as it is; another reason for the same day takes its place.

    Raises `InvalidInput` (`since`) for a day outside the vacancy, `Conflict` where it is not empty.
    """
    today = clock.today()
    Dwelling.objects.select_for_update(no_key=True).get(pk=dwelling.pk)
    row: Any = Dwelling.objects.with_occupation(today).with_vacancy_reason(today).get(pk=dwelling.pk)
    if row.is_occupied:
        raise Conflict("Ce logement est occupé : un motif se dit d’un logement vide.")
    line = lines_on(today).filter(dwelling=row, gives_title=True).first()
    if line is None:
        raise Conflict("Ce logement n’est dans aucune convention aujourd’hui : ajoutez-le d’abord à une convention.")
    empty = empty_since(row.left_on, line.period.lower) or today
    first = since or (today if row.told_id else empty)
    if first > today:
        raise InvalidInput("Un motif se dit d’un jour passé, ou d’aujourd’hui.", field="since")
    if first < empty:
        raise InvalidInput(
            f"Le logement est vide depuis le {short_day(empty, year=True)} : choisissez ce jour ou un jour plus tard.",
            field="since",
        )
    held = VacancyTold.objects.filter(dwelling=row).in_force_on(first)
    if (now := held.first()) and now.reason == reason:
        return now
    if again := held.filter(since=first, reason=reason).first():
        newer = VacancyTold.objects.filter(dwelling=row, since=first, pk__gt=again.pk, withdrawn_at__isnull=True)
        newer.update(withdrawn_at=clock.now(), withdrawn_by=actor.user)
        return again
    told = VacancyTold(dwelling=row, reason=reason, since=first, author=actor.user)
    checked(told)
    with french_refusals(told):
        told.save()
    return told


@needs(Write(Data.STOCK))
@transaction.atomic
def withdraw_vacancy_reason(*, actor: Actor, told: VacancyTold) -> VacancyTold:
    """Take back a reason; what it had taken the place of, on the same day, holds again. A second time does nothing."""
    Dwelling.objects.select_for_update(no_key=True).get(pk=told.dwelling_id)
    told = VacancyTold.objects.get(pk=told.pk)
    if told.withdrawn_at is None:
        told.withdrawn_at, told.withdrawn_by = clock.now(), actor.user
        told.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return told


def _clean(facts: dict[str, Any]) -> dict[str, Any]:
    cleaned = dict(facts)
    for name in _IDENTIFIERS:
        if isinstance(cleaned.get(name), str):
            cleaned[name] = compact(cleaned[name])
    for name in ("rpls_id", "fiscal_id"):
        if name in cleaned and not cleaned[name]:
            cleaned[name] = None
    return cleaned
