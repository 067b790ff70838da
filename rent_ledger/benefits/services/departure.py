"""The month of a departure stays due here where another aided dwelling follows (CCH, art. R. 823-14; docs/law.md, A3b).

Who types says what the notification of the payer says. The avis that the word changes are made again in the same
transaction. Twice or from two places: the row of the right is locked, and what is said already changes nothing. The
way back is `drop_departure_month`; both are in the history of the right.
"""

from django.db import IntegrityError, transaction

from common import typography
from common.errors import Conflict
from common.periods import Month, period
from leases.contracts.codes import DemandKind, EndReason
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.billing.codes import DemandState, LineSource
from rent_ledger.billing.models import DemandLine, RentDemand
from rent_ledger.billing.services.corrections import correct_demand
from rent_ledger.books.services import projections
from rent_ledger.rights.codes import AidWhy
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.queries import has_left, month_of_departure, with_departure


@needs(Write(Data.BENEFIT))
@transaction.atomic
def keep_departure_month(*, right_id: int, actor: Actor) -> BenefitRight:
    """Another aided dwelling follows without interruption: the right runs to the end of the month of departure, which
    is due. Meanwhile nothing is awaited for that month of a dwelling of ours that follows.

    `Conflict` until the household has left (the day of a notice may change, and the month with it), after a death,
    where the aid is paid to the household, where another right has that month, or an avis of it can't be made again.
    """
    right = _locked(right_id)
    if right.is_followed:
        return right
    month = month_of_departure(right) if has_left(right) else None
    if month is None:
        raise Conflict(
            "Le ménage n’est pas encore parti, et le jour annoncé peut changer. Enregistrez d’abord la fin du bail et "
            "la remise des clés sur la page du bail."
        )
    if right.lease.end_reason == EndReason.DEATH:
        raise Conflict("Le bail a pris fin par un décès : l’aide du mois est déjà due (CCH, art. R. 823-12).")
    said = typography.month(month, "de")
    if not right.is_direct:
        raise Conflict(f"Cette aide est versée au ménage : rien n’est attendu ici pour le mois {said}.")
    lower, upper = right.period.lower, right.period.upper
    if (lower is not None and lower > month.first) or (upper is not None and upper < month.first):
        raise Conflict(f"Ce droit ne court pas jusqu’au mois {said}, celui du départ : choisissez le droit de ce mois.")
    if not right.ends_with_stay:
        right.ends_with_stay, right.end_before_stay = True, upper
    right.is_followed, right.period = True, period(lower, month.plus(1).first)
    try:
        with transaction.atomic():
            right.save(update_fields=["is_followed", "ends_with_stay", "end_before_stay", "period"])
    except IntegrityError as error:
        if "benefit_right_no_overlap" in str(error):
            raise Conflict(f"Un autre droit de ce bail couvre le mois {said}, celui du départ.") from error
        raise
    _correct(right, month, is_kept=True, actor=actor)
    return right


@needs(Write(Data.BENEFIT))
@transaction.atomic
def drop_departure_month(*, right_id: int, actor: Actor) -> BenefitRight:
    """No aided dwelling follows after all: the month of departure is not due here.

    `Conflict` where its avis can't be made again.
    """
    right = _locked(right_id)
    if not right.is_followed:
        return right
    right.is_followed = False
    right.save(update_fields=["is_followed"])
    _correct(right, Month.of(right.period.upper).plus(-1), is_kept=False, actor=actor)
    return right


def _locked(right_id: int) -> BenefitRight:
    return with_departure(BenefitRight.objects.select_for_update(of=("self",))).get(pk=right_id)


def _correct(right: BenefitRight, month: Month, *, is_kept: bool, actor: Actor) -> None:
    """The avis of the month that await an aid which is not due any more, or lack one that is: that of the dwelling
    left, and those of the dwelling of ours that follows, for the months that both have."""
    lease, since = right.lease, right.period.lower or month.first
    projections.follow_leases([lease.pk])
    demands = RentDemand.objects.filter(
        lease__household=lease.household_id, kind=DemandKind.TERM, state=DemandState.ISSUED, month__lte=month.first
    )
    own = demands.filter(lease=lease, month=month.first)
    after = demands.filter(lease__period__startswith__gt=lease.period.lower, month__gte=since)
    for demand in [*own, *after]:
        is_own = demand.lease_id == lease.pk
        awaits = DemandLine.objects.filter(demand=demand, source=LineSource.BENEFIT).exists()
        was_taken = demand.inputs.get("aid") == AidWhy.DUE_WHERE_LEFT
        if (awaits != is_kept) if is_own else (awaits if is_kept else was_taken):
            correct_demand(demand=demand, actor=actor)
