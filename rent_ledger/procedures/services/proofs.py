"""What proves a step: added, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from rent_ledger.procedures.models import ProcedureStep, StepProof

GONE = "Cette étape a été annulée : il n’y a plus rien à prouver."


@needs(Write(Data.ARREARS))
def add_step_proof(*, step: ProcedureStep, file: BinaryIO, actor: Actor) -> StepProof:
    """Keep a picture or a PDF with a step. The same file again is the first.

    `InvalidInput` (`proofs`): what it is, or one too many. `Conflict` where the step was taken back.
    """
    # Read before the step is locked: it takes time.
    clean = clean_file(file, StepProof.kind, field="proofs")
    with transaction.atomic():
        row = ProcedureStep.objects.select_for_update(of=("self",)).filter(pk=step.pk).first()
        if row is None:
            raise Conflict(GONE, code="gone")
        return keep_file(StepProof, clean, actor=actor, field="proofs", of="étape", step=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_step_proof(*, step: ProcedureStep, proof: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    locked = ProcedureStep.objects.select_for_update(of=("self",)).filter(pk=step.pk).first()
    row = locked.proofs.filter(uuid=proof).first() if locked else None
    drop_file(row)
