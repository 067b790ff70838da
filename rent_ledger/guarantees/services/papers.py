"""What goes with a claim: papers added, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.blobs import forget, store
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
        [blob] = store([clean])
        paper, is_new = ClaimPaper.objects.get_or_create(
            claim=row, blob=blob, defaults={"name": clean.name, "author": actor.user}
        )
        if is_new and row.papers.count() > ClaimPaper.kind.per_owner:
            raise InvalidInput(
                f"{ClaimPaper.kind.per_owner} fichiers au plus par appel : « {clean.name} » est de trop.",
                field="papers",
                code="too_many",
            )
    return paper


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_claim_paper(*, claim: GuaranteeClaim, paper: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    locked = GuaranteeClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    row = locked.papers.filter(uuid=paper).first()
    if row is None:
        return
    row.delete()
    forget(row.blob_id)
