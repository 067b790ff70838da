"""The social evaluation of a household by codes, each a version of a day; its words are a note, sealed as all are."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common import clock
from common.typography import uncapitalised
from social_link.diagnoses.codes import DiagnosisNeed, DiagnosisTheme, Standing


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Diagnosis(models.Model):
    """A version: the day of it, and what is needed. What each theme is at stands in its lines. `note_id`: no key, for a
    note is withdrawn and comes back."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="diagnoses", verbose_name="ménage")
    on = models.DateField("le")
    needs = ArrayField(
        models.CharField(max_length=8, choices=DiagnosisNeed.choices), default=list, blank=True, verbose_name="besoins"
    )
    note_id = models.BigIntegerField("note", null=True, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "diagnostic"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "on"],
                condition=Q(withdrawn_at=None),
                name="diagnosis_once_a_day",
                violation_error_message="Un diagnostic de ce jour est déjà noté : corrigez-le.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.on:%d/%m/%Y}"

    @property
    def need_words(self) -> str:
        """« chercher un logement, apurer une dette »."""
        return ", ".join(uncapitalised(DiagnosisNeed(code).label) for code in self.needs)


class DiagnosisLine(models.Model):
    """Where one theme stands in a version."""

    diagnosis = models.ForeignKey(Diagnosis, models.PROTECT, related_name="lines", verbose_name="diagnostic")
    theme = models.CharField("thème", max_length=8, choices=DiagnosisTheme.choices)
    standing = models.CharField("niveau", max_length=6, choices=Standing.choices)

    class Meta:
        verbose_name = "ligne d’un diagnostic"
        verbose_name_plural = "lignes d’un diagnostic"
        constraints = [models.UniqueConstraint(fields=["diagnosis", "theme"], name="diagnosis_line_once")]

    def __str__(self) -> str:
        return f"{self.get_theme_display()} · {self.get_standing_display()}"
