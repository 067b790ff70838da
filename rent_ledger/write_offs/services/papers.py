"""What a write-off rests on: papers added, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from rent_ledger.write_offs.models import WriteOff, WriteOffPaper


@needs(Write(Data.ARREARS))
def add_paper(*, write_off: WriteOff, file: BinaryIO, actor: Actor) -> WriteOffPaper:
    """Keep a picture or a PDF with a write-off. The same file again is the first.

    `InvalidInput` (`papers`): what it is, or one too many.
    """
    # Read before the row is locked: it takes time.
    clean = clean_file(file, WriteOffPaper.kind, field="papers")
    with transaction.atomic():
        row = WriteOff.objects.select_for_update(of=("self",)).get(pk=write_off.pk)
        return keep_file(WriteOffPaper, clean, actor=actor, field="papers", of="demande", write_off=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_paper(*, write_off: WriteOff, paper: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    locked = WriteOff.objects.select_for_update(of=("self",)).get(pk=write_off.pk)
    row = locked.papers.filter(uuid=paper).first()
    drop_file(row)
