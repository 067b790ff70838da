"""Reading the dated parameters, with the values stored by this installation.

`declare` and the frozen `Params` are in `common.params` (pure, for rules); `params_on` reads the table in one query. If
a parameter has several values on a day, the narrowest scope wins: association, then national, then the default in code.
Values of a département are history: nothing says of which one a household is (ADR 30).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from common.params import Parameter, Params, Steps, Value, declared
from common.periods import contains
from office.parameters.codes import ParameterScope
from office.parameters.models import ParameterValue
from office.parameters.words import written

_NARROWEST_LAST = [ParameterScope.NATIONAL, ParameterScope.ASSOCIATION]


def _values(rows: Iterable[ParameterValue], day: date) -> dict[str, Value]:
    found: dict[str, Value] = {}
    known = declared()
    for row in sorted(rows, key=lambda row: _NARROWEST_LAST.index(ParameterScope(row.scope))):
        # Rows of a parameter that no longer exists in code are kept for history and ignored here.
        if row.key in known and contains(row.period, day):
            found[row.key] = Value(known[row.key].parse(row.value), row.source, row.is_verified, row.pk)
    return found


def _rows(**when: Any) -> QuerySet[ParameterValue]:
    return ParameterValue.objects.filter(scope__in=_NARROWEST_LAST, **when)


def params_on(day: date) -> Params:
    """The parameters in force on `day`. One query; keep the result for the whole run that needs it."""
    return Params.of(day, _values(_rows(period__contains=day), day))


def params_steps(keys: Iterable[str]) -> Steps[Params]:
    """These parameters, and no others, as in force on every day, for a rule that looks at past days. One query."""
    wanted = frozenset(keys)
    return _steps(wanted, list(_rows(key__in=wanted)))


def steps_and_params(keys: Iterable[str], day: date) -> tuple[Steps[Params], Params]:
    """`params_steps(keys)` and `params_on(day)`, by one query: for a run that looks at past days and at its own."""
    rows = list(_rows())
    wanted = frozenset(keys)
    return _steps(wanted, [row for row in rows if row.key in wanted]), Params.of(day, _values(rows, day))


def _steps(wanted: frozenset[str], rows: list[ParameterValue]) -> Steps[Params]:
    days = {change.since for key in wanted for change in declared()[key].changes}
    days |= {bound for row in rows for bound in (row.period.lower, row.period.upper) if bound is not None}

    def on(day: date) -> Params:
        values = Params.of(day, _values(rows, day)).values
        return Params(day, {key: values[key] for key in wanted})

    return Steps.of(on(date.min), *((day, on(day)) for day in sorted(days - {date.min})))


@dataclass(frozen=True, slots=True)
class InForce:
    """A parameter as pages list it on a day: its `value` in words, its source, whether somebody read that; `own`: a
    value of the house. `coming`: the next day on which the value changes."""

    parameter: Parameter
    value: str
    source: str
    verified: bool
    own: bool
    coming: date | None


def in_force(day: date) -> dict[str, InForce]:
    """Every declared parameter on `day`, by its key, in the order in which they are declared. One query."""
    stored: dict[str, list[ParameterValue]] = defaultdict(list)
    for row in ParameterValue.objects.all():
        stored[row.key].append(row)
    read = [row for rows in stored.values() for row in rows if row.scope in _NARROWEST_LAST]
    now = Params.of(day, _values(read, day))
    return {
        key: InForce(
            parameter, written(parameter, now.value(key)), now.source(key), now.verified(key),
            now.value_id(key) is not None, _coming(parameter, stored[key], day),
        )
        for key, parameter in declared().items()
    }  # fmt: skip


def _coming(parameter: Parameter, rows: list[ParameterValue], day: date) -> date | None:
    days = [row.period.lower for row in rows if row.period.lower and row.period.lower > day]
    days += [change.since for change in parameter.changes if change.since > day]
    return min(days, default=None)
