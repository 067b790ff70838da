"""Imports of dwellings: the file, what was seen, what was done."""

from django.db import models

from common import clock


class StockImport(models.Model):
    """One accepted import. The same file again changes nothing (unique hash)."""

    file_name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    agreement = models.ForeignKey(
        "stock.HeadAgreement", models.PROTECT, null=True, blank=True, verbose_name="convention"
    )
    created = models.PositiveIntegerField("logements créés", default=0)
    updated = models.PositiveIntegerField("logements mis à jour", default=0)
    unchanged = models.PositiveIntegerField("logements inchangés", default=0)
    skipped = models.PositiveIntegerField("lignes laissées", default=0)
    report = models.JSONField("compte rendu", default=dict)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="importé par")
    imported_at = models.DateTimeField("importé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "import de logements"
        verbose_name_plural = "imports de logements"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
