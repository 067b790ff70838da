"""Leases: the list by family and state, a lease with its preparation, and what changes it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from common import clock
from common.answers import attempt, status_of, tell_done
from common.columns import Column
from common.links import link
from common.listing import page_of
from common.money import ZERO
from common.periods import contains
from common.reasons import Reason
from leases.contracts import forms as f
from leases.contracts.codes import (
    ABOUT_LEASE,
    DEBTOR_ROLES,
    ArrearsFrame,
    LeaseKind,
    LeaseQuestion,
    LeaseState,
    PartyRole,
)
from leases.contracts.filters import SORTS_LEASES, LeaseFilter
from leases.contracts.models import Lease, LeaseCheck, LeaseParty, Occupancy, PaperWish
from leases.contracts.natures import Nature
from leases.contracts.parameters import durations, durations_on
from leases.contracts.queries import checklist, due_on, first_demand, leaves_nobody, terms_on
from leases.contracts.rules.families import family_of, may_have_aid
from leases.contracts.services import ending, parties, preparation
from leases.contracts.services.terms import seen_terms, set_due_terms, set_rent_term
from leases.contracts.services.wishes import record_wish, withdraw_wish
from leases.households.codes import MemberRole
from leases.households.filters import HouseholdFilter
from leases.households.forms import LastDayForm
from leases.households.models import Household
from leases.households.perms import address_of, is_address_protected
from leases.households.services import create_person
from leases.households.views import household_url
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed
from office.confirmations.services import Answers, sentences
from office.parameters.queries import params_on

COLUMNS = [
    Column("Bail", "bail"),
    Column("Ménage", "menage"),
    Column("Logement"),
    Column("Famille"),
    Column("Début", "debut"),
    Column("Fin", "fin"),
    Column("Par mois", num=True),
    Column("État"),
]
# As many as fit under the field. Typing more of the name finds the others.
HOUSEHOLDS = 8


def _dressed(ids: list[int]) -> list[Lease]:
    """These leases with their household, dwelling and rent. Two queries."""
    rows = Lease.objects.filter(pk__in=ids).select_related("household", "unit__dwelling__building")
    return list(rows.prefetch_related("rent_terms"))


@require_GET
@allow(Read(Data.LEASE))
def leases(request: HouseRequest) -> HttpResponse:
    """The list: search, family, state, sort, paging."""
    actor = request.actor
    today = clock.today()
    filters = LeaseFilter(request.GET, queryset=Lease.objects.visible_to(actor), request=request)
    page: Page[Any] = page_of(request, filters.qs, sorts=SORTS_LEASES, default="bail", dress=_dressed)
    households = {row.household_id for row in page}
    protected = {
        row.pk
        for row in Household.objects.filter(pk__in=households).with_protection(today)
        if is_address_protected(row)
    }
    for row in page:
        row.household.is_protected = row.household_id in protected
        row.household_url = household_url(row.household)
        row.address = address_of(actor, row.household, address=row.unit.dwelling.address)
        day = max(today, row.period.lower)
        row.monthly = sum((term.amount for term in terms_on(row, day)), ZERO)
    return render(
        request,
        "leases/contracts/list.html",
        {"filters": filters, "page": page, "columns": COLUMNS, "may_write": can(actor, Write(Data.LEASE))},
    )


def _lease(request: HouseRequest, pk: int) -> Lease:
    actor = request.actor
    return get_object_or_404(
        Lease.objects.visible_to(actor)
        .select_related("household", "unit__dwelling__building", "agreement__owner", "bank_account")
        .prefetch_related(
            "parties__person",
            "guarantees__person",
            "guarantees__body",
            "rent_terms",
            "due_terms",
            "checks__author",
            "occupancies",
            "paper_wishes__person",
            "paper_wishes__taken_by",
            "paper_wishes__withdrawn_by",
        ),
        pk=pk,
    )


@require_GET
@allow(Read(Data.LEASE))
def lease(request: HouseRequest, pk: int) -> HttpResponse:
    """A lease: parties, dated amounts, due rule, preparation, first demand, occupancies."""
    return _page(request, _lease(request, pk))


def _page(request: HouseRequest, row: Lease, *, status: int = 200, **bound: Any) -> HttpResponse:
    actor = request.actor
    today = clock.today()
    lines = checklist(row)
    family = family_of(row.kind)
    day = max(today, row.period.lower)
    terms = sorted(row.rent_terms.all(), key=lambda term: (term.period.lower, term.nature), reverse=True)
    may_write = can(actor, Write(Data.LEASE))
    last = row.period.upper
    due = due_on(row, day)
    address = address_of(actor, row.household, address=row.unit.dwelling.address)
    return render(
        request,
        "leases/contracts/lease.html",
        {
            "lease": row,
            "household_url": household_url(row.household),
            "address": address,
            "family": family,
            # Whose dwelling it is says something of the address.
            "family_text": family.text_for(
                is_hlm=row.agreement.owner.is_hlm and not address.is_masked,
                is_conventioned=row.agreement.is_conventioned and not address.is_masked,
            ),
            "durations": durations_on(today, row.kind),
            "lines": lines,
            "done": sum(line.is_done for line in lines),
            "is_ready": all(line.is_done for line in lines),
            "is_draft": row.state == LeaseState.DRAFT,
            "is_active": row.state == LeaseState.ACTIVE,
            "is_over": row.state == LeaseState.ACTIVE and last is not None and last <= today,
            "terms_now": terms_on(row, day),
            "monthly": sum((term.amount for term in terms_on(row, day)), ZERO),
            "terms": terms,
            "due": due,
            "parties": sorted(row.parties.all(), key=lambda p: (list(PartyRole).index(PartyRole(p.role)), p.pk)),
            # With whose end nobody is bound any more: asked about where the end is typed.
            "asks_last": LeaseQuestion.NOBODY_BOUND.lower(),
            "last_asked": sentences([Reason(LeaseQuestion.NOBODY_BOUND, {"on": today})]),
            "confirmed": confirmed(ABOUT_LEASE, row.pk, LeaseQuestion),
            "last_bound": {p.pk for p in row.parties.all() if p.period.upper is None and leaves_nobody(p, row, today)},
            "is_unbound": row.state == LeaseState.ACTIVE
            and row.period.lower <= today
            and (last is None or last > today)
            and not any(p.role in DEBTOR_ROLES and contains(p.period, today) for p in row.parties.all()),
            "co_holders": {p.pk for p in row.parties.all() if p.role == PartyRole.CO_HOLDER},
            "is_solidary": family.arrears_frame == ArrearsFrame.LEASE,
            "occupancies": sorted(row.occupancies.all(), key=lambda o: o.period.lower),
            "is_occupied": any(
                contains(o.period, today) and (o.period.upper is None or last is None or o.period.upper > last)
                for o in row.occupancies.all()
            ),
            "can_undo_end": may_write
            and row.state == LeaseState.ENDED
            and last is not None
            and ending.is_recent(last, today),
            "first_demand": first_demand(row, family.word) if row.state == LeaseState.DRAFT else None,
            "may_write": may_write,
            "may_set_aid": may_have_aid(row.kind, row.unit.dwelling.stock_type) and can(actor, Write(Data.BENEFIT)),
            "can_change": may_write and row.state != LeaseState.ENDED,
            "party_form": bound.get("party_form") or f.PartyForm(household=row.household),
            "outsider_form": bound.get("outsider_form") or f.OutsiderForm(prefix="g"),
            "term_form": bound.get("term_form")
            or f.TermForm(lease=row, initial={"nature": Nature.RENT, "seen": seen_terms(row)}),
            "due_form": bound.get("due_form")
            or f.DueForm(lease=row, initial={"due_rule": due.due_rule, "due_day": due.due_day} if due else {}),
            "activate_form": bound.get("activate_form") or f.ActivateForm(),
            "notice_form": bound.get("notice_form") or f.NoticeForm(),
            "end_form": bound.get("end_form") or f.EndForm(),
            "guarantees": row.guarantees.all(),
            "wishes": row.paper_wishes.all(),
            "wish_form": bound.get("wish_form") or f.WishForm(lease=row),
            "leave_form": bound.get("leave_form") or LastDayForm(),
        },
        status=status,
    )


@allow(Write(Data.LEASE))
@vary_on_headers("HX-Request")
def lease_new(request: HouseRequest) -> HttpResponse:
    """Prepare a contract: its household first, then unit, agreement, dates, amounts, due rule."""
    actor = request.actor
    asked = (request.POST.get("household") if request.method == "POST" else request.GET.get("menage")) or ""
    chosen = Household.objects.visible_to(actor).filter(pk=int(asked)) if asked.isdecimal() else None
    household = chosen.first() if chosen is not None else None
    if household is None and request.method != "POST":
        return _for_whom(request)
    initial = {"household": household, "unit": request.GET.get("local"), "kind": LeaseKind.SUBLEASE}
    form = f.LeaseForm(request.POST or None, initial={name: value for name, value in initial.items() if value})
    made = attempt(lambda: _prepared(actor, form.cleaned_data, form.answers), form)
    if made:
        made.tell(request, lambda row: f"Le bail {row.reference} est en préparation : rien n’est appelé avant.")
        return redirect("leases:lease", pk=made.value.pk)
    params = params_on(clock.today())
    return render(
        request,
        "leases/contracts/new.html",
        {
            "form": form,
            "household": household,
            "families": [(family_of(kind), durations(params, kind)) for kind, _ in form.fields["kind"].choices],  # type: ignore[attr-defined]
        },
        status=status_of(form),
    )


def _for_whom(request: HouseRequest) -> HttpResponse:
    """A few households by name, member, phone or reference; those that wait for a home before anything is typed."""
    query = request.GET.get("q", "").strip()[:80]
    visible = Household.objects.visible_to(request.actor)
    asked = {"q": query, "etat": "tous"} if query else {"etat": "attente"}
    rows = HouseholdFilter(asked, queryset=visible, request=request).qs
    found = list((rows.order_by("sort_key", "id") if query else rows.order_by("-id"))[:HOUSEHOLDS])
    template = "leases/contracts/includes/for_whom.html" if request.htmx else "leases/contracts/for_whom.html"
    unit = request.GET.get("local", "")
    return render(request, template, {"query": query, "found": found, "unit": unit})


@transaction.atomic
def _prepared(actor: Any, data: dict[str, Any], answers: Answers) -> Lease:
    household: Household = data["household"]
    rows = household.memberships.filter(role=MemberRole.ADULT).select_related("person").order_by("id")
    members = list(rows)
    # Typed today for a contract that began before: who is there today signs it.
    days = (data["from_day"], clock.today())
    present = ([m.person for m in members if contains(m.period, day)] for day in days)
    adults = next((people for people in present if people), [])
    row = preparation.create_lease(
        actor=actor,
        kind=data["kind"],
        household=household,
        unit=data["unit"],
        agreement=data["agreement"],
        from_day=data["from_day"],
        last_day=data["last_day"],
        holder=adults[0] if adults else None,
        bank_account=data["bank_account"],
        answers=answers,
    )
    for person in adults[1:]:
        parties.add_party(actor=actor, lease=row, person=person, role=PartyRole.CO_HOLDER)
    set_rent_term(actor=actor, lease=row, nature=Nature.RENT, amount=data["rent"], answers=answers)
    if data["charges"]:
        set_rent_term(
            actor=actor, lease=row, nature=Nature.CHARGES, amount=data["charges"], mode=data["charge_mode"],
            answers=answers,
        )  # fmt: skip
    set_due_terms(actor=actor, lease=row, due_rule=data["due_rule"], due_day=data["due_day"])
    return row


def _post(
    request: HouseRequest,
    pk: int,
    name: str,
    form: forms.BaseForm,
    call: Callable[[Lease, dict[str, Any]], object],
    said: str,
) -> HttpResponse:
    """Run a change of a lease; a refusal shows the page again with the form's errors."""
    row = _lease(request, pk)
    changed = attempt(lambda: call(row, form.cleaned_data), form)
    if changed:
        changed.tell(request, said)
        return redirect("leases:lease", pk=pk)
    return _page(request, _lease(request, pk), status=422, **{name: form})


@require_POST
@allow(Write(Data.LEASE))
def check(request: HouseRequest, pk: int) -> HttpResponse:
    """Tick, waive or untick a point of the preparation. « Annuler » of a tick unticks it (`?decocher=`)."""
    actor = request.actor
    row = _lease(request, pk)
    undone = request.GET.get("decocher", "")
    form = f.TickForm({"item": undone} if undone else request.POST)

    def tick() -> LeaseCheck | None:
        data = form.cleaned_data
        if undone or "decocher" in request.POST:
            preparation.untick_check(actor=actor, lease=row, item=data["item"])
            return None
        return preparation.tick_check(actor=actor, lease=row, **data)

    ticked = attempt(tick, form)
    ticked.tell(request)
    if ticked and (made := ticked.value):
        tell_done(request, f"Coché : {made}.", undo=link("leases:check", pk, decocher=made.item))
    elif ticked:
        tell_done(request, "Décoché : ce point est de nouveau à faire.")
    return redirect("leases:lease", pk=pk)


@require_POST
@allow(Write(Data.LEASE))
def party_new(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    form = f.PartyForm(request.POST, household=_lease(request, pk).household)
    return _post(
        request, pk, "party_form", form,
        lambda row, data: parties.add_party(actor=actor, lease=row, **data), "La personne est ajoutée au bail.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def outsider_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Somebody whom no household has, typed and bound at once: a guarantor."""
    actor = request.actor

    @transaction.atomic
    def bind(row: Lease, data: dict[str, Any]) -> LeaseParty:
        role = data.pop("role")
        person = create_person(actor=actor, **data)
        return parties.add_party(actor=actor, lease=row, person=person, role=role)

    form = f.OutsiderForm(request.POST, prefix="g")
    return _post(request, pk, "outsider_form", form, bind, "La personne est ajoutée au bail.")


@require_POST
@allow(Write(Data.LEASE))
def party_end(request: HouseRequest, pk: int) -> HttpResponse:
    """The end of a party's commitment; `pk` is the party's."""
    actor = request.actor
    party = _party(request, pk)
    form = f.PartyEndForm(request.POST)
    attempt(lambda: parties.end_party(actor=actor, party=party, answers=form.answers, **form.typed()), form).tell(
        request, "La fin de l’engagement est enregistrée."
    )
    return redirect("leases:lease", pk=party.lease_id)


@require_POST
@allow(Write(Data.LEASE))
def party_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The end of a party's commitment was a mistake."""
    party = _party(request, pk)
    attempt(lambda: parties.bind_again(actor=request.actor, party=party)).tell(
        request, f"{party.person} est de nouveau partie au bail."
    )
    return redirect("leases:lease", pk=party.lease_id)


@require_POST
@allow(Write(Data.LEASE))
def party_remove(request: HouseRequest, pk: int) -> HttpResponse:
    """Who was added by mistake."""
    party = _party(request, pk)
    attempt(lambda: parties.remove_party(actor=request.actor, party=party)).tell(
        request, f"{party.person} n’est plus partie au bail : rien n’en reste."
    )
    return redirect("leases:lease", pk=party.lease_id)


def _party(request: HouseRequest, pk: int) -> LeaseParty:
    parties = LeaseParty.objects.filter(lease__in=Lease.objects.visible_to(request.actor))
    return get_object_or_404(parties.select_related("person", "lease"), pk=pk)


@require_POST
@allow(Write(Data.LEASE))
def term_new(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    form = f.TermForm(request.POST, lease=_lease(request, pk))
    return _post(
        request, pk, "term_form", form,
        lambda row, _: set_rent_term(actor=actor, lease=row, answers=form.answers, **form.typed()),
        "Le nouveau montant est enregistré.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def due_new(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    return _post(
        request, pk, "due_form", f.DueForm(request.POST, lease=_lease(request, pk)),
        lambda row, data: set_due_terms(actor=actor, lease=row, **data), "L’échéance est enregistrée.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def wish_new(request: HouseRequest, pk: int) -> HttpResponse:
    """What a tenant asks for his papers."""
    actor = request.actor
    return _post(
        request, pk, "wish_form", f.WishForm(request.POST, lease=_lease(request, pk)),
        lambda row, data: record_wish(actor=actor, lease=row, **data), "C’est noté pour les prochains papiers.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def wish_end(request: HouseRequest, pk: int) -> HttpResponse:
    """A tenant takes a wish back; `pk` is the wish's."""
    actor = request.actor
    wish = get_object_or_404(PaperWish.objects.filter(lease__in=Lease.objects.visible_to(actor)), pk=pk)
    attempt(lambda: withdraw_wish(actor=actor, wish=wish)).tell(request, "Retiré : les prochains papiers le sauront.")
    return redirect("leases:lease", pk=wish.lease_id)


@require_POST
@allow(Write(Data.LEASE))
def activate(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    return _post(
        request, pk, "activate_form", f.ActivateForm(request.POST),
        lambda row, data: preparation.activate_lease(actor=actor, lease=row, **data),
        "Le bail est en cours : il sera appelé au prochain quittancement.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def notice(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    return _post(
        request, pk, "notice_form", f.NoticeForm(request.POST),
        lambda row, data: ending.record_notice(actor=actor, lease=row, **data), "Le congé est enregistré.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def notice_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    row = _lease(request, pk)
    attempt(lambda: ending.withdraw_notice(actor=request.actor, lease=row)).tell(
        request, lambda done: " ".join(["Le congé est retiré : le bail continue.", *done.told])
    )
    return redirect("leases:lease", pk=pk)


@require_POST
@allow(Write(Data.LEASE))
def end_undo(request: HouseRequest, pk: int) -> HttpResponse:
    row = _lease(request, pk)
    attempt(lambda: ending.undo_end(actor=request.actor, lease=row)).tell(
        request, lambda done: " ".join(["La fin est annulée : le bail est en cours.", *done.told])
    )
    return redirect("leases:lease", pk=pk)


@require_POST
@allow(Write(Data.LEASE))
def take_back(request: HouseRequest, pk: int) -> HttpResponse:
    """A contract that was activated by mistake."""
    row = _lease(request, pk)
    taken = attempt(lambda: preparation.take_back_lease(actor=request.actor, lease=row))
    taken.tell(request, f"Le bail {row.reference} est repris : rien n’en reste.")
    return redirect("leases:leases") if taken else redirect("leases:lease", pk=pk)


@require_POST
@allow(Write(Data.LEASE))
def end(request: HouseRequest, pk: int) -> HttpResponse:
    actor = request.actor
    return _post(
        request, pk, "end_form", f.EndForm(request.POST),
        lambda row, data: ending.end_lease(actor=actor, lease=row, **data),
        "Le bail est terminé. Ce qui reste dû suit le ménage.",
    )  # fmt: skip


@require_POST
@allow(Write(Data.LEASE))
def keys_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The household that stayed after the end gives the keys back."""
    actor = request.actor

    def close(row: Lease, data: dict[str, Any]) -> None:
        stay = get_object_or_404(Occupancy, lease=row, period__contains=data["last_day"])
        ending.leave(actor=actor, occupancy=stay, **data)

    return _post(request, pk, "leave_form", LastDayForm(request.POST), close, "La remise des clés est enregistrée.")


@require_POST
@allow(Write(Data.LEASE))
def discard(request: HouseRequest, pk: int) -> HttpResponse:
    """Give up a contract in preparation."""
    row = _lease(request, pk)
    discarded = attempt(lambda: preparation.discard_draft(actor=request.actor, lease=row))
    discarded.tell(request, f"La préparation du bail {row.reference} est abandonnée.")
    return redirect("leases:leases") if discarded else redirect("leases:lease", pk=pk)
