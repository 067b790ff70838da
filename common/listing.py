"""Lists of pages: the order asked by `?tri=`, the page asked by `?p=`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PER_PAGE = 50


def page_of(
    request: HttpRequest,
    rows: "QuerySet[M, Any]",
    *,
    sorts: Mapping[str, tuple[str, ...]],
    default: str,
    per_page: int = PER_PAGE,
    before: "tuple[OrderBy, ...]" = (),
    dress: "Callable[[list[Any]], Iterable[M]] | None" = None,
) -> "Page[M]":
    """The page of `rows` that the request asks for, sorted. `sorts`: key of `?tri=` → fields, the last one unique.

    `?tri=-key` reverses the first field; an unknown key falls back to the default. Nulls come last.
    `before`: what orders them first, whatever is asked: who left stands behind who is here.
    `dress`: loads the rows of these ids with everything that a line shows, so the cost is paid for one page only.
    """
    asked = request.GET.get("tri", "") or default
    if asked.removeprefix("-") not in sorts:
        asked = default
    first, *others = sorts[asked.removeprefix("-")]
    order = F(first).desc(nulls_last=True) if asked.startswith("-") else F(first).asc(nulls_last=True)
    ordered, number = rows.order_by(*before, order, *others), request.GET.get("p")
    if dress is None:
        return Paginator(ordered, per_page).get_page(number)
    page: Any = Paginator(ordered.values_list("pk", flat=True), per_page).get_page(number)
    ids = list(page.object_list)
    found = {row.pk: row for row in dress(ids)}
    # A row may have been deleted after the ids were read.
    page.object_list = [found[pk] for pk in ids if pk in found]
    return cast("Page[M]", page)
