"""Lists in pages, and the rows that a caller names: only those that he may see."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django_filters import FilterSet
from ninja import Schema
from pydantic import Field, field_validator

from common.errors import InvalidInput
from office.access.requests import HouseRequest
from office.api_base.types import of_our_time

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class PageQuery(Schema):
    """Which part of a list."""

    page: int = Field(1, ge=1)
    page_size: int = Field(50, ge=1, le=100)

    @field_validator("*")
    @classmethod
    def _of_our_time(cls, value: object) -> object:
        return of_our_time(value)


class Page(Schema, Generic[T]):
    """A part of a list. `count`: all of it."""

    items: list[T]
    count: int
    page: int
    page_size: int


def paged(rows: QuerySet[Any] | Sequence[Any], query: PageQuery, shape: Callable[[list[Any]], list[Any]]) -> Any:
    """The requested part of `rows`, each passed through `shape`; an empty list beyond the end."""
    paginator = Paginator(rows, query.page_size)
    items = list(paginator.page(query.page).object_list) if query.page <= paginator.num_pages else []
    return {"items": shape(items), "count": paginator.count, "page": query.page, "page_size": query.page_size}


def filtered(filter_set: type[FilterSet], rows: QuerySet[M], request: HouseRequest, **values: Any) -> QuerySet[M]:
    """`rows` through a filter set of the pages; None values are not filtered on. `InvalidInput` for a refused value."""
    asked = {name: value for name, value in values.items() if value is not None}
    found = filter_set(asked, queryset=rows, request=request)
    if not found.is_valid():
        name, messages = next(iter(found.errors.items()))
        raise InvalidInput(str(messages[0]), field=name)
    return cast("QuerySet[M]", found.qs)


def found(rows: QuerySet[M], pk: int) -> M:
    """The row `pk` among those the actor may see, or a 404: the same answer whether it is hidden or doesn't exist."""
    return get_object_or_404(rows, pk=pk)


def referred(rows: QuerySet[M], pk: int, *, field: str) -> M:
    """A row named in a body. `InvalidInput` on that field if it doesn't exist or the actor may not see it."""
    row = rows.filter(pk=pk).first()
    if row is None:
        label = str(rows.model._meta.verbose_name)
        raise InvalidInput(f"Aucun objet « {label} » ne porte le numéro {pk}.", field=field, code="unknown_reference")
    return row
