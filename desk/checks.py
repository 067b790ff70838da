"""What Django refuses to start with (`manage.py check`): a menu without page, a role without column or desk."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import NoReverseMatch, reverse

from desk.context_processors import COUNTS
from desk.menu import ACCOUNT, PLACES
from desk.roles import DESKS
from office.access.codes import Home, Role
from office.access.matrix import COLUMNS


@register(Tags.urls)
def check_menu(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E001: a place without page. E002: a role without column, a home without desk. E003: a desk or a count that names
    no place. E004: a column whose home shows what it may not read."""
    found: list[CheckMessage] = []
    for name in [*PLACES, *(place.name for place in ACCOUNT)]:
        try:
            reverse(name)
        except NoReverseMatch:
            found.append(Error(f"The menu names the page {name!r}, which does not exist.", id="desk.E001"))
    found += [
        Error(f"The role {role.name} has no column.", hint="Add it to office.access.matrix.COLUMNS.", id="desk.E002")
        for role in Role
        if role not in COLUMNS
    ]
    found += [
        Error(f"The home {home.name} has no desk.", hint="Add it to desk.roles.DESKS.", id="desk.E002")
        for home in Home
        if home not in DESKS
    ]
    found += [
        Error(f"The home of {column.role} shows {need.data}, which its column may not read.", id="desk.E004")
        for column in COLUMNS.values()
        if column.home in DESKS
        for need in DESKS[column.home].needs
        if not need.is_given_by(column)
    ]
    named = {name for desk in DESKS.values() for name in [*desk.tabs, *(n for g in desk.groups for n in g.names)]}
    found += [
        Error(f"{name!r} is no place of the menu.", hint="Add it to desk.menu.PLACES.", id="desk.E003")
        for name in sorted({*named, *COUNTS} - set(PLACES))
    ]
    return found
