"""Addresses of pages by url name: an empty text where a page does not exist, so that no link is dead.

A page may offer a page of a layer above by its url name only; the view behind it checks its own permission.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse


def link(name: str, *args: Any, **query: Any) -> str:
    """`link("rent_ledger:payments", compte=1204)` is `/loyers/encaissements/?compte=1204`, or "" without that page."""
    path = _by_id(name, args[0]) if len(args) == 1 and type(args[0]) is int else _resolved(name, args)
    return f"{path}?{urlencode(query)}" if query and path else path


def household_page(household_id: int | None) -> str:
    """The page of a household, or ""."""
    return link("desk:household", household_id) if household_id else ""


def links_by_id(name: str) -> Callable[[int], str]:
    """`link(name, id)` for the many rows of a list."""
    before, mark, after = _resolved(name, (0,)).rpartition("/0/")
    return lambda pk: f"{before}/{pk}/{after}" if mark else ""


def _by_id(name: str, pk: int) -> str:
    before, mark, after = _resolved(name, (0,)).rpartition("/0/")
    return f"{before}/{pk}/{after}" if mark and pk >= 0 else _resolved(name, (pk,))


def _resolved(name: str, args: tuple[Any, ...]) -> str:
    return _reversed(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, args)


# A page asks for a hundred addresses, and to resolve one costs as much as to write three rows of a table.
@lru_cache(maxsize=4096)
def _reversed(urlconf: str, prefix: str, name: str, args: tuple[Any, ...]) -> str:
    try:
        return reverse(name, urlconf=urlconf, args=args or None)
    except NoReverseMatch:
        return ""
