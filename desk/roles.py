"""The desks: each home page, with its menu and its colour. The column of a role in the matrix names its home.

A menu shows the places whose page the person may open: `desk.menu.may_open`. `desk.checks` refuses to start without a
desk for each home.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from desk.menu import Group
from desk.views import homes
from office.access.actor import Actor
from office.access.codes import Home, Role
from office.access.matrix import COLUMNS, OWN, TOTALS, Capability, Data, Read
from office.access.requests import HouseRequest


@dataclass(frozen=True, slots=True)
class Desk:
    """`page` is the home page. It shows what `needs` names: a role without these can't have it.

    `groups` and `tabs` are the menu, by url names of `desk.menu.PLACES`. `hue` is the colour of the trade (initials of
    the person), if it has one.
    """

    page: Callable[[HouseRequest, Actor, dict[str, Any]], HttpResponse]
    needs: tuple[Capability, ...]
    groups: tuple[Group, ...]
    tabs: tuple[str, ...]
    hue: str = ""


_LOGS = ("office:access_log", "office:confirmations")
_HOUSE = Group(
    "Maison",
    (
        "office:staff",
        "office:parameters",
        "office:schemes",
        "desk:policy",
        "office:message_texts",
        *_LOGS,
        "office:settings",
    ),
)

# In order of importance: a user with two roles starts on the first one's home page. The menu shows the first desk's
# entries, then those that the other adds.
DESKS: dict[Home, Desk] = {
    Home.RENTAL: Desk(
        page=homes.rental,
        needs=(Read(Data.LEDGER), Read(Data.ARREARS_CAUSE), Read(Data.BANK), Read(Data.RENT_RUN)),
        groups=(
            Group("", ("desk:home", "rent_ledger:arrears", "rent_ledger:aid_files")),
            Group(
                "Loyers",
                (
                    "rent_ledger:runs",
                    "rent_ledger:benefits",
                    "rent_ledger:bank",
                    "rent_ledger:payments",
                    "rent_ledger:credits",
                ),
            ),
            Group("Ménages et baux", ("leases:households", "leases:leases")),
            Group("Parc", ("stock:dwellings", "stock:agreements", "maintenance:tickets")),
            Group("", ("office:messages", "office:confirmations", "office:jobs")),
        ),
        tabs=("desk:home", "rent_ledger:arrears", "leases:households", "stock:dwellings"),
    ),
    Home.SOCIAL: Desk(
        page=homes.social,
        needs=(Read(Data.LEDGER), Read(Data.ALERT, OWN), Read(Data.CONTACT, OWN), Read(Data.MEASURE, OWN)),
        hue="social",
        groups=(
            Group("", ("desk:home", "social_link:alerts")),
            Group(
                "Mes ménages",
                (
                    "leases:households",
                    "social_link:referrals",
                    "social_link:measures",
                    "social_link:commissions",
                    "social_link:watches",
                    "social_link:contacts",
                    "social_link:rights",
                ),
            ),
            Group("Loyers et parc", ("rent_ledger:arrears", "rent_ledger:aid_files", "stock:dwellings")),
            Group("", ("office:jobs",)),
        ),
        tabs=("desk:home", "social_link:alerts", "leases:households", "social_link:contacts"),
    ),
    Home.HEAD: Desk(
        page=homes.head,
        needs=(Read(Data.LEDGER), Read(Data.ALERT), Read(Data.CONTACT), Read(Data.MEASURE)),
        hue="social",
        groups=(
            Group("", ("desk:home", "social_link:alerts")),
            Group(
                "Mes ménages",
                (
                    "leases:households",
                    "social_link:referrals",
                    "social_link:measures",
                    "social_link:commissions",
                    "social_link:watches",
                    "social_link:contacts",
                    "social_link:absences",
                ),
            ),
            Group("Loyers et parc", ("rent_ledger:arrears", "rent_ledger:aid_files", "stock:dwellings")),
            Group(
                "",
                (
                    "social_link:fundings",
                    "social_link:exits",
                    "office:schemes",
                    "office:staff_requests",
                    "office:access_log",
                    "office:jobs",
                ),
            ),
        ),
        tabs=("desk:home", "social_link:alerts", "leases:households", "social_link:measures"),
    ),
    Home.TECHNICAL: Desk(
        page=homes.technician,
        needs=(Read(Data.ROUND),),
        hue="tech",
        groups=(
            Group("", ("desk:home", "maintenance:round", "maintenance:tickets")),
            Group("Chantiers", ("maintenance:signal",)),
            Group("Parc", ("stock:dwellings",)),
        ),
        tabs=("maintenance:round", "maintenance:tickets", "stock:dwellings", "maintenance:signal"),
    ),
    Home.DIRECTION: Desk(
        page=homes.director,
        needs=(Read(Data.LEDGER), Read(Data.ARREARS_CAUSE, TOTALS), Read(Data.ALERT, TOTALS), Read(Data.STOCK)),
        groups=(
            Group("", ("desk:home",)),
            Group(
                "Suivre",
                (
                    "rent_ledger:arrears",
                    "rent_ledger:credits",
                    "stock:dwellings",
                    "social_link:measures",
                    "social_link:commissions",
                    "social_link:rights",
                    "social_link:fundings",
                    "social_link:exits",
                ),
            ),
            Group(
                "Décider",
                ("stock:agreements", "rent_ledger:write_offs", "office:staff_requests", "office:iban_changes", *_LOGS),
            ),
            Group("", ("desk:policy", "office:parameters", "office:jobs")),
        ),
        tabs=("desk:home", "rent_ledger:arrears", "stock:dwellings", "stock:agreements"),
    ),
    Home.FUNDER: Desk(
        page=homes.funder,
        needs=(Read(Data.LEDGER, TOTALS), Read(Data.ARREARS_CAUSE, TOTALS)),
        groups=(Group("", ("desk:home",)),),
        tabs=("desk:home",),
    ),
    Home.HOUSE: Desk(
        page=homes.administrator,
        needs=(Read(Data.STAFF), Read(Data.PARAMETER), Read(Data.JOB), Read(Data.ACCESS_LOG)),
        groups=(Group("", ("desk:home",)), _HOUSE, Group("", ("office:jobs",))),
        tabs=("desk:home", "office:staff", "office:parameters", "office:jobs"),
    ),
    Home.PLAIN: Desk(
        page=homes.plain,
        needs=(),
        groups=(
            Group("", ("desk:home", "rent_ledger:arrears", "rent_ledger:aid_files", "social_link:alerts")),
            Group(
                "Loyers",
                (
                    "rent_ledger:runs",
                    "rent_ledger:benefits",
                    "rent_ledger:bank",
                    "rent_ledger:payments",
                    "rent_ledger:credits",
                ),
            ),
            Group(
                "Ménages et baux",
                ("leases:households", "leases:leases", "social_link:measures", "social_link:contacts"),
            ),
            Group("Parc", ("stock:dwellings", "stock:agreements", "maintenance:tickets", "maintenance:round")),
            _HOUSE,
            Group("", ("office:jobs",)),
        ),
        tabs=("desk:home", "rent_ledger:arrears", "leases:households", "stock:dwellings"),
    ),
}


def homes_of(actor: Actor) -> dict[Role, Home]:
    """Role → home, in the order of the desks; of two roles with one home, the first."""
    order = list(DESKS)
    held = [column for role, column in COLUMNS.items() if role in actor.roles]
    columns = sorted(held, key=lambda column: order.index(column.home))
    found: dict[Home, Role] = {}
    for column in columns:
        found.setdefault(column.home, column.role)
    return {role: home for home, role in found.items()}
