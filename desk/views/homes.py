"""The home page of each role: its day, with its work before its figures. `desk.roles` says whose is which."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from common import clock
from common.address import number_in
from common.links import link
from common.sheets import sheet
from desk.counts import MENU_COUNTS
from desk.menu import PLACES
from desk.queries import rental_home, social_home
from desk.queries.admin_home import admin_home
from desk.queries.director_home import director_home
from desk.queries.figures import SPANS, span_of
from desk.queries.funder_home import funded_of, funder_home
from desk.waiting import read_together
from office.access.actor import Actor
from office.access.requests import HouseRequest
from rent_ledger.arrears.looks import arrears_page
from rent_ledger.books.codes import Lane
from rent_ledger.credits.parameters import look_days
from rent_ledger.credits.queries import credits_waiting
from social_link.funding.queries import SHEET_HEAD, sheet_rows

CREDITS = "rent_ledger:credits"
# What a colleague asked and waits for the director, by url name.
TO_CONFIRM = ("office:staff_requests", "office:iban_changes", "rent_ledger:write_offs")


def rental(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    urls = {"cash": link("rent_ledger:payments"), "arrears": arrears_page(),
            "referred": arrears_page(Lane.REFERRED)}  # fmt: skip
    return render(
        request,
        "desk/home/rental.html",
        {**context, "page": rental_home.rental_home(actor=actor, day=clock.today()), "urls": urls},
    )


def social(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    asked = request.GET.get("s", "0")
    number = number_in(asked.removeprefix("-")) or 0
    week = max(-52, min(52, -number if asked.startswith("-") else number))
    page = social_home.social_home(
        actor=actor, day=clock.today(), hour=clock.now().astimezone(clock.PARIS).hour, week=week
    )
    return render(request, "desk/home/social.html", {**context, "page": page, "week": week, "urls": _social_urls()})


def head(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    page = social_home.head_home(actor=actor, day=clock.today())
    return render(request, "desk/home/head.html", {**context, "page": page, "urls": _social_urls()})


def _social_urls() -> dict[str, str]:
    return {"alerts": link("social_link:alerts"), "contact": link("social_link:contact_new"),
            "visit": link("social_link:visit_new"), "measures": link("social_link:measures"),
            "contacts": link("social_link:contacts"), "absences": link("social_link:absences"),
            "rights": link("social_link:rights")}  # fmt: skip


def technician(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    """A technician's home is the phone round."""
    return redirect("maintenance:round")


def director(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    page = director_home(day=clock.today(), span=span_of(request.GET.get("p")))
    waiting = read_together([MENU_COUNTS[name] for name in TO_CONFIRM], actor)
    to_confirm = [(PLACES[name], link(name), n) for name, n in zip(TO_CONFIRM, waiting, strict=True) if n]
    day = clock.today()
    return render(
        request,
        "desk/home/director.html",
        {
            **context, "page": page, "spans": SPANS.items(), "to_confirm": to_confirm,
            # The rental managers decide of it: it is counted apart.
            "credits": credits_waiting(day, days=look_days(day)), "credits_place": PLACES[CREDITS],
            "credits_url": link(CREDITS, etat="a-decider"),
            "waiting": sum(waiting) + page.ending, "ending_url": link("stock:agreements", etat="bientot"),
        },
    )  # fmt: skip


def funder(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    if request.GET.get("export") == "mois":
        day = clock.today()
        return sheet(f"financement-{day.year}", SHEET_HEAD, sheet_rows(funded_of(actor.organisation_ids, day)))
    page = funder_home(organisation_ids=actor.organisation_ids, day=clock.today(), span=span_of(request.GET.get("p")))
    if request.GET.get("export") == "mesures":
        rows = [(flow.label, flow.before, flow.opened, flow.ended, flow.after) for flow in page.flow]
        head = ("Mesure", f"Au {page.eve:%d/%m/%Y}", "Ouvertes", "Terminées", f"Au {page.last:%d/%m/%Y}")
        return sheet(f"mesures-{page.start:%Y-%m-%d}-{page.last:%Y-%m-%d}", head, rows)
    return render(request, "desk/home/funder.html", {**context, "page": page, "spans": SPANS.items()})


def administrator(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    urls = {"jobs": link("office:jobs"), "staff": link("office:staff"), "parameters": link("office:parameters"),
            "access_log": link("office:access_log")}  # fmt: skip
    return render(
        request,
        "desk/home/administrator.html",
        {**context, "page": admin_home(day=clock.today()), "urls": urls},
    )


def plain(request: HouseRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    """For a role that has no home of its own yet: the places of its menu."""
    return render(request, "desk/home/plain.html", context)
