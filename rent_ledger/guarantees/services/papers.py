"""What goes with a claim: papers added, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from rent_ledger.guarantees.models import ClaimPaper, GuaranteeClaim


@needs(Write(Data.ARREARS))
def add_claim_paper(*, claim: GuaranteeClaim, file: BinaryIO, actor: Actor) -> ClaimPaper:
    """Keep a picture or a PDF with a claim. The same file again is the first.

    `InvalidInput` (`papers`): what it is, or one too many.
    """
    # Read before the row is locked: it takes time.
    clean = clean_file(file, ClaimPaper.kind, field="papers")
    with transaction.atomic():
        row = GuaranteeClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
        return keep_file(ClaimPaper, clean, actor=actor, field="papers", of="appel", claim=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_claim_paper(*, claim: GuaranteeClaim, paper: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    locked = GuaranteeClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    row = locked.papers.filter(uuid=paper).first()
    drop_file(row)
