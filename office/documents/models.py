"""Archived documents: the row is created at once, the PDF when first opened; then it never changes."""

from django.db import models
from django.db.models import Q

from common import clock


class DocumentManager(models.Manager["Document"]):
    """Defers `pdf`, so that lists never load the bytes."""

    def get_queryset(self) -> models.QuerySet["Document"]:
        return super().get_queryset().defer("pdf")


class Document(models.Model):
    """A paper of ours: its data, its template version, and its bytes once rendered (PDF/UA-1).

    `kind` names the template (`rent_demand`, `receipt`, …); `number` is unique within a kind. `data` holds everything
    that the template prints, so that a reprint needs nothing else.
    """

    kind = models.CharField("genre", max_length=40)
    number = models.CharField("numéro", max_length=40)
    title = models.CharField("titre", max_length=200)
    data = models.JSONField("données")
    template_version = models.PositiveSmallIntegerField("version du modèle", default=1)
    made_at = models.DateTimeField("établi le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="auteur")
    sent_on = models.DateField("envoyé le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
    pdf = models.BinaryField("PDF", null=True, blank=True, editable=False)
    sha256 = models.CharField("empreinte", max_length=64, blank=True, editable=False)

    objects = DocumentManager()

    class Meta:
        verbose_name = "document"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=(Q(pdf__isnull=True) & Q(sha256="")) | (Q(pdf__isnull=False) & ~Q(sha256="")),
                name="document_bytes_with_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.title
