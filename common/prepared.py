"""Reads of every page, written with the ORM and compiled once.

To make the SQL of one small queryset costs a page about a millisecond, ten times what the database needs to answer it.
A `Prepared` keeps the SQL of its first call; a `Slot` stands where a call gives its value.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.models import Expression, Model, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)


class Slot(Expression):
    """A value that each call gives by this name: `filter(household=Slot("household"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Listed(Slot):
    """A list of ids that each call gives: `filter(account__in=Listed("accounts"))`. Of any length, one SQL."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "(SELECT unnest(%s::bigint[]))", [self]


class Prepared(Generic[M]):
    """`build()` makes a queryset of models with slots in place of values, and is asked once.

    Not for a queryset that is empty by construction (`none()`): what an actor may not see is decided before.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._plan: _Plan | None = None

    def __call__(self, **values: Any) -> list[M]:
        # Two threads at once compile the same twice.
        plan = self._plan or _Plan.of(self._build())
        self._plan = plan
        found: list[M] = list(ModelIterable(cast(Any, _Reader(plan, plan.filled(values)))))
        if plan.prefetch:
            prefetch_related_objects(found, *plan.prefetch)
        return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the compiler knows of a queryset once it has written its SQL."""

    sql: str
    params: tuple[Any, ...]
    select: Any
    klass_info: dict[str, Any]
    annotation_col_map: dict[str, int]
    converters: dict[int, tuple[list[Any], Any]]
    prefetch: tuple[Any, ...]

    @classmethod
    def of(cls, rows: Any) -> "_Plan":
        if rows._iterable_class is not ModelIterable:
            raise TypeError("a prepared read gives models, not values")
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return cls(
            sql=sql,
            params=tuple(params),
            select=compiler.select,
            klass_info=compiler.klass_info,
            annotation_col_map=compiler.annotation_col_map or {},
            converters=compiler.get_converters(columns),
            prefetch=tuple(rows._prefetch_related_lookups),
        )

    def filled(self, values: dict[str, Any]) -> list[Any]:
        return [values[param.name] if isinstance(param, Slot) else param for param in self.params]


class _Reader:
    """What `ModelIterable` asks of a queryset, of its query and of its compiler."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, plan: _Plan, params: list[Any]) -> None:
        self._plan = plan
        self._params = params
        self.query = self
        self.db = connection.alias
        self.select = plan.select
        self.klass_info = plan.klass_info
        self.annotation_col_map = plan.annotation_col_map

    def get_compiler(self, using: str) -> "_Reader":
        return self

    def execute_sql(self, **_: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._plan.sql, self._params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def results_iter(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        if not self._plan.converters:
            return iter(rows)
        return iter(self._converted(rows))

    def _converted(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for place, (convert, expression) in self._plan.converters.items():
                value = row[place]
                for step in convert:
                    value = step(value, expression, connection)
                row[place] = value
            yield row
