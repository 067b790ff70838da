"""The page and its lists: breadcrumb, heads of columns, pages, addresses."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from common.columns import Column
from common.links import link

register = template.Library()


@register.filter
def lien(pk: int, name: str) -> str:
    """The address of a page by its id: `{{ row.pk|lien:"stock:dwelling" }}`. For lists: ten times faster than `url`."""
    return link(name, pk)


@register.inclusion_tag("common/includes/crumbs.html")
def crumbs(*parts: Any) -> dict[str, Any]:
    """The breadcrumb: label, address, label, address, …, label of this page."""
    *links, last = parts
    if len(links) % 2:
        raise ValueError("crumbs: label, address, …, then the label of this page")
    return {"links": list(zip(links[::2], links[1::2], strict=True)), "here": last}


def _address(context: Context, changes: dict[str, str], drop: Iterable[str] = ()) -> str:
    query = context["request"].GET.copy()
    for key in drop:
        query.pop(key, None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("common/includes/sort_head.html", takes_context=True)
def sort_head(
    context: Context,
    label: str,
    key: str = "",
    num: bool = False,
    first: str = "asc",
    param: str = "tri",
    css: str = "",
) -> dict[str, Any]:
    """A `<th>` whose link sorts by `key`: `?tri=key` upwards, `?tri=-key` downwards; other filters stay, `?p` goes."""
    classes = " ".join(filter(None, ["a-num" if num else "", css]))
    head = {"label": label, "classes": classes, "order": "", "arrow": "", "url": ""}
    if not key:
        return head
    now = context["request"].GET.get(param, "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    if order:
        target = key if order == "descending" else f"-{key}"
    else:
        target = f"-{key}" if first == "desc" else key
    arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(order, "")
    return head | {"order": order, "arrow": arrow, "url": _address(context, {param: target}, drop=["p"])}


@register.inclusion_tag("common/includes/sort_head.html", takes_context=True)
def column_head(context: Context, column: Column) -> dict[str, Any]:
    """`sort_head` of a declared column."""
    return sort_head(context, column.label, column.key, column.num, column.first)


@register.simple_tag(takes_context=True)
def page_address(context: Context, number: int | str, param: str = "p") -> str:
    """The address of another page of the same list, its filters kept."""
    return _address(context, {param: str(number)})


@register.filter
def page_numbers(page: Any) -> list[int | str]:
    """Numbers to show in a pagination, with `…` where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
