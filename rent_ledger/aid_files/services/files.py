"""Files for an aid: opened, given up before anything was noted; their papers.

At once: each write locks the household first, then the file.
"""

from decimal import Decimal
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from office.models import AidScheme, User
from office.schemes.codes import Need
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.aid_files.duties import NEXT
from rent_ledger.aid_files.models import AidFile, AidPaper
from rent_ledger.aid_files.perms import require_write
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account

OVER = "Cette aide n’est plus valable, ou pas encore : choisissez-en une autre."
NOT_FOR = "Cette aide ne paie pas ce besoin."
WHOSE = "Choisissez le compte du ménage dont la dette est à payer."
HAS_STEPS = "Une étape est notée : annulez-la d’abord, ou notez que le dossier est clos."
HAS_PAPERS = "Des pièces sont gardées dans ce dossier : retirez-les d’abord."
POSITIVE = "Le montant demandé est de plus de 0 €, ou laissé vide."


@needs(Write(Data.AID_FILE, OWN))
def open_file(
    *,
    household: Household,
    scheme: AidScheme,
    need: str,
    actor: Actor,
    account: Account | None = None,
    asked: Decimal | None = None,
) -> AidFile:
    """Open a file: to prepare, then to send. One that runs already for the same is returned as it is.

    `InvalidInput` [scheme, need, account, asked], `NotAllowed` for who does not follow the household.
    """
    require_write(actor, household.pk)
    return open_for(
        household=household, scheme=scheme, need=need, account=account, asked=asked, worker=actor.user, actor=actor
    )


@transaction.atomic
def open_for(
    *,
    household: Household,
    scheme: AidScheme,
    need: str,
    actor: Actor,
    worker: User | None,
    account: Account | None = None,
    asked: Decimal | None = None,
) -> AidFile:
    """`open_file` for somebody else (`worker`); the caller has asked whether the actor may."""
    today = clock.today()
    Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    if not AidScheme.objects.active_on(today).filter(pk=scheme.pk).exists():
        raise InvalidInput(OVER, field="scheme")
    if need not in Need.values or need not in scheme.needs:
        raise InvalidInput(NOT_FOR, field="need")
    if need == Need.DEBT and (
        account is None or account.household_id != household.pk or account.kind not in DEBT_KINDS
    ):
        raise InvalidInput(WHOSE, field="account")
    if asked is not None and asked <= ZERO:
        raise InvalidInput(POSITIVE, field="asked")
    running = AidFile.objects.filter(household=household, scheme=scheme, need=need, ended_on=None).first()
    if running is not None:
        return running
    row = AidFile(
        household=household, scheme=scheme, need=need, account=account if need == Need.DEBT else None, asked=asked,
        worker=worker, opened_on=today, author=actor.user,
    )  # fmt: skip
    checked(row)
    with french_refusals(row):
        row.save()
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.AID_FILE, OWN))
@transaction.atomic
def withdraw_file(*, file: AidFile, actor: Actor) -> None:
    """It was opened by mistake: as if it had not been. Its history keeps it. Again changes nothing.

    `Conflict` once a step is noted, or a paper kept.
    """
    require_write(actor, file.household_id)
    row = locked(file.pk)
    if row is None:
        return
    if row.steps.exists():
        raise Conflict(HAS_STEPS, code="has_steps")
    if row.papers.exists():
        raise Conflict(HAS_PAPERS, code="has_papers")
    row.ended_on = max(clock.today(), row.opened_on)
    row.save(update_fields=["ended_on"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    row.delete()


def locked(pk: int) -> AidFile | None:
    """The file with the lock of its household and its own; None where it is gone."""
    household = AidFile.objects.filter(pk=pk).values_list("household", flat=True).first()
    if household is None:
        return None
    Household.objects.select_for_update(of=("self",)).get(pk=household)
    return AidFile.objects.select_for_update(of=("self",)).filter(pk=pk).first()


@needs(Write(Data.AID_FILE, OWN))
def add_aid_paper(*, file: AidFile, upload: BinaryIO, actor: Actor) -> AidPaper:
    """Keep a picture or a PDF in a file. The same again is the first.

    `InvalidInput` (`papers`): what it is, or one too many.
    """
    require_write(actor, file.household_id)
    # Read before the row is locked: it takes time.
    clean = clean_file(upload, AidPaper.kind, field="papers")
    with transaction.atomic():
        row = AidFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        return keep_file(AidPaper, clean, actor=actor, field="papers", of="dossier", file=row)


@needs(Write(Data.AID_FILE, OWN))
@transaction.atomic
def remove_aid_paper(*, file: AidFile, paper: UUID, actor: Actor) -> None:
    """Take a paper back. One that is gone already stays gone."""
    require_write(actor, file.household_id)
    AidFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    row = AidPaper.objects.filter(file=file, uuid=paper).first()
    drop_file(row)
