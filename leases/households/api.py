"""API of the households."""

from typing import Any

from django.db import transaction
from ninja import Query

from common import clock
from leases.contracts.queries import current_occupancy
from leases.households import services as people
from leases.households.filters import HouseholdFilter
from leases.households.models import Household
from leases.households.perms import address_of
from leases.households.queries import composition_on
from leases.households.schemas import (
    HouseholdDetail,
    HouseholdIn,
    HouseholdListed,
    HouseholdQuery,
    MemberIn,
    MemberShown,
    PersonIn,
    PersonShown,
)
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write, roles_with
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, filtered, found, paged, ref, referred, span_of
from office.models import User

router = HouseRouter(tag="leases", read=TokenScope.LEASES_READ, write=TokenScope.LEASES_WRITE)

KNOWN = {422: ("known",)}
HOUSED = {"housed": "loges", "waiting": "attente", "gone": "partis", "all": "tous"}


def _member(member: Any) -> dict[str, Any]:
    return {
        "id": member.membership.pk,
        "role": member.role,
        "age": member.age,
        "since": member.since,
        "person": member.person,
    }


def _household(row: Household, actor: Actor) -> dict[str, Any]:
    today = clock.today()
    stay = current_occupancy(row, today)
    shown = address_of(actor, row, address=stay.dwelling.address) if stay else None
    return {
        "id": row.pk,
        "reference": row.reference,
        "name": row.name,
        "support_type": row.support_type,
        "manager": ref(row.manager),
        "members": [_member(member) for member in composition_on(row, today).members],
        "address": shown and {"text": shown.text, "is_masked": shown.is_masked},
        "leases": [
            {"id": x.pk, "reference": x.reference, "kind": x.kind, "state": x.state, "period": span_of(x.period)}
            for x in row.leases.order_by("-period", "-id")
        ],
    }


@router.reads("/households", response=Page[HouseholdListed], needs=Read(Data.IDENTITY))
def list_households(request: HouseRequest, query: Query[HouseholdQuery]) -> Any:
    """Households, with the filters of the page."""
    rows = filtered(
        HouseholdFilter, Household.objects.visible_to(request.actor), request,
        q=query.q, etat=HOUSED[query.state], type=query.support_type,
    )  # fmt: skip
    return paged(rows.order_by("sort_key", "id"), query, list)


@router.writes("/households", response=HouseholdDetail, needs=Write(Data.IDENTITY), status=201, errors=KNOWN)
def create_household(request: HouseRequest, data: HouseholdIn) -> Any:
    """A household with its first members since `from_day` (today). Its maker is in charge unless another is named."""
    actor = request.actor
    managers = User.objects.filter(
        is_active=True, grants__role__in=roles_with(Write(Data.LEASE)), grants__period__contains=clock.today()
    ).distinct()
    made = people.create_household(
        actor=actor,
        name=data.name,
        reference=data.reference,
        support_type=data.support_type or "",
        manager=None if data.manager_id is None else referred(managers, data.manager_id, field="manager_id"),
        people=[people.NewPerson(**person.dict()) for person in data.people],
        from_day=data.from_day,
    )
    return _household(made, actor)


@router.reads("/households/{household_id}", response=HouseholdDetail, needs=Read(Data.IDENTITY))
def read_household(request: HouseRequest, household_id: int) -> Any:
    """One household: who is in it today, where it lives as the caller may read it, its contracts."""
    actor = request.actor
    return _household(found(Household.objects.visible_to(actor).select_related("manager"), household_id), actor)


@router.writes(
    "/households/{household_id}/members", response=MemberShown, needs=Write(Data.IDENTITY), status=201, errors=KNOWN
)
def add_household_member(request: HouseRequest, household_id: int, data: MemberIn) -> Any:
    """A new person joins the household."""
    actor = request.actor
    household = found(Household.objects.visible_to(actor), household_id)
    start = data.from_day or clock.today()
    with transaction.atomic():
        person = people.create_person(actor=actor, **data.dict(exclude={"role", "from_day", "last_day"}))
        joined = people.join_household(
            actor=actor, household=household, person=person, role=data.role, from_day=start, last_day=data.last_day
        )
    age = next((m.age for m in composition_on(household, start).members if m.membership.pk == joined.pk), None)
    return {"id": joined.pk, "role": joined.role, "age": age, "since": start, "person": person}


@router.writes("/persons", response=PersonShown, needs=Write(Data.IDENTITY), status=201, errors=KNOWN)
def create_person(request: HouseRequest, data: PersonIn) -> Any:
    """A person in no household: a guarantor."""
    return people.create_person(actor=request.actor, **data.dict())
