"""The signed paper of a plan: kept, and taken back."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from rent_ledger.arrears.plan_papers import PlanPaper
from rent_ledger.books.plans import RepaymentPlan

NOT_SIGNED = "Ce plan n’est pas signé : notez d’abord la signature, puis gardez le papier."


@needs(Write(Data.ARREARS))
def add_plan_paper(*, plan: RepaymentPlan, file: BinaryIO, actor: Actor) -> PlanPaper:
    """Keep a picture or a PDF of the paper that the household signed. The same file again is the first.

    `InvalidInput` (`proofs`): what it is, or one too many. `Conflict` where nobody has signed.
    """
    # Read before the plan is locked: it takes time.
    clean = clean_file(file, PlanPaper.kind, field="proofs")
    with transaction.atomic():
        row = RepaymentPlan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).first()
        if row is None or row.signed_on is None:
            raise Conflict(NOT_SIGNED, code="not_signed")
        return keep_file(PlanPaper, clean, actor=actor, field="proofs", of="plan", plan=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_plan_paper(*, plan: RepaymentPlan, paper: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    RepaymentPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    drop_file(PlanPaper.objects.filter(plan=plan, uuid=paper).first())
