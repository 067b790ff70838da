"""What each page, to each role, gives as the total of a thing: of the arrears, of what waits, of what there is."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from common.money import ZERO
from desk.counts import MENU_COUNTS
from desk.queries.director_home import director_home
from desk.queries.rental_home import rental_home
from desk.queries.social_home import head_home
from desk.queries.stock_figures import occupancy
from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import Data, Read, can
from office.messages.codes import MessageState
from office.messages.services.calls import review_calls
from office.models import User
from rent_ledger.arrears.filters import TO_DECIDE_WORD
from rent_ledger.arrears.queries.arrears import arrears_for, lane_totals
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.books.queries.natures import debt_by_nature
from rent_ledger.models import RentRun
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
        context = signed_in(user).get(reverse("rent_ledger:arrears"), {"situation": "tous", "suivi": "tous"}).context
        found[f"list, {role}"] = (context["amount"], context["count"])
        ages = [tile.total for tile in context["ages"]]
        found[f"by age, {role}"] = (sum((age.amount for age in ages), ZERO), sum(age.count for age in ages))
        if role != Role.DIRECTOR:
            rows = list(arrears_for(Actor.of(user)))
            found[f"rows, {role}"] = (sum((row.debt for row in rows), ZERO), len(rows))
    read = signed_in(users[Role.DIRECTOR]).get("/api/v1/arrears/totals").json()["ages"]
    found["by age, API"] = (sum((Decimal(age["amount"]) for age in read), ZERO), sum(age["count"] for age in read))
    states = list(arrears_for(Actor.of(users[Role.RENTAL_MANAGER])))
    natures = debt_by_nature([row.pk for row in states], day=day)
    # The natures are those of the whole debt, as the law counts it: what plans ask later is taken off below them.
    spread = sum((row.spread for row in states), ZERO)
    parts = [part for rows in natures.values() for part in rows]
    found["by nature"] = (sum((part.amount for part in parts), ZERO) - spread, len(natures))
    export = signed_in(users[Role.RENTAL_MANAGER]).get(reverse("rent_ledger:arrears_export"), {"situation": "tous"})
    lines = list(csv.DictReader(export.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    found["export"] = (sum((Decimal(line["Dû aujourd’hui"].replace(",", ".")) for line in lines), ZERO), len(lines))
    return found


class House:
    """What each role reads, in one world. The homes by their role; `count`: how many rows a list has; `total`: how many
    the API has."""

    def __init__(self, day: date, users: Mapping[str, User]) -> None:
        self.users = users
        self.clients = {role: signed_in(user) for role, user in users.items()}
        self.actors = {role: Actor.of(user) for role, user in users.items()}
        self.homes = {
            Role.RENTAL_MANAGER: rental_home(actor=self.actors[Role.RENTAL_MANAGER], day=day),
            Role.HEAD_OF_SOCIAL: head_home(actor=self.actors[Role.HEAD_OF_SOCIAL], day=day),
            Role.DIRECTOR: director_home(day=day),
        }

    def page(self, role: str, name: str, *args: int, **asked: str) -> Any:
        """The context of a page."""
        response = self.clients[role].get(reverse(name, args=args), asked)
        assert response.status_code == 200, (role, name, response.status_code)
        return response.context

    def count(self, role: str, name: str, **asked: str) -> int:
        return int(self.page(role, name, **asked)["page"].paginator.count)

    def read(self, role: str, path: str, **asked: str) -> Any:
        response = self.clients[role].get(f"/api/v1/{path}", asked)
        assert response.status_code == 200, (role, path, response.content)
        return response.json()

    def total(self, role: str, path: str, **asked: str) -> int:
        return int(self.read(role, path, **asked)["count"])

    def readers(self, data: Data) -> list[str]:
        return [role for role, actor in self.actors.items() if can(actor, Read(data))]

    def menu(self, role: str, name: str) -> int:
        """The number beside an entry of the menu; 0 where there is none."""
        return MENU_COUNTS[name](self.actors[role])

    def todo(self, role: str, words: str) -> int:
        """The number before `words` in the tasks of a home; 0 where there is none."""
        found = [re.match(r"(\d+)", todo.title) for todo in self.homes[role].tasks if words in todo.title]
        return sum(int(number[1]) for number in found if number)


def counts_told(day: date) -> dict[str, dict[str, int]]:
    """By thing, its number at each place that gives one: homes, lists, menu, API, to each role that reads it."""
    review_calls()  # as each minute: the counts read the states, the sheet asks what holds a call back
    house = House(day, {role: make_user(role=role) for role in ROLES})
    manager, head, director = Role.RENTAL_MANAGER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR
    rental, social, direction = house.homes[manager], house.homes[head], house.homes[director]
    letters = house.page(manager, "office:post")["page"].paginator.count
    calls = house.page(manager, "office:calls")["sheet"].count
    bank = house.page(manager, "rent_ledger:bank")
    listed = house.page(manager, "rent_ledger:arrears", situation=TO_DECIDE_WORD)
    dwellings, occupied = occupancy(day)
    return {
        "decisions": {
            "home": rental.to_decide,
            "menu": house.menu(manager, "rent_ledger:arrears"),
            "list": listed["page"].paginator.count + listed["folded"],
            "list with the small remainders": house.count(
                manager, "rent_ledger:arrears", situation=TO_DECIDE_WORD, restes="1"
            ),
            "API": house.total(manager, "arrears", to_decide="true"),
        },
        "bank lines": {
            "home": house.todo(manager, "de banque à confirmer"),
            "menu": house.menu(manager, "rent_ledger:bank"),
            "inbox": bank["proposed"].count + bank["to_place"].count,
            "API": sum(house.total(manager, "bank-lines", state=state) for state in ("PROPOSED", "TO_PLACE")),
        },
        "letters": {"home": house.todo(manager, "à poster"), "lot": letters},
        "calls": {"home": house.todo(manager, "à passer"), "sheet": calls},
        "what waits among messages": {
            "menu": house.menu(manager, "office:messages"),
            "pages": house.count(manager, "office:messages", etat="echec") + calls + letters,
        },
        **_messages(house),
        **_demands(house),
        "alerts": {
            "head": social.open_alerts,
            "workers": sum(row.to_take + row.to_answer for row in social.workers),
            "list": house.count(head, "social_link:alerts"),
            "API": house.total(head, "alerts"),
        },
        "alerts to take": {
            "head": social.to_take,
            "menu": house.menu(head, "social_link:alerts"),
            "API": house.total(head, "alerts", state="to_acknowledge"),
        },
        "measures": {
            "director": sum(n for _, n in direction.measures),
            "list": house.count(head, "social_link:measures"),
            "API": house.total(head, "measures", running="true"),
        },
        "referrals that wait": {
            "list": house.count(head, "social_link:referrals"),
            "count of the year": house.page(head, "social_link:referral_totals")["totals"].whole.waiting,
        },
        "tickets to assign": {
            "menu": house.menu(manager, "maintenance:tickets"),
            "list": house.count(manager, "maintenance:tickets", etat="a_attribuer"),
            "API": house.total(manager, "tickets", state="to_assign"),
        },
        "empty dwellings": {
            "director": direction.vacancy.empty_now,
            "stock": dwellings - occupied,
            "list of the manager": house.count(manager, "stock:dwellings", etat="vide"),
            "list of the director": house.count(director, "stock:dwellings", etat="vide"),
            "API": house.total(manager, "dwellings", occupancy="vacant"),
        },
        "dwellings": {
            "director": direction.dwellings,
            "list": house.count(manager, "stock:dwellings", etat="tous"),
            "API": house.total(manager, "dwellings"),
        },
        "leases": {
            "director": direction.leases,
            "list": house.count(manager, "leases:leases"),
            "API": house.total(manager, "leases", state="ACTIVE"),
        },
    }


def _messages(house: House) -> dict[str, dict[str, int]]:
    """All of them and those that did not arrive, in the list and in the API, to each role that reads them; and those of
    each state, which are all of them. Who reads the contacts of all reads those of the social service too."""
    found: dict[str, dict[str, int]] = {"messages": {}, "messages, social too": {}, "messages that did not arrive": {}}
    for role in house.readers(Data.MESSAGE):
        states = sum(house.total(role, "messages", state=state) for state in MessageState.values)
        reads_social = role in house.readers(Data.CONTACT)
        found["messages, social too" if reads_social else "messages"] |= {
            f"list, {role}": house.count(role, "office:messages", etat="tous"),
            f"API, {role}": house.total(role, "messages"),
            f"API by state, {role}": states,
        }
        found["messages that did not arrive"] |= {
            f"list, {role}": house.count(role, "office:messages", etat="echec"),
            f"API, {role}": house.total(role, "messages", failed="true"),
        }
    return found


def _demands(house: House) -> dict[str, dict[str, int]]:
    """The avis of each run that is done, and how many of them left: on its page, in its rows, in the list of the runs,
    in the API, to each role that reads them."""
    found: dict[str, dict[str, int]] = {}
    readers = house.readers(Data.RENT_RUN)
    for run in RentRun.objects.filter(state=RunState.DONE).order_by("pk"):
        issued = found[f"avis of run {run.pk}"] = {}
        sent = found[f"avis of run {run.pk} that left"] = {}
        for role in readers:
            page = house.page(role, "rent_ledger:run", run.pk)
            months = house.page(role, "rent_ledger:runs")["history"]
            [line] = [one for month in months for one in month.lines if one.run == run]
            told = house.read(role, f"rent-runs/{run.pk}")
            rows = house.read(role, f"rent-runs/{run.pk}/demands", page_size="100")
            assert rows["count"] == len(rows["items"]), "one page of rows is read"
            standing = [row for row in rows["items"] if row["state"] == DemandState.ISSUED]
            issued |= {
                f"page, {role}": page["totals"].issued,
                f"rows, {role}": page["page"].paginator.count,
                f"list of runs, {role}": line.issued,
                f"API, {role}": told["issued"],
                f"API rows, {role}": len(standing),
            }
            sent |= {
                f"page, {role}": page["totals"].sent,
                f"list of runs, {role}": line.sent,
                f"API, {role}": told["sent"],
                f"API rows, {role}": sum(row["sent_at"] is not None for row in standing),
            }
    return found
