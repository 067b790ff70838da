"""After the end of a measure: where the household was oriented, when it is asked, and that it comes back.

Each row names the measure with the day of its end: a composite key holds the two together, so that nothing follows a
measure that runs, and an end is not taken back while something stands on it.
"""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from office.access.actor import Actor
from social_link.measures.models import Measure
from social_link.watches.codes import HOUSED, Again, Asker, Debt, Found, Service, WatchKind


class OrientationQuerySet(models.QuerySet["Orientation"]):
    def visible_to(self, actor: Actor) -> OrientationQuerySet:
        """Of the measures that the actor reads."""
        return self.filter(measure__in=Measure.objects.visible_to(actor).order_by().values("pk"))


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, actor: Actor) -> WatchQuerySet:
        """After the measures that the actor reads."""
        return self.filter(measure__in=Measure.objects.visible_to(actor).order_by().values("pk"))


@pghistory.track(pghistory.DeleteEvent())
class Orientation(models.Model):
    """At the end of a measure the household was told of a service, and of which organisation where one is named."""

    measure = models.ForeignKey(
        "social_link.Measure", models.PROTECT, related_name="orientations", verbose_name="mesure"
    )
    ended_on = models.DateField("terminée le", editable=False)
    service = models.CharField("service", max_length=8, choices=Service.choices)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        verbose_name = "orientation"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "service", "organisation"],
                nulls_distinct=False,
                name="orientation_once",
                violation_error_message="Cette orientation est déjà notée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()}, {self.organisation}" if self.organisation else self.get_service_display()


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Watch(models.Model):
    """A step after the end of a measure: the referent asks where the household stands, so many months after.

    `seen_on`: the day of which that is true; until then nothing was found. `debt`: what is known of its rent, where it
    has a home of its own.
    """

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="watches", verbose_name="mesure")
    ended_on = models.DateField("terminée le", editable=False)
    kind = models.CharField("étape", max_length=6, choices=WatchKind.choices)
    months = models.PositiveSmallIntegerField("mois après")
    due_on = models.DateField("prévue le")
    found = models.CharField("situation", max_length=7, choices=Found.choices, blank=True)
    debt = models.CharField("loyer", max_length=7, choices=Debt.choices, blank=True)
    seen_on = models.DateField("vue le", null=True, blank=True)
    noted_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="notée par"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = "étape après la fin"
        verbose_name_plural = "étapes après la fin"
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on"], condition=Q(seen_on=None), name="watch_to_note")]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "months"],
                name="watch_once_a_month",
                violation_error_message="Cette étape est déjà prévue.",
            ),
            models.CheckConstraint(
                condition=Q(months__gt=0, due_on__gt=F("ended_on")),
                name="watch_after_the_end",
                violation_error_message="Une étape suit la fin de la mesure.",
            ),
            models.CheckConstraint(
                condition=Q(seen_on=None, found="", noted_by=None)
                | (Q(seen_on__gt=F("ended_on"), found__in=Found.values)),
                name="watch_noted_whole",
                violation_error_message="Une étape notée a son jour et la situation trouvée.",
            ),
            models.CheckConstraint(
                condition=(Q(found__in=sorted(HOUSED)) & Q(debt__in=Debt.values))
                | (~Q(found__in=sorted(HOUSED)) & Q(debt="")),
                name="watch_debt_of_a_home",
                violation_error_message="Dites ce que vous savez du loyer, si le ménage a un logement à lui.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} à {self.months} mois · {self.measure_id}"


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    def visible_to(self, actor: Actor) -> ReopeningQuerySet:
        return self.filter(former__in=Measure.objects.visible_to(actor).order_by().values("pk"))

    def waiting(self) -> ReopeningQuerySet:
        """Those that nobody has oriented yet."""
        return self.filter(service="", withdrawn_at=None)


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Reopening(models.Model):
    """The household, a partner or our own watch asks that a support begins again (S1-12).

    `former`: the episode that ended, which stays as it is. `service`: to whom the request was oriented; ours, it gets a
    new measure, `measure`, once that is open. `reasons`: why, by code.
    """

    former = models.ForeignKey(
        "social_link.Measure", models.PROTECT, related_name="reopenings", verbose_name="mesure terminée"
    )
    ended_on = models.DateField("terminée le", editable=False)
    asked_by = models.CharField("demandée par", max_length=7, choices=Asker.choices)
    partner = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="partenaire"
    )
    asked_on = models.DateField("demandée le")
    reasons = ArrayField(models.CharField(max_length=8, choices=Again.choices), verbose_name="motifs")
    service = models.CharField("orientée vers", max_length=8, choices=Service.choices, blank=True)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    oriented_on = models.DateField("orientée le", null=True, blank=True)
    oriented_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="orientée par"
    )
    measure = models.OneToOneField(
        "social_link.Measure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reopening",
        verbose_name="nouvelle mesure",
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="saisie par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de reprise"
        verbose_name_plural = "demandes de reprise"
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["former"],
                condition=Q(service="", withdrawn_at=None),
                name="reopening_waits_once",
                violation_error_message="Une demande de reprise attend déjà : orientez-la d’abord.",
            ),
            models.CheckConstraint(
                condition=(Q(asked_by=Asker.PARTNER) | Q(partner=None)),
                name="reopening_partner_who_asks",
                violation_error_message="Seule la demande d’un partenaire a un partenaire.",
            ),
            models.CheckConstraint(
                condition=Q(reasons__len__gt=0, asked_on__gt=F("ended_on")),
                name="reopening_whole",
                violation_error_message="Une demande de reprise a un motif, et suit la fin de la mesure.",
            ),
            models.CheckConstraint(
                condition=Q(service="", oriented_on=None, oriented_by=None, organisation=None)
                | (~Q(service="") & Q(oriented_on__gte=F("asked_on"))),
                name="reopening_oriented_whole",
                violation_error_message="Une orientation a son jour, et suit la demande.",
            ),
            models.CheckConstraint(
                condition=Q(measure=None) | (Q(service=Service.HOUSE, withdrawn_at=None) & ~Q(measure=F("former"))),
                name="reopening_measure_is_ours",
                violation_error_message="Une mesure s’ouvre pour une demande orientée vers notre service.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_asked_by_display()} · {self.asked_on:%d/%m/%Y}"

    @property
    def is_ours(self) -> bool:
        """Whether it asks a measure of us."""
        return self.service == Service.HOUSE and self.measure_id is None

    @property
    def reason_words(self) -> str:
        return ", ".join(str(Again(code).label) for code in self.reasons)
