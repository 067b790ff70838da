"""API of the office: who calls, the address book, long work, dated parameters."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query

from common import clock
from common.params import declared
from common.text import sort_key
from office.access import Access, Data
from office.actor import actor_on
from office.api_base import EVERYONE, HouseRouter, Page, by_matrix, found, page_of
from office.enums import Role, TokenScope
from office.models import Job, Organisation
from office.parameters import params_on
from office.schemas import (
    JobDetail,
    JobListed,
    JobQuery,
    Me,
    OrganisationDetail,
    OrganisationIn,
    OrganisationListed,
    OrganisationQuery,
    ParametersShown,
)
from office.services.house import ADDRESS_BOOK, save_organisation

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)
# Who one is needs no scope.
identity = HouseRouter(tag="office", read=None, write=None)

STARTERS = EVERYONE - {Role.FUNDER}


@identity.reads("/me", response=Me, roles=EVERYONE)
def read_me(request: HttpRequest) -> Any:
    """Who calls, with the roles of today and the scopes of the token."""
    actor = actor_on(request)
    user = actor.user
    assert user is not None
    return {
        "id": user.pk,
        "name": str(user),
        "email": user.email,
        "roles": sorted(actor.roles),
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }


# -- address book ---------------------------------------------------------------------------------------------------


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kinds": sorted(role.kind for role in row.roles.all()),
        "is_person": row.is_person,
        "siret": row.siret,
        "address": row.address,
        "phone": row.phone,
        "email": row.email,
        "iban": row.iban,
    }


def _organisations() -> "QuerySet[Organisation, Organisation]":
    return Organisation.objects.prefetch_related("roles").order_by("sort_key", "id")


@router.reads("/organisations", response=Page[OrganisationListed], roles=ADDRESS_BOOK)
def list_organisations(request: HttpRequest, query: Query[OrganisationQuery]) -> Any:
    """The address book: landlords, CCAS, funders, contractors, benefit payers."""
    rows = _organisations()
    for word in sort_key(query.q or "").split():
        rows = rows.filter(sort_key__contains=word)
    if query.kind:
        rows = rows.filter(roles__kind=query.kind)
    return page_of(rows, query, lambda page: [_organisation(row) for row in page])


@router.writes("/organisations", response=OrganisationDetail, roles=ADDRESS_BOOK, status=201)
def create_organisation(request: HttpRequest, data: OrganisationIn) -> Any:
    """A new organisation with the roles that it plays."""
    return _organisation(save_organisation(actor=actor_on(request), **data.dict()))


@router.reads("/organisations/{organisation_id}", response=OrganisationDetail, roles=ADDRESS_BOOK)
def read_organisation(request: HttpRequest, organisation_id: int) -> Any:
    """One organisation."""
    return _organisation(found(_organisations(), organisation_id))


# -- long work ------------------------------------------------------------------------------------------------------


@router.reads("/jobs", response=Page[JobListed], roles=STARTERS)
def list_jobs(request: HttpRequest, query: Query[JobQuery]) -> Any:
    """One's own jobs, everybody's for who looks after the house; newest first."""
    rows = Job.objects.visible_to(actor_on(request)).order_by("-id")
    if query.state:
        rows = rows.filter(state=query.state)
    return page_of(rows, query, list)


@router.reads("/jobs/{job_id}", response=JobDetail, roles=STARTERS)
def read_job(request: HttpRequest, job_id: int) -> Any:
    """A job, while it runs and after."""
    return found(Job.objects.visible_to(actor_on(request)), job_id)


# -- parameters -----------------------------------------------------------------------------------------------------


@router.reads("/parameters", response=ParametersShown, roles=by_matrix(Data.HOUSE, Access.FULL, Access.READ))
def list_parameters(request: HttpRequest, on: date | None = None) -> Any:
    """Every legal figure and delay as in force on a day (today), with its source and whether somebody read it."""
    day = on or clock.today()
    params = params_on(day)
    return {
        "on": day,
        "parameters": [
            {
                "key": key,
                "label": parameter.label,
                "kind": str(parameter.kind),
                "unit": parameter.unit,
                "scope": str(parameter.scope),
                "value": parameter.to_json(params.value(key)),
                "source": params.source(key),
                "is_verified": params.verified(key),
            }
            for key, parameter in sorted(declared().items())
        ],
    }
