"""The dated parameters as the house has valued them.

`declare` and the frozen `Params` are in `common.params` (pure, for rules); `params_on` reads the table once. Where a
parameter has several values on a day the narrowest scope wins: association, then département, then national, then
what the code says.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from common.params import Change, Kind, Parameter, Params, Scope, Value, declare, declared
from common.periods import contains, period
from common.prepared import Prepared, Slot
from office.enums import ParameterScope
from office.models import ParameterValue

__all__ = [
    "ALSACE_MOSELLE",
    "Change",
    "Kind",
    "Parameter",
    "Params",
    "Scope",
    "Value",
    "declare",
    "declared",
    "params_between",
    "params_on",
]

ALSACE_MOSELLE = declare(
    key="house.alsace_moselle",
    kind=Kind.BOOL,
    unit="",
    label="Jours fériés d’Alsace et de Moselle",
    source="Code du travail, art. L.3134-13 : Vendredi saint et 26 décembre",
    verified=False,
    default=False,
).key

_NARROWEST_LAST = [ParameterScope.NATIONAL, ParameterScope.DEPARTEMENT, ParameterScope.ASSOCIATION]


def _values(rows: Iterable[ParameterValue], day: date) -> dict[str, Value]:
    found: dict[str, Value] = {}
    known = declared()
    for row in sorted(rows, key=lambda row: _NARROWEST_LAST.index(ParameterScope(row.scope))):
        # A value of a parameter that the code no longer knows is kept for history and ignored here.
        if row.key in known and contains(row.period, day):
            found[row.key] = Value(known[row.key].parse(row.value), row.source, row.is_verified, row.pk)
    return found


def _rows(territory: Any, **when: Any) -> QuerySet[ParameterValue]:
    scope = ~Q(scope=ParameterScope.DEPARTEMENT) | Q(territory=territory)
    return ParameterValue.objects.filter(scope, **when)


# Asked by nearly every page that tells a figure.
_IN_FORCE = Prepared(lambda: _rows(Slot("territory"), period__contains=Slot("day")))


def params_on(day: date, *, territory: str = "") -> Params:
    """The parameters in force on `day` in `territory` (number of a département, or none). One query; keep the result
    for the whole run that needs it."""
    return Params.of(day, _values(_IN_FORCE(day=day, territory=territory), day))


def params_between(days: Iterable[date], *, territory: str = "") -> dict[date, Params]:
    """The same for several days, still one query."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    rows = _rows(territory, period__overlap=period(wanted[0], wanted[-1] + timedelta(days=1)))
    return {day: Params.of(day, _values(rows, day)) for day in wanted}
