"""What pages, API and other layers read of the dwellings."""

from stock.dwellings.models import Dwelling, Unit


def units_of(dwelling: Dwelling) -> list[Unit]:
    """The units of a dwelling: the whole first, then the rooms by name."""
    return sorted(dwelling.units.all(), key=lambda unit: (not unit.is_whole, unit.label))
