"""Incidents between a household and its neighbours: the facts by codes, and what was done of them."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.looks import Look
from office.access.actor import Actor
from social_link.incidents.codes import IncidentAct, IncidentKind, IncidentSource, IncidentState
from social_link.incidents.looks import STATES


class NeighbourIncidentQuerySet(models.QuerySet["NeighbourIncident"]):
    def visible_to(self, actor: Actor) -> NeighbourIncidentQuerySet:
        """Incidents of the households that the actor follows."""
        from social_link.contacts.perms import followed_by  # which knows the models of all subjects

        return self.filter(household__in=followed_by(actor))


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class NeighbourIncident(models.Model):
    """What happened, on which day, who reported it, and what was done. It has no text: words stand in a note. One that
    was withdrawn is deleted, so that nothing counts it; its history keeps it."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="incidents", verbose_name="ménage")
    happened_on = models.DateField("le")
    kind = models.CharField("quoi", max_length=8, choices=IncidentKind.choices)
    reported_by = models.CharField("signalé par", max_length=8, choices=IncidentSource.choices)
    acts = ArrayField(
        models.CharField(max_length=8, choices=IncidentAct.choices), verbose_name="ce qui a été fait", default=list,
        blank=True,
    )  # fmt: skip
    settled_on = models.DateField("réglé le", null=True, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    request_key = models.UUIDField("clé de saisie", unique=True)

    objects = NeighbourIncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "incident de voisinage"
        verbose_name_plural = "incidents de voisinage"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["household", "-happened_on"], name="incident_household")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=IncidentKind.values, reported_by__in=IncidentSource.values),
                name="incident_coded",
                violation_error_message="Choisissez ce qui s’est passé, et qui l’a signalé.",
            ),
            models.CheckConstraint(
                condition=Q(acts__contained_by=IncidentAct.values),
                name="incident_acts_known",
                violation_error_message="Choisissez ce qui a été fait dans la liste.",
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled_on__gte=F("happened_on")),
                name="incident_settled_on_a_day",
                violation_error_message="Un incident réglé l’est le jour même ou après.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_on:%d/%m/%Y}"

    @property
    def is_settled(self) -> bool:
        return self.settled_on is not None

    @property
    def state(self) -> IncidentState:
        return IncidentState.SETTLED if self.is_settled else IncidentState.OPEN

    @property
    def look(self) -> Look:
        return STATES[self.state]

    @property
    def done_words(self) -> list[str]:
        """What was done, in the order of the list."""
        return [code.label for code in IncidentAct if code in self.acts]
