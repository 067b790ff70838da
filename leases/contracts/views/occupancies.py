"""The occupation of a dwelling over time: a slot that the page of `stock` loads."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from common.periods import last_day
from common.typography import short_day
from leases.contracts.codes import LeaseState
from leases.contracts.models import Lease, Occupancy
from leases.contracts.strips import Row, Stay, draw
from leases.households.models import Household
from leases.households.perms import can_read_address, can_read_households, is_address_protected
from leases.households.views import household_url
from office.access.matrix import Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from stock.models import Dwelling, Unit

# Who lives there is not told, nor since when, to the day: with the day of a contract that says whose it is.
OCCUPIED = "Occupation réservée"


@require_GET
@allow(Read(Data.STOCK))
def dwelling_occupancies(request: HouseRequest, pk: int) -> HttpResponse:
    """Agreements, households and vacancies of a dwelling. Names only for who may link a household to this address."""
    actor = request.actor
    dwelling = get_object_or_404(Dwelling.objects.visible_to(actor), pk=pk)
    today = clock.today()
    with_names = can_read_households(actor)
    households = {
        household.pk: household
        for household in Household.objects.with_protection(today).filter(occupancies__dwelling=dwelling).distinct()
    }
    stays = list(Occupancy.objects.filter(dwelling=dwelling).select_related("lease").order_by("period"))
    named: dict[int, tuple[str, str]] = {}
    hidden: set[int] = set()
    for pk_, household in households.items():
        is_protected = is_address_protected(household)
        readable = can_read_address(actor, household, is_protected=is_protected)
        if with_names and readable:
            named[pk_] = (household.name, household_url(household))
        else:
            named[pk_] = (OCCUPIED, "")
        if is_protected and not readable:
            hidden.add(pk_)
    by_unit: dict[int, list[Stay]] = {}
    for occupancy in stays:
        is_hidden = occupancy.household_id in hidden
        drawn = [_in_years(occupancy, today)] if is_hidden else _stays(occupancy, named[occupancy.household_id][0])
        by_unit.setdefault(occupancy.unit_id, []).extend(drawn)
    units = list(dwelling.units.all())
    lines = dwelling.agreement_lines.filter(gives_title=True).select_related("agreement").order_by("period")
    strip = draw(
        agreements=[
            Stay(line.period.lower, line.period.upper, f"{line.agreement.get_kind_display()}", "agreement")
            for line in lines
        ],
        units=_rows(units, by_unit),
        today=today,
        known_since=_written_since(),
    )
    listed = [
        {
            "name": named[occupancy.household_id][0],
            "url": named[occupancy.household_id][1],
            "unit": next(str(unit.label or "Logement entier") for unit in units if unit.pk == occupancy.unit_id),
            "period": occupancy.period,
            "years": _years(occupancy) if occupancy.household_id in hidden else "",
            "lease": occupancy.lease if with_names and named[occupancy.household_id][1] else None,
        }
        for occupancy in reversed(stays)
    ]
    return render(
        request,
        "leases/contracts/includes/dwelling_occupancies.html",
        {"dwelling": dwelling, "strip": strip, "stays": listed, "title": _title(listed)},
    )


def _written_since() -> date | None:
    """The day of the first contract of the house: what was before is known where it was taken over."""
    first = Lease.objects.order_by("pk").values_list("created_at", flat=True).first()
    return first.astimezone(clock.PARIS).date() if first else None


def _rows(units: list[Unit], by_unit: dict[int, list[Stay]]) -> list[Row]:
    whole = next(unit for unit in units if unit.is_whole)
    rooms = [unit for unit in units if not unit.is_whole]
    in_whole = tuple(by_unit.get(whole.pk, ()))
    in_rooms = tuple(stay for room in rooms for stay in by_unit.get(room.pk, ()))
    rows = [
        Row(room.label, tuple(by_unit.get(room.pk, ())), in_whole) for room in rooms if in_rooms or by_unit.get(room.pk)
    ]
    if in_whole or not rows:
        rows.insert(0, Row("Ménage", in_whole, in_rooms))
    return rows


def _stays(occupancy: Occupancy, name: str) -> list[Stay]:
    """An occupancy, cut where its contract ended: after that it is an occupation without title."""
    lease: Lease = occupancy.lease
    lower, upper, end = occupancy.period.lower, occupancy.period.upper, lease.period.upper
    if end is None or lease.state != LeaseState.ENDED or end <= lower or (upper is not None and upper <= end):
        return [Stay(lower, upper, name, "household")]
    return [Stay(lower, end, name, "household"), Stay(end, upper, f"{name}, après la fin du bail", "indemnity")]


def _in_years(occupancy: Occupancy, today: date) -> Stay:
    """The stay of who must not be found, as the years it touches."""
    first, last = occupancy.period.lower, last_day(occupancy.period)
    end = None if last is None else date(last.year + 1, 1, 1)
    if end is not None and last is not None and last < today:
        end = min(end, today)
    return Stay(date(first.year, 1, 1), end, OCCUPIED, "household")


def _years(occupancy: Occupancy) -> str:
    """`depuis 2024`, `en 2024`, `de 2024 à 2026`"""
    first, last = occupancy.period.lower.year, last_day(occupancy.period)
    if last is None:
        return f"depuis {first}"
    return f"en {first}" if last.year == first else f"de {first} à {last.year}"


def _title(listed: list[dict[str, Any]]) -> str:
    """What the drawing says, read aloud."""
    said = []
    for stay in reversed(listed):
        if stay["years"]:
            said.append(f"{stay['name']} {stay['years']}")
            continue
        span = stay["period"]
        last = last_day(span)
        start = short_day(span.lower, year=True)
        said.append(
            f"{stay['name']} " + (f"du {start} au {short_day(last, year=True)}" if last else f"depuis le {start}")
        )
    return ". ".join(said) or "Aucun ménage n’a encore occupé ce logement"
