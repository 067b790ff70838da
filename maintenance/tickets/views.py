"""The desk: list of tickets, a ticket, a new one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.address import number_in
from common.answers import attempt, status_of, tell_done
from common.columns import Column
from common.links import household_page, link, way_back
from common.typography import agree, counted, uncapitalised
from leases.households.perms import can_read_households
from leases.models import Household
from maintenance.tickets import perms
from maintenance.tickets.codes import Source
from maintenance.tickets.filters import OWN_STATES, SORTS, TicketFilter
from maintenance.tickets.forms import (
    AssignForm,
    CancelForm,
    CloseForm,
    HoldForm,
    SeenForm,
    TicketForm,
)
from maintenance.tickets.models import Ticket
from maintenance.tickets.notices import MISSED, REPORTED
from maintenance.tickets.parameters import delays_on
from maintenance.tickets.queries import (
    hidden_households,
    is_protected,
    open_tickets_of,
    passages_of,
    place_of,
    request_photos,
    search_places,
    technicians,
    tickets_for,
    told,
    told_by,
)
from maintenance.tickets.rules.priority import propose_payer, urgency
from maintenance.tickets.services import tickets as services
from maintenance.tickets.services.photos import open_photo
from maintenance.tickets.services.taking_back import take_back_given
from office.access.matrix import ASK, OWN, SHORT, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import serve
from office.notices.services import mark_opened
from office.requests.pages import form_sent_once
from stock.models import Dwelling

PER_PAGE = 50
COLUMNS = [
    Column("Demande"),
    Column("Logement", "logement"),
    Column("Priorité", "priorite"),
    Column("À faire avant", "du"),
    Column("Technicien", "technicien"),
    Column("Situation"),
]


def _sorted(request: HouseRequest) -> tuple[str, ...]:
    key = request.GET.get("tri", "du")
    names = SORTS.get(key.removeprefix("-"), SORTS["du"])
    return (f"-{names[0]}", *names[1:]) if key.startswith("-") else names


@require_GET
@allow(Read(Data.TICKET, OWN))
def tickets(request: HouseRequest) -> HttpResponse:
    """The list, with filters, sort, paging and the assignment of several."""
    actor = request.actor
    is_technician = can(actor, Read(Data.TICKET, OWN)) and not can(actor, Read(Data.TICKET))
    filters = TicketFilter(request.GET, queryset=tickets_for(actor), request=request, own=is_technician)
    if is_technician:
        return _on_the_phone(request, filters)
    rows = filters.qs.order_by(
        *[
            F(name.lstrip("-")).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
            for name in _sorted(request)
        ]
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    told_by(actor, [row for row in page.object_list if not row.is_hidden])
    may_plan = perms.can_plan(actor)
    return render(
        request,
        "maintenance/tickets/list.html",
        {
            "filters": filters,
            "page": page,
            "columns": COLUMNS,
            "may_plan": may_plan,
            "may_open": perms.can_open(actor),
            "technicians": technicians() if may_plan else [],
        },
    )


def _on_the_phone(request: HouseRequest, filters: TicketFilter) -> HttpResponse:
    """The list of a technician: own requests by the day on which he goes there, the next ones first."""
    state = filters.data["etat"]
    if state in ("faites", "toutes"):
        rows = filters.qs.order_by(F("planned_on").desc(nulls_last=True), "-id")
    else:
        rows = filters.qs.order_by(
            *[F(name).asc(nulls_last=True) for name in ("planned_on", "planned_at", "due_on")], "id"
        )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    told_by(request.actor, [row for row in page.object_list if not row.is_hidden])
    context = {"page": page, "state": state, "text": filters.data.get("q", ""), "states": OWN_STATES}
    return render(request, "maintenance/tickets/phone.html", context)


@require_POST
@allow(Write(Data.TICKET))
def assign_many(request: HouseRequest) -> HttpResponse:
    """The chosen lines go to one technician, all or none."""
    actor = request.actor
    ids = [number for value in request.POST.getlist("ids") if (number := number_in(value))]
    chosen = list(Ticket.objects.visible_to(actor).filter(pk__in=ids))
    to = technicians().filter(pk=number_in(request.POST.get("to")) or 0).first()
    if not chosen:
        messages.error(request, "Choisissez au moins une demande.")
    elif to is None:
        messages.error(request, "Choisissez le technicien.")
    else:
        done = attempt(lambda: services.assign_many(tickets=chosen, to=to, actor=actor))
        done.tell(request)
        if done:
            undo = link("maintenance:assign_back", d=",".join(_undo(one) for one in done.value))
            tell_done(request, f"{counted(len(chosen), 'demande')} pour {to}.", undo=undo)
    return redirect(way_back(request, "maintenance:tickets"))


def _undo(one: services.Given) -> str:
    return f"{one.ticket_id}:{one.former_id or 0}:{one.seen}"


@require_POST
@allow(Write(Data.TICKET))
def assign_back(request: HouseRequest) -> HttpResponse:
    """« Annuler » what was given together: `d` names each ticket, who had it, and what it was since."""
    given = []
    for text in request.GET.get("d", "").split(","):
        pk, former, seen = [*text.split(":", 2), "", ""][:3]
        if (number := number_in(pk)) and former.isdecimal():
            given.append(services.Given(number, number_in(former) or None, seen))
    back = attempt(lambda: take_back_given(given=given, actor=request.actor))
    back.tell(
        request,
        lambda n: f"{counted(n, 'demande')} {agree(n, 'rendue,rendues')} à qui {agree(n, 'l’avait,les avait')}.",
    )
    return redirect(way_back(request, "maintenance:tickets"))


def _ticket(request: HouseRequest, pk: int) -> Ticket:
    return get_object_or_404(tickets_for(request.actor), pk=pk)


@require_GET
@allow(Read(Data.TICKET, OWN))
def ticket(request: HouseRequest, pk: int) -> HttpResponse:
    """One ticket: its clock, its passages, and what may be done with it."""
    actor = request.actor
    row = _ticket(request, pk)
    if not can(actor, Read(Data.TICKET)):
        return redirect("maintenance:job", pk=row.pk)
    mark_opened(MISSED, REPORTED, about_id=row.pk, actor=actor)
    return _page(request, row)


def _page(request: HouseRequest, row: Ticket, **forms: Form) -> HttpResponse:
    """The page of a ticket of the desk. `forms`: what was typed and refused, by the name that the page gives it."""
    actor, seen = request.actor, {"seen": row.seen}
    masked: bool = row.is_hidden  # type: ignore[attr-defined]
    others = open_tickets_of(row.dwelling, actor=actor, of=row.household_id if masked else None)
    told_by(actor, [] if masked else [row])
    reason = urgency(
        trade=row.trade,
        problem=row.problem,
        opened_on=row.opened_at.astimezone(clock.PARIS).date(),
        delays=delays_on(row.opened_at.astimezone(clock.PARIS).date()),
        chosen=row.priority,
    )
    refused = {name: form for name, form in forms.items() if form.errors}
    return render(
        request,
        "maintenance/tickets/ticket.html",
        {
            "ticket": row,
            "why": reason.reason,
            "passages": passages_of(row, actor),
            "photos": request_photos(row, actor),
            "others": [other for other in others if other.pk != row.pk],
            "place": place_of(row.dwelling),
            "masked": masked,
            "household_url": household_page(row.household_id) if can_read_households(actor) else "",
            "dwelling_url": link("stock:dwelling", row.dwelling_id) if can(actor, Read(Data.STOCK)) else "",
            "safety": row.dwelling.safety_notice if can(actor, Read(Data.SAFETY_NOTICE, SHORT)) else "",
            "may_plan": perms.can_plan(actor),
            "proposal": propose_payer(problem=row.problem),
            "assign_form": AssignForm(
                initial=seen | {"to": row.assignee_id, "planned_on": row.planned_on, "planned_at": row.planned_at}
            ),
            "hold_form": HoldForm(initial=seen, auto_id="attente_%s"),
            "cancel_form": CancelForm(initial=seen, auto_id="annuler_%s"),
            "close_form": CloseForm(
                initial=seen | {"paid_by": propose_payer(problem=row.problem).paid_by}, auto_id="passage_%s"
            ),
            "is_late": row.is_open and not row.is_held and row.due_on < clock.today(),
            **refused,
        },
        status=status_of(*refused.values()),
    )


# Where the page shows each form.
_SHOWN: dict[str, Callable[[Ticket], bool]] = {
    "assign_form": lambda row: row.may_change,
    "hold_form": lambda row: row.may_change and not row.is_held,
    "cancel_form": lambda row: row.may_change,
    "close_form": lambda row: row.is_open and row.assignee_id is not None,
}


def _act(
    request: HouseRequest,
    pk: int,
    form: Form,
    call: Callable[[Ticket, dict[str, Any]], object],
    done: str,
    name: str = "",
) -> HttpResponse:
    """An action on a ticket of the desk: the form, the service, back to the ticket. What is refused is shown again as
    it was typed in the form `name`, beside the ticket as it is now."""
    row = _ticket(request, pk)
    tried = attempt(lambda: call(row, form.cleaned_data), form)
    if not tried:
        row = _ticket(request, pk)
        if name and _SHOWN[name](row):
            # Who sees the ticket as it is now may send it again.
            form.data = typed = request.POST.copy()
            typed["seen"] = row.seen
            return _page(request, row, **{name: form})
    tried.tell(request, done)
    return redirect("maintenance:ticket", pk=pk)


@require_POST
@allow(Write(Data.TICKET))
def assign(request: HouseRequest, pk: int) -> HttpResponse:
    """To a technician, with or without a day."""
    actor = request.actor

    def call(row: Ticket, data: dict[str, Any]) -> None:
        if data["planned_on"]:
            services.plan(
                ticket=row, to=data["to"], on=data["planned_on"], at=data["planned_at"], actor=actor, seen=data["seen"]
            )
        else:
            services.assign(ticket=row, to=data["to"], actor=actor, seen=data["seen"])

    return _act(request, pk, AssignForm(request.POST), call, "Demande attribuée.", "assign_form")


@require_POST
@allow(Write(Data.TICKET))
def hold(request: HouseRequest, pk: int) -> HttpResponse:
    """On hold until a day, with its reason."""
    actor = request.actor

    def call(row: Ticket, data: dict[str, Any]) -> None:
        services.hold(ticket=row, reason=data["reason"], until=data["until"], actor=actor, seen=data["seen"])

    form, done = HoldForm(request.POST, auto_id="attente_%s"), "Demande mise en attente."
    return _act(request, pk, form, call, f"{done} Son délai est arrêté jusqu’à la reprise.", "hold_form")


@require_POST
@allow(Write(Data.TICKET))
def resume(request: HouseRequest, pk: int) -> HttpResponse:
    """The hold ends."""
    actor = request.actor

    def call(row: Ticket, data: dict[str, Any]) -> None:
        services.resume(ticket=row, actor=actor, seen=data["seen"])

    return _act(
        request, pk, SeenForm(request.POST), call, "Demande reprise. Les jours d’attente sont rendus à son délai."
    )


@require_POST
@allow(Write(Data.TICKET))
def cancel(request: HouseRequest, pk: int) -> HttpResponse:
    """Cancelled, with the reason."""
    actor = request.actor

    def call(row: Ticket, data: dict[str, Any]) -> None:
        services.cancel(ticket=row, reason=data["reason"], actor=actor, seen=data["seen"])

    form = CancelForm(request.POST, auto_id="annuler_%s")
    return _act(request, pk, form, call, "Demande annulée.", "cancel_form")


@require_POST
@allow(Write(Data.TICKET))
def note_done(request: HouseRequest, pk: int) -> HttpResponse:
    """Noted as done by the desk (the technician phoned)."""
    actor = request.actor

    def call(row: Ticket, data: dict[str, Any]) -> None:
        services.close(
            ticket=row,
            outcome=data["outcome"],
            paid_by=data["paid_by"],
            report=data["report"],
            part=data["part"],
            part_until=data["part_until"],
            other_trade=data["other_trade"],
            actor=actor,
            seen=data["seen"],
        )

    form = CloseForm(request.POST, auto_id="passage_%s")
    # The desk writes what it reads itself, in a dialog that is not shown again.
    form.guarded = ()
    return _act(request, pk, form, call, "Passage noté.", "close_form")


def _where(request: HouseRequest) -> tuple[Dwelling | None, list[Household]]:
    """The dwelling named in the address (`logement` or `menage`), and who lives there today."""
    day = clock.today()
    number, household = number_in(request.GET.get("logement")), number_in(request.GET.get("menage"))
    rows = Dwelling.objects.select_related("building")
    if household is not None:
        rows = rows.filter(occupancies__household=household, occupancies__period__contains=day)
    elif number is not None:
        rows = rows.filter(pk=number)
    else:
        return None, []
    dwelling = rows.first()
    if dwelling is None:
        raise Http404
    living = Household.objects.filter(occupancies__dwelling=dwelling, occupancies__period__contains=day)
    return dwelling, list(living.distinct())


@allow(Write(Data.TICKET, ASK))
@form_sent_once
def ticket_new(request: HouseRequest) -> HttpResponse:
    """A new request: find the dwelling, name the problem. The open tickets of the dwelling are shown beside."""
    actor = request.actor
    dwelling, households = _where(request)
    if dwelling is None:
        text = request.GET.get("q", "")
        context = {"q": text, "places": search_places(text, actor=actor)}
        template = "maintenance/tickets/includes/places.html" if request.htmx else "maintenance/tickets/where.html"
        return render(request, template, context)
    hidden = hidden_households(actor, households)
    named = number_in(request.GET.get("menage")) or 0
    # Found by its name, the household's address is masked; found by the address, its name is.
    masked = named in hidden
    households = [h for h in households if (h.pk == named if masked else h.pk not in hidden)]
    for household in households:
        if not masked and is_protected(household.pk):
            told(actor, household)
    source = Source.HOUSEHOLD_PAGE if "menage" in request.GET else Source.DESK
    form = TicketForm(request.POST or None, households=households, initial={"source": source})
    # By the household alone: its dwelling is not told, and a request without the household would tell it.
    where = {"dwelling": None, "household": households[0]} if masked else {"dwelling": dwelling}
    made = attempt(lambda: services.open_ticket(actor=actor, **form.cleaned_data | where), form)
    if made:
        made.tell(request, lambda row: f"Demande {row.reference} ouverte, {uncapitalised(row.get_priority_display())}.")
        return redirect("maintenance:ticket", pk=made.value.pk)
    return render(
        request,
        "maintenance/tickets/new.html",
        {
            "dwelling": dwelling,
            "households": households,
            "form": form,
            "others": open_tickets_of(dwelling, actor=actor, of=named if masked else None),
            "place": place_of(dwelling),
            "masked": masked,
            "occupied": bool(hidden) and not masked,
        },
        status=status_of(form),
    )


@require_GET
@allow(Read(Data.TICKET, OWN))
def photo(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """The picture of a passage that the actor may see, else 404. What shows a protected home is logged."""
    row = open_photo(photo=uuid, actor=request.actor)
    if row is None:
        raise Http404
    return serve(request, row)
