"""What each page, to each role, gives as the total of the arrears."""

import csv
from datetime import date
from decimal import Decimal

from django.urls import reverse

from common.money import ZERO
from desk.queries.director_home import director_home
from desk.queries.rental_home import rental_home
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.queries.arrears import arrears_for, lane_totals
from tests.factories import make_user
from tests.pages import signed_in

ROLES = (Role.RENTAL_MANAGER, Role.HEAD_OF_SOCIAL, Role.SOCIAL_WORKER, Role.DIRECTOR)


def amount(text: str) -> Decimal:
    """The amount in « 1 204,70 € »."""
    return Decimal("".join(c for c in text if c.isdigit() or c == ",").replace(",", "."))


def arrears_totals(day: date) -> dict[str, tuple[Decimal, int]]:
    """(euros, accounts) by the page that says it and who reads it."""
    users = {role: make_user(role=role) for role in ROLES}
    director, home = director_home(day=day), rental_home(actor=Actor.of(users[Role.RENTAL_MANAGER]), day=day)
    found = {
        "lanes": (sum((total.amount for total in lane_totals()), ZERO), sum(total.count for total in lane_totals())),
        "director, by situation": (sum((amount(bar.text) for bar in director.lanes), ZERO), director.cases),
        "director, by cause": (sum((amount(bar.text) for bar in director.causes), ZERO), director.cases),
        "director, the total": (director.debt, sum(bar.count for bar in director.lanes)),
        "rental home": (home.debt, home.cases),
        "rental home, by lane": (sum((row.amount for row in home.lanes), ZERO), home.cases),
    }
    for role, user in users.items():
        context = signed_in(user).get(reverse("rent_ledger:arrears"), {"situation": "tous"}).context
        found[f"list, {role}"] = (context["amount"], context["count"])
        if role != Role.DIRECTOR:
            rows = list(arrears_for(Actor.of(user)))
            found[f"rows, {role}"] = (sum((row.debt for row in rows), ZERO), len(rows))
    export = signed_in(users[Role.RENTAL_MANAGER]).get(reverse("rent_ledger:arrears_export"), {"situation": "tous"})
    lines = list(csv.DictReader(export.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    found["export"] = (sum((Decimal(line["Solde"].replace(",", ".")) for line in lines), ZERO), len(lines))
    return found
