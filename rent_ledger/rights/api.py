"""API of the rights to benefit."""

from typing import Any

from leases.models import Lease
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import (
    HouseRouter,
    found,
    ref,
    referred,
    span_of,
)
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.rights import services as benefits
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.schemas import BenefitEndIn, BenefitRightIn, BenefitRightShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)


def right_shown(row: BenefitRight) -> dict[str, Any]:
    """A right as the API gives it."""
    return {
        "id": row.pk,
        "payer": ref(row.payer),
        "kind": row.kind,
        "beneficiary_number": row.beneficiary_number,
        "amount": row.amount,
        "is_direct": row.is_direct,
        "period": span_of(row.period),
        "reason": row.reason,
        "follows": row.follows,
        "is_followed": row.is_followed,
    }


@router.reads("/leases/{lease_id}/benefit-rights", response=list[BenefitRightShown], needs=Read(Data.LEDGER))
def list_benefit_rights(request: HouseRequest, lease_id: int) -> Any:
    """The benefits of a contract, oldest first."""
    lease = found(Lease.objects.visible_to(request.actor), lease_id)
    return [right_shown(row) for row in lease.benefit_rights.select_related("payer").order_by("period", "id")]


@router.writes("/leases/{lease_id}/benefit-rights", response=BenefitRightShown, needs=Write(Data.BENEFIT), status=201)
def set_benefit_right(request: HouseRequest, lease_id: int, data: BenefitRightIn) -> Any:
    """A right from a day on; the one in force that day ends there."""
    actor = request.actor
    payers = Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER)
    right = benefits.set_right(
        actor=actor,
        lease=found(Lease.objects.visible_to(actor), lease_id),
        payer=referred(payers, data.payer_id, field="payer_id"),
        **data.dict(exclude={"payer_id"}),
    )
    return right_shown(right)


@router.writes("/benefit-rights/{right_id}/end", response=BenefitRightShown, needs=Write(Data.BENEFIT))
def end_benefit_right(request: HouseRequest, right_id: int, data: BenefitEndIn) -> Any:
    """The right ends: `on` is the first day without it."""
    actor = request.actor
    row = found(BenefitRight.objects.filter(lease__in=Lease.objects.visible_to(actor)), right_id)
    return right_shown(benefits.end_right(right_id=row.pk, actor=actor, **data.dict()))
