"""Addresses of pages by url name. An unknown name raises `NoReverseMatch`; it never gives a dead or a missing link.

A page links to a page of an app above by its url name only; the target view checks its own permission.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def link(name: str, *args: Any, **query: Any) -> str:
    """`link("rent_ledger:payments", compte=1204)` is `/loyers/encaissements/?compte=1204`."""
    path = _by_id(name, args[0]) if len(args) == 1 and type(args[0]) is int else _resolved(name, args)
    return f"{path}?{urlencode(query)}" if query else path


def way_back(request: HttpRequest, name: str) -> str:
    """Where a form returns to: the path in its field `retour`, or in the address that it was opened by, else the page
    `name`.

    Only a path of this site counts. `redirect` takes anything else for the name of a page, and fails once the act is
    done.
    """
    wanted = request.POST.get("retour") or request.GET.get("retour", "")
    is_path = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_path else link(name)


def household_page(household_id: int | None) -> str:
    """The page of a household, or "" without one."""
    return link("desk:household", household_id) if household_id else ""


def links_by_id(name: str) -> Callable[[int], str]:
    """`link(name, id)` for the many rows of a list."""
    before, mark, after = _resolved(name, (0,)).rpartition("/0/")
    return lambda pk: f"{before}/{pk}/{after}" if mark else _resolved(name, (pk,))


def _by_id(name: str, pk: int) -> str:
    before, mark, after = _resolved(name, (0,)).rpartition("/0/")
    return f"{before}/{pk}/{after}" if mark and pk >= 0 else _resolved(name, (pk,))


def _resolved(name: str, args: tuple[Any, ...]) -> str:
    return _reversed(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, args)


# Cached: a page needs about a hundred URLs, and reversing one costs as much as rendering three rows of a table.
@lru_cache(maxsize=4096)
def _reversed(urlconf: str, prefix: str, name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args or None)
