"""API of what the payers pay: the month of a departure, and the months of aid that they keep."""

from typing import Any

from common import clock
from leases.models import Lease
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, found, span_of
from rent_ledger.benefits.queries import ShownRetention, retentions_of
from rent_ledger.benefits.schemas import RetentionShown
from rent_ledger.benefits.services.departure import drop_departure_month, keep_departure_month
from rent_ledger.rights.api import right_shown
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.schemas import BenefitRightShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)


def _found(request: HouseRequest, right_id: int) -> int:
    rights = BenefitRight.objects.filter(lease__in=Lease.objects.visible_to(request.actor))
    return found(rights, right_id).pk


@router.writes("/benefit-rights/{right_id}/departure-month/keep", response=BenefitRightShown, needs=Write(Data.BENEFIT))
def keep_benefit_departure_month(request: HouseRequest, right_id: int) -> Any:
    """Another aided dwelling follows without interruption: the right is due for the month of departure too, and its
    avis is made again."""
    return right_shown(keep_departure_month(right_id=_found(request, right_id), actor=request.actor))


@router.writes("/benefit-rights/{right_id}/departure-month/drop", response=BenefitRightShown, needs=Write(Data.BENEFIT))
def drop_benefit_departure_month(request: HouseRequest, right_id: int) -> Any:
    """No aided dwelling follows after all: nothing is due for the month of departure."""
    return right_shown(drop_departure_month(right_id=_found(request, right_id), actor=request.actor))


def _retention(shown: ShownRetention) -> dict[str, Any]:
    row = shown.row
    return {
        "id": row.pk,
        "period": span_of(row.period),
        "told_on": row.told_on,
        "extensions": row.extensions,
        "outcome": row.outcome or None,
        "lapses_on": shown.lapses_on,
        "kept": shown.kept,
    }


@router.reads("/leases/{lease_id}/benefit-retentions", response=list[RetentionShown], needs=Read(Data.BENEFIT))
def list_benefit_retentions(request: HouseRequest, lease_id: int) -> Any:
    """The months of aid of a contract that the payer keeps, or kept, while the dwelling is not decent; the latest
    first."""
    lease = found(Lease.objects.visible_to(request.actor), lease_id)
    return [_retention(shown) for shown in retentions_of(lease, day=clock.today())]
