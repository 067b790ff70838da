"""Days of a household's way that nothing else knows, typed by who accompanies it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from social_link.chains.codes import TYPED_LINKS, Link


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class ChainDay(models.Model):
    """The day of one step of the way that led to a measure: it stands before what is known from elsewhere."""

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="chain_days", verbose_name="mesure")
    link = models.CharField("étape", max_length=7, choices=Link.choices)
    on = models.DateField("le")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "étape du parcours"
        verbose_name_plural = "étapes du parcours"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "link"],
                name="chain_day_once",
                violation_error_message="Cette étape a déjà son jour.",
            ),
            models.CheckConstraint(
                condition=Q(link__in=[link.value for link in TYPED_LINKS]),
                name="chain_day_typed",
                violation_error_message="L’accès effectif est le premier jour de la mesure.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_link_display()} · {self.on:%d/%m/%Y}"
