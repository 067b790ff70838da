"""The letters that a household gets at the start, in the middle and at the end of its support (S1-05)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from common.fields import bounded
from common.text import LONGEST_TEXT
from social_link.informing.codes import Told
from social_link.objectives.codes import Moment


class LetterText(models.Model):
    """The words of the association at a moment. The latest version is in use; none is ever changed. Version 0 is
    `wording`, and has no row."""

    moment = models.CharField("moment", max_length=6, choices=Moment.choices)
    version = models.PositiveIntegerField("version")
    body = models.TextField("texte", max_length=LONGEST_TEXT)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField("écrit le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "texte des lettres au ménage"
        verbose_name_plural = "textes des lettres au ménage"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["moment", "version"], name="letter_text_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1, moment__in=Moment.values) & ~Q(body=""), name="letter_text_whole"
            ),
            bounded("letter_text", "body"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class SupportLetter(models.Model):
    """A letter to the household: `day`, that of which it tells (the first day, the middle, the end); `data`, all it
    prints, and `pdf`, as it was made. `told_on` and `told_how`: when the household had it, and how."""

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="letters", verbose_name="mesure")
    moment = models.CharField("moment", max_length=6, choices=Moment.choices)
    day = models.DateField("jour dont elle parle")
    data = models.JSONField("contenu")
    pdf = models.BinaryField("PDF", editable=False)
    sha256 = models.CharField("empreinte du PDF", max_length=64, editable=False)
    told_on = models.DateField("dite le", null=True, blank=True)
    told_how = models.CharField("comment", max_length=4, choices=Told.choices, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    made_at = models.DateTimeField("écrite le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "lettre au ménage accompagné"
        verbose_name_plural = "lettres aux ménages accompagnés"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "moment"],
                name="support_letter_once",
                violation_error_message="Cette lettre est déjà écrite.",
            ),
            models.CheckConstraint(
                condition=Q(moment__in=Moment.values)
                & (Q(told_on=None, told_how="") | Q(told_on__isnull=False, told_how__in=Told.values)),
                name="support_letter_told_whole",
                violation_error_message="Dites quel jour le ménage a eu la lettre, et comment.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lettre, {self.get_moment_display()} · {self.measure_id}"
