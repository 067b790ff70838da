"""Digests of ledger rows that never change, kept to detect tampering."""

from django.db import models

from common import clock


class LedgerPrint(models.Model):
    """The digest of the rows of one kind written on one day, computed when the day is over.

    Entries, postings, documents and the rows they depend on never change, and none can be added to a past day.
    `check_ledger` computes the digest again: a difference means that a row was changed, deleted or forged, even with
    triggers off. `digest`: sum over the rows of 64 bits of MD5 of their fixed columns, so their order doesn't matter.
    """

    subject = models.CharField("sujet", max_length=20)
    day = models.DateField("jour")
    rows = models.BigIntegerField("lignes")
    digest = models.DecimalField("empreinte", max_digits=40, decimal_places=0)
    taken_at = models.DateTimeField("prise le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "empreinte du grand livre"
        verbose_name_plural = "empreintes du grand livre"
        ordering = ["day", "subject"]
        constraints = [models.UniqueConstraint(fields=["subject", "day"], name="ledger_print_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"
