"""The paper of a plan, as it came back signed."""

from django.db import models

from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.books.plans import RepaymentPlan


class PlanPaper(Attachment):
    """A page of the agreement that the household signed."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    plan = models.ForeignKey(RepaymentPlan, models.PROTECT, related_name="papers", verbose_name="plan")

    class Meta(Attachment.Meta):
        verbose_name = "papier signé d’un plan"
        verbose_name_plural = "papiers signés d’un plan"
        constraints = [models.UniqueConstraint(fields=["plan", "blob"], name="plan_paper_once")]
