"""What proves that a report left or arrived: added, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from rent_ledger.arrears.reports import PayerReport, ReportProof
from rent_ledger.arrears.services.reports import WITHDRAWN


@needs(Write(Data.ARREARS))
def add_proof(*, report: PayerReport, file: BinaryIO, actor: Actor) -> ReportProof:
    """Keep a picture or a PDF with a report. The same file again is the first.

    `InvalidInput` (`proofs`): what it is, or one too many. `Conflict` where the report is withdrawn: it never left.
    """
    # Read before the report is locked: it takes time.
    clean = clean_file(file, ReportProof.kind, field="proofs")
    with transaction.atomic():
        row = PayerReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if row.withdrawn_at is not None:
            raise Conflict(WITHDRAWN, code="withdrawn")
        return keep_file(ReportProof, clean, actor=actor, field="proofs", of="déclaration", report=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_proof(*, report: PayerReport, proof: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    locked = PayerReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    row = locked.proofs.filter(uuid=proof).first()
    drop_file(row)
