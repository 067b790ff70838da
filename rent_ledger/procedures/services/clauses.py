"""The delay of the clause of a contract, where a person reads another one than the day of its signature says."""

from django.db import transaction

from common.errors import InvalidInput
from leases.contracts.codes import ClauseDelay
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.procedures.models import ClauseChoice


@needs(Write(Data.ARREARS))
@transaction.atomic
def choose_delay(*, lease: Lease, delay: str, reason: str, actor: Actor) -> ClauseChoice:
    """Say the delay that the contract writes, and where. Its history keeps what was said before.

    `InvalidInput` [delay, reason].
    """
    if delay not in ClauseDelay.values:
        raise InvalidInput("Choisissez six semaines ou deux mois.", field="delay")
    if not reason.strip():
        raise InvalidInput("Dites où ce délai est écrit : le bail, un avenant, un renouvellement.", field="reason")
    if len(reason.strip()) > 200:
        raise InvalidInput("Le motif tient en 200 caractères.", field="reason")
    Lease.objects.select_for_update(of=("self",)).get(pk=lease.pk)
    row, _ = ClauseChoice.objects.update_or_create(
        lease=lease, defaults={"delay": delay, "reason": reason.strip(), "author_id": actor.user_id}
    )
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def forget_delay(*, lease: Lease, actor: Actor) -> None:
    """Take it back: the day of the signature decides again. Again changes nothing."""
    ClauseChoice.objects.filter(lease=lease).delete()
