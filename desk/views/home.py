"""The home page: each role's day, with its work before its figures."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common import clock
from common.links import link
from desk import lanes
from desk.menu import MENUS
from desk.selectors import figures, rental_home, social_home
from office.actor import Actor
from office.enums import Role
from office.permissions import allow
from rent_ledger.enums import Lane

# Whoever has several roles starts with the first of them in the order of the menus, and finds the others beside it.
ORDER = tuple(Role(role) for role in MENUS)
LABELS = {
    Role.RENTAL_MANAGER: "Gestion locative",
    Role.SOCIAL_WORKER: "Travail social",
    Role.HEAD_OF_SOCIAL: "Service social",
    Role.TECHNICIAN: "Technique",
    Role.DIRECTOR: "Direction",
    Role.FUNDER: "Financeur",
    Role.ADMINISTRATOR: "Administration",
}


@require_safe
@allow()
def home(request: HttpRequest) -> HttpResponse:
    """The home of the actor's role, or of the one named by `?role=` among his own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    roles = [role for role in ORDER if actor.has_role(role)]
    asked = request.GET.get("role", "")
    role = next((r for r in roles if r.value == asked), roles[0])
    others = [(LABELS[r], f"?role={r}", r == role) for r in roles] if len(roles) > 1 else []
    return _HOMES[role](request, actor, {"homes": others, "today": clock.today(), "first_name": _first_name(actor)})


def _first_name(actor: Actor) -> str:
    return actor.user.first_name if actor.user else ""


def _rental(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    urls = {"cash": link("rent_ledger:payments"), "arrears": lanes.arrears_page(),
            "referred": lanes.arrears_page(Lane.REFERRED)}  # fmt: skip
    return render(
        request, "desk/home/rental.html", {**context, "page": rental_home.rental_home(day=clock.today()), "urls": urls}
    )


def _social(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    asked = request.GET.get("s", "0")
    week = max(-52, min(52, int(asked))) if asked.lstrip("-").isdigit() else 0
    page = social_home.social_home(actor=actor, day=clock.today(), week=week)
    return render(request, "desk/home/social.html", {**context, "page": page, "week": week, "urls": _social_urls()})


def _head(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    page = social_home.head_home(actor=actor, day=clock.today())
    return render(request, "desk/home/head.html", {**context, "page": page, "urls": _social_urls()})


def _social_urls() -> dict[str, str]:
    return {"alerts": link("social_link:alerts"), "contact": link("social_link:contact_new"),
            "visit": link("social_link:visit_new"), "measures": link("social_link:measures"),
            "contacts": link("social_link:contacts")}  # fmt: skip


def _technician(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    """A technician's home is the phone round."""
    return redirect("maintenance:round")


def _director(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    span = request.GET.get("p", "mois")
    span = span if span in figures.SPANS else "mois"
    page = figures.director_home(day=clock.today(), span=span)
    return render(request, "desk/home/director.html", {**context, "page": page, "spans": figures.SPANS.items()})


def _funder(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    page = figures.funder_home(organisation_ids=actor.organisation_ids, day=clock.today())
    return render(request, "desk/home/funder.html", {**context, "page": page})


def _administrator(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    urls = {name: link(f"office:{name}") for name in ("jobs", "staff", "parameters", "access_log")}
    return render(
        request,
        "desk/home/administrator.html",
        {**context, "page": figures.admin_home(day=clock.today()), "urls": urls},
    )


_HOMES: dict[Role, Callable[[HttpRequest, Actor, dict[str, Any]], HttpResponse]] = {
    Role.RENTAL_MANAGER: _rental,
    Role.SOCIAL_WORKER: _social,
    Role.HEAD_OF_SOCIAL: _head,
    Role.TECHNICIAN: _technician,
    Role.DIRECTOR: _director,
    Role.FUNDER: _funder,
    Role.ADMINISTRATOR: _administrator,
}
