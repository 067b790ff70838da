"""Lists of pages: the order asked by `?tri=`, the page asked by `?p=`."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
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
) -> "Page[M]":
    """The page of `rows` that the request asks for, sorted. `sorts`: key of `?tri=` → fields, the last one unique.

    `?tri=-key` turns the first field; an unknown key is the default one. What is null comes last.
    """
    asked = request.GET.get("tri", "") or default
    if asked.removeprefix("-") not in sorts:
        asked = default
    first, *others = sorts[asked.removeprefix("-")]
    order = F(first).desc(nulls_last=True) if asked.startswith("-") else F(first).asc(nulls_last=True)
    return Paginator(rows.order_by(order, *others), per_page).get_page(request.GET.get("p"))
