"""Reads of every page, written with the ORM and compiled once.

To make the SQL of one small queryset costs a page about a millisecond, ten times what the database needs to answer it.
A `Prepared` keeps the SQL of its first call; a `Slot` stands where a call gives its value.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.models import Expression, ManyToOneRel, Model, Prefetch, QuerySet, prefetch_related_objects
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
        if found:
            for many in plan.many:
                many.fill(found)
            prefetch_related_objects(found, *plan.prefetch)
        return found


@dataclass(frozen=True, slots=True)
class _Many:
    """The rows that point to those of a read, as `prefetch_related` brings them: `rel`, kept as `to_attr` or behind the
    relation's own name."""

    rel: ManyToOneRel
    to_attr: str
    read: "Prepared[Any]"

    @classmethod
    def of(cls, model: type[Model], lookup: Any) -> "_Many | None":
        """None for what is no plain foreign key seen from its other side: left to Django."""
        path, rows, to_attr = lookup, None, ""
        if isinstance(lookup, Prefetch):
            path, rows, to_attr = lookup.prefetch_through, lookup.queryset, lookup.to_attr or ""
        rel = next((one for one in model._meta.related_objects if one.get_accessor_name() == path), None)
        if type(rel) is not ManyToOneRel or rel.field.target_field is not model._meta.pk:
            return None
        children = cast(Any, rel.related_model)._default_manager.all() if rows is None else rows
        column = rel.field.name
        return cls(rel, to_attr, Prepared(lambda: children.filter(**{f"{column}__in": Listed("ids")})))

    def fill(self, rows: Sequence[Any]) -> None:
        by_id: dict[int, list[Any]] = {row.pk: [] for row in rows}
        parents = {row.pk: row for row in rows}
        for child in self.read(ids=list(by_id)):
            pk = getattr(child, self.rel.field.attname)
            setattr(child, self.rel.field.name, parents[pk])
            by_id[pk].append(child)
        for row in rows:
            if self.to_attr:
                setattr(row, self.to_attr, by_id[row.pk])
                continue
            kept = cast(Any, self.rel.related_model)._default_manager.all()
            kept._result_cache, kept._prefetch_done = by_id[row.pk], True
            row.__dict__.setdefault("_prefetched_objects_cache", {})[self.rel.get_accessor_name()] = kept


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the compiler knows of a queryset once it has written its SQL."""

    sql: str
    params: tuple[Any, ...]
    select: Any
    klass_info: dict[str, Any]
    annotation_col_map: dict[str, int]
    converters: dict[int, tuple[list[Any], Any]]
    many: tuple[_Many, ...]
    prefetch: tuple[Any, ...]

    @classmethod
    def of(cls, rows: Any) -> "_Plan":
        if rows._iterable_class is not ModelIterable:
            raise TypeError("a prepared read gives models, not values")
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        lookups = [(lookup, _Many.of(rows.model, lookup)) for lookup in rows._prefetch_related_lookups]
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return cls(
            sql=sql,
            params=tuple(params),
            select=compiler.select,
            klass_info=compiler.klass_info,
            annotation_col_map=compiler.annotation_col_map or {},
            converters=compiler.get_converters(columns),
            many=tuple(many for _, many in lookups if many),
            prefetch=tuple(lookup for lookup, many in lookups if not many),
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
