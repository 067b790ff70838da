"""Addresses of pages by url name: an empty text where a page does not exist, so that no link is dead.

A page may offer a page of a layer above by its url name only; the view behind it checks its own permission.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def link(name: str, *args: Any, **query: Any) -> str:
    """`link("rent_ledger:payments", compte=1204)` is `/loyers/encaissements/?compte=1204`, or "" without that page."""
    try:
        path = reverse(name, args=args or None)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(query)}" if query else path


def household_page(household_id: int | None) -> str:
    """The page of a household, or ""."""
    return link("desk:household", household_id) if household_id else ""


def links_by_id(name: str) -> Callable[[int], str]:
    """`link(name, id)` for the many rows of a list: the address is resolved once."""
    before, mark, after = link(name, 0).rpartition("/0/")
    return lambda pk: f"{before}/{pk}/{after}" if mark else ""
