"""Households: the list, the form, the members. The household's own page is made by `desk`."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.address import number_in
from common.answers import attempt, status_of
from common.columns import Column
from common.links import link
from common.listing import page_of
from leases.contracts.models import Occupancy
from leases.households.beside import Aside, Cell, asides_for
from leases.households.codes import ABOUT_HOUSEHOLD, LeavingQuestion
from leases.households.filters import SORTS_HOUSEHOLDS, HouseholdPageFilter
from leases.households.forms import HouseholdForm, InChargeForm, LeavingForm, LiftForm, MemberForm, PersonForm
from leases.households.models import Household, Membership, Person
from leases.households.perms import address_of, can_hand_over, is_address_protected, told_address
from leases.households.queries import composition_of, leaving_questions
from leases.households.services import (
    NewPerson,
    come_back,
    create_household,
    create_person,
    discard_household,
    join_household,
    leave_household,
    lift_protection,
    name_manager,
    update_household,
    update_person,
)
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed
from office.confirmations.services import sentences

COLUMNS = [Column("Ménage", "nom"), Column("Téléphone"), Column("Logement"), Column("Logé depuis", "entree")]
"""The columns of the list: those of the apps above (`leases.households.beside`) stand before the last one."""
_PERSON = ("civility", "first_name", "last_name", "birth_date", "phone", "email", "is_address_protected")


def _heads(asides: Iterable[Aside]) -> Iterator[Column]:
    for aside in asides:
        yield Column(aside.label, num=aside.num)
        if aside.badges:
            yield Column(aside.badges)


def household_url(household: Household) -> str:
    """The household's page, in `desk`."""
    return link("desk:household", household.pk)


def _with_stay(rows: QuerySet[Household], actor: Actor, day: date) -> QuerySet[Household]:
    """With `housed_since`, the day of the entry where the actor may know it: the order of a list tells it too."""
    stays = Occupancy.objects.filter(household=OuterRef("pk"), period__contains=day).order_by("period")
    told = told_address(actor, day)
    since = Subquery(stays.values("period__startswith")[:1])
    return rows.annotate(housed_since=Case(When(told, then=since)) if told else since)


def _dressed(ids: list[int], actor: Actor, day: date) -> list[Any]:
    """These households with who is there (`members_now`), and where (`stays_now`). Three queries."""
    found = _with_stay(Household.objects.filter(pk__in=ids).with_protection(day), actor, day)
    rows: dict[int, Any] = {row.pk: row for row in found}
    for row in rows.values():
        row.members_now, row.stays_now = [], []
    members = Membership.objects.filter(household__in=ids, period__contains=day).select_related("person")
    for member in members.order_by("role", "id"):
        rows[member.household_id].members_now.append(member)
    stays = Occupancy.objects.filter(household__in=ids, period__contains=day)
    for stay in stays.select_related("dwelling__building", "unit").order_by("period"):
        rows[stay.household_id].stays_now.append(stay)
    return list(rows.values())


@require_GET
@allow(Read(Data.IDENTITY))
def households(request: HouseRequest) -> HttpResponse:
    """The list: search, situation, type, who follows, sort, paging. Who left stands behind who is here."""
    actor = request.actor
    today = clock.today()
    filters = HouseholdPageFilter(request.GET, queryset=Household.objects.visible_to(actor), request=request)
    here = Occupancy.objects.filter(household=OuterRef("pk"), period__contains=today)
    page: Page[Any] = page_of(
        request, _with_stay(filters.qs, actor, today), sorts=SORTS_HOUSEHOLDS, default="nom",
        before=(Exists(here).desc(),) if filters.shows_departed else (),
        dress=lambda ids: _dressed(ids, actor, today),
    )  # fmt: skip
    asides = asides_for(actor)
    ids = [row.pk for row in page]
    told = [(aside, aside.read(ids, actor, today)) for aside in asides]
    for row in page:
        row.composition = composition_of(row.members_now, today)
        row.phone = next((member.person.phone for member in row.members_now if member.person.phone), "")
        row.cells = [(aside, cells.get(row.pk, Cell("–"))) for aside, cells in told]
        row.url = household_url(row)
        stay = next(iter(row.stays_now), None)
        row.stay = stay
        row.address = address_of(actor, row, address=stay.dwelling.address) if stay else None
    return render(
        request,
        "leases/households/list.html",
        {
            "filters": filters,
            "page": page,
            "columns": [*COLUMNS[:-1], *_heads(asides), COLUMNS[-1]],
            "may_write": can(actor, Write(Data.IDENTITY)),
        },
    )


@allow(Write(Data.IDENTITY))
def household_new(request: HouseRequest) -> HttpResponse:
    """A household with its first adult."""
    actor = request.actor
    form = HouseholdForm(request.POST or None, initial={"manager": actor.user_id})
    person_form = MemberForm(request.POST or None, prefix="p")
    if person_form.is_valid() and form.is_valid():
        data = person_form.cleaned_data
        first = NewPerson(**{name: data[name] for name in (*_PERSON, "role", "is_another")})
        made = attempt(
            lambda: create_household(actor=actor, people=[first], from_day=data["from_day"], **form.cleaned_data),
            person_form,
        )
        if made:
            made.tell(
                request,
                lambda row: f"Le ménage {row.name} est créé. Ajoutez les autres membres, puis préparez son bail.",
            )
            return redirect("leases:household_edit", pk=made.value.pk)
    return render(
        request,
        "leases/households/new.html",
        {"form": form, "person_form": person_form},
        status=status_of(form, person_form),
    )


@allow(Write(Data.IDENTITY))
def household_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """The household's name, type and manager; its members over time."""
    actor = request.actor
    row = get_object_or_404(Household.objects.visible_to(actor), pk=pk)
    form = _household_form(request, row, request.POST or None)
    form.fields["name"].required = True
    changed = attempt(lambda: update_household(actor=actor, household=row, **form.cleaned_data), form)
    if changed:
        changed.tell(request, lambda household: f"{household.name} est à jour.")
        return redirect("leases:household_edit", pk=pk)
    return _edit_page(request, row, form=form, status=status_of(form))


def _household_form(request: HouseRequest, row: Household, data: Any = None) -> HouseholdForm:
    """Who is in charge of a protected household is not named by anybody who may write households."""
    initial = {"name": row.name, "support_type": row.support_type, "manager": row.manager_id}
    free = not is_address_protected(row) or can_hand_over(request.actor, row)
    return HouseholdForm(data, initial=initial, names_manager=free)


@allow(Write(Data.PROTECTED_ADDRESS))
def protection(request: HouseRequest, pk: int) -> HttpResponse:
    """A protected address: who is in charge and reads it, and for whom it need be protected no more."""
    actor = request.actor
    row = get_object_or_404(Household.objects.visible_to(actor).select_related("manager"), pk=pk)
    lifts = "lever" in request.POST
    form = InChargeForm(None if lifts else request.POST or None, initial={"manager": row.manager_id})
    lift_form = LiftForm(request.POST if lifts else None, household=row)
    named = attempt(lambda: name_manager(actor=actor, household=row, **form.cleaned_data), form)
    lifted = attempt(
        lambda: lift_protection(
            actor=actor, person=lift_form.cleaned_data["person"], reason=lift_form.cleaned_data["reason"]
        ),
        lift_form,
    )
    if named or lifted:
        done = lifted or named
        reader = named.value.manager if named else None
        told = f"{reader} lit l’adresse." if reader else "Aucune gestionnaire ne lit l’adresse."
        done.tell(request, "Protection levée." if lifted else told)
        return redirect("leases:protection", pk=pk)
    return render(
        request,
        "leases/households/protection.html",
        {
            "household": row,
            "household_url": household_url(row),
            "form": form,
            "lift_form": lift_form,
            "is_protected": is_address_protected(row),
        },
        status=status_of(form, lift_form),
    )


def _edit_page(
    request: HouseRequest, row: Household, *, form: Any, status: int, member_form: Any = None
) -> HttpResponse:
    today = clock.today()
    memberships = list(row.memberships.select_related("person").order_by("role", "id"))
    composition = composition_of(memberships, today)
    present = {member.membership.pk for member in composition.members}
    members = [
        (member, sentences(leaving_questions(member.membership, memberships, today + timedelta(days=1))))
        for member in composition.members
    ]
    return render(
        request,
        "leases/households/edit.html",
        {
            "household": row,
            "household_url": household_url(row),
            "form": form,
            "member_form": member_form or MemberForm(),
            "composition": composition,
            "members": members,
            "asked": number_in(request.GET.get("depart")),
            "questions": " ".join(LeavingQuestion).lower(),
            "confirmed": confirmed(ABOUT_HOUSEHOLD, row.pk, LeavingQuestion),
            "former": [m for m in memberships if m.pk not in present],
        },
        status=status,
    )


@require_POST
@allow(Write(Data.IDENTITY))
def member_new(request: HouseRequest, pk: int) -> HttpResponse:
    """A person joins the household."""
    actor = request.actor
    row = get_object_or_404(Household.objects.visible_to(actor), pk=pk)
    form = MemberForm(request.POST)

    @transaction.atomic
    def join() -> Membership:
        data = form.cleaned_data
        person = create_person(actor=actor, is_another=data["is_another"], **{name: data[name] for name in _PERSON})
        return join_household(actor=actor, household=row, person=person, role=data["role"], from_day=data["from_day"])

    joined = attempt(join, form)
    if joined:
        joined.tell(request, lambda membership: f"{membership.person} fait partie du ménage.")
        return redirect("leases:household_edit", pk=pk)
    return _edit_page(request, row, form=_household_form(request, row), status=422, member_form=form)


@require_POST
@allow(Write(Data.IDENTITY))
def member_leave(request: HouseRequest, pk: int) -> HttpResponse:
    """A person leaves the household."""
    actor = request.actor
    membership = get_object_or_404(
        Membership.objects.filter(household__in=Household.objects.visible_to(actor)).select_related("person"), pk=pk
    )
    form = LeavingForm(request.POST)
    left = attempt(
        lambda: leave_household(actor=actor, membership=membership, answers=form.answers, **form.typed()), form
    )
    left.tell(request, f"{membership.person} ne fait plus partie du ménage.")
    page = reverse("leases:household_edit", args=[membership.household_id])
    return redirect(page if left else f"{page}?depart={membership.pk}")


@require_POST
@allow(Write(Data.IDENTITY))
def member_back(request: HouseRequest, pk: int) -> HttpResponse:
    """A departure noted by mistake."""
    mine = Membership.objects.filter(household__in=Household.objects.visible_to(request.actor))
    membership = get_object_or_404(mine.select_related("person"), pk=pk)
    back = attempt(lambda: come_back(actor=request.actor, membership=membership))
    back.tell(request, f"{membership.person} fait de nouveau partie du ménage.")
    return redirect("leases:household_edit", pk=membership.household_id)


@require_POST
@allow(Write(Data.IDENTITY))
def household_discard(request: HouseRequest, pk: int) -> HttpResponse:
    """A household typed by mistake."""
    row = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    gone = attempt(lambda: discard_household(actor=request.actor, household=row))
    gone.tell(request, f"Le ménage {row.name} est effacé.")
    return redirect("leases:households") if gone else redirect("leases:household_edit", pk=pk)


@allow(Write(Data.IDENTITY))
def person_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Change a person."""
    actor = request.actor
    row = get_object_or_404(Person, pk=pk)
    household = (
        Household.objects.visible_to(actor).filter(memberships__person=row).order_by("-memberships__period").first()
    )
    form = PersonForm(request.POST or None, instance=get_object_or_404(Person, pk=pk))
    changed = attempt(
        lambda: update_person(actor=actor, person=row, **{name: form.cleaned_data[name] for name in _PERSON}), form
    )
    if changed:
        changed.tell(request, lambda person: f"{person} est à jour.")
        return redirect(link("leases:household_edit", household.pk) if household else "leases:households")
    return render(
        request,
        "leases/households/person_form.html",
        {"form": form, "person": row, "household": household},
        status=status_of(form),
    )
