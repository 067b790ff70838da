"""API of the contracts of support: read only."""

from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from social_link.agreements.models import Agreement
from social_link.agreements.queries import Signer, signers
from social_link.agreements.schemas import SupportContractShown
from social_link.measures.api import of_measure
from social_link.measures.queries import measures_for
from social_link.measures.schemas import OfMeasureQuery

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)


def _signer(one: Signer) -> dict[str, Any]:
    signed = one.signature
    return {"party": one.party, "signed_on": signed.on if signed else None, "name": signed.name if signed else ""}


def _contract(row: Agreement) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("measure_id", "renewal_id", "created_at", "digest")} | {
        "id": row.pk,
        "household": ref(row.measure.household),
        "sha256": row.sha256 or None,
        "signers": [_signer(one) for one in signers(row)],
    }


@router.reads("/support-contracts", response=Page[SupportContractShown], needs=Read(Data.MEASURE, OWN))
def list_support_contracts(request: HouseRequest, query: Query[OfMeasureQuery]) -> Any:
    """The contracts of the measures that the caller reads, and their amendments, with who signed; the latest first."""
    rows = of_measure(Agreement.objects.filter(measure__in=measures_for(request.actor)), query)
    rows = rows.defer("pdf", "data").select_related("measure__household").prefetch_related("signatures")
    return paged(rows.order_by("-id"), query, lambda page: [_contract(row) for row in page])
