"""API of the address book."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query

from common.text import search_words
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged
from office.house.models import Organisation
from office.house.schemas import OrganisationDetail, OrganisationIn, OrganisationListed, OrganisationQuery
from office.house.services import save_organisation

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)


def _organisation(row: Organisation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kinds": sorted(role.kind for role in row.roles.all()),
        "is_person": row.is_person,
        "is_family_company": row.is_family_company,
        "body": row.body or None,
        "siret": row.siret,
        "address": row.address,
        "phone": row.phone,
        "email": row.email,
        "iban": row.iban,
    }


def _detail(row: Organisation) -> dict[str, Any]:
    asked = row.iban_changes.waiting().values_list("iban", flat=True).first()
    return _organisation(row) | {"iban_asked": asked}


def _organisations() -> "QuerySet[Organisation, Organisation]":
    return Organisation.objects.prefetch_related("roles").order_by("sort_key", "id")


@router.reads("/organisations", response=Page[OrganisationListed], needs=Read(Data.ORGANISATION))
def list_organisations(request: HouseRequest, query: Query[OrganisationQuery]) -> Any:
    """The address book: landlords, CCAS, funders, contractors, benefit payers."""
    rows = _organisations()
    for word in search_words(query.q or ""):
        rows = rows.filter(sort_key__contains=word)
    if query.kind:
        rows = rows.filter(roles__kind=query.kind)
    return paged(rows, query, lambda page: [_organisation(row) for row in page])


@router.writes("/organisations", response=OrganisationDetail, needs=Write(Data.ORGANISATION), status=201)
def create_organisation(request: HouseRequest, data: OrganisationIn) -> Any:
    """A new organisation with its roles. Its IBAN waits for a second person, on the site (`iban_asked`)."""
    return _detail(save_organisation(actor=request.actor, **data.dict()))


@router.reads("/organisations/{organisation_id}", response=OrganisationDetail, needs=Read(Data.ORGANISATION))
def read_organisation(request: HouseRequest, organisation_id: int) -> Any:
    """One organisation."""
    return _detail(found(_organisations(), organisation_id))
