"""Schemes: the aids that bodies give to households for their dwelling, as the association knows their rules.

No national text sets what a FSL gives: each département writes its own rules (loi n° 90-449, art. 6-1). So nothing is
known here but what the association typed, with its source and whether somebody read it.
"""

from datetime import date

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.fields import bounded
from common.money import EuroField
from common.text import LONGEST_TEXT
from common.typography import uncapitalised
from office.schemes.codes import Gives, Need


class AidSchemeQuerySet(models.QuerySet["AidScheme"]):
    def active_on(self, day: date) -> "AidSchemeQuerySet":
        """Those whose rules hold on `day`."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=day), from_day__lte=day)


@pghistory.track()
class AidScheme(models.Model):
    """An aid of a body. `needs`: what it pays for. `amount_most`: its ceiling; `income_most`: the resources of the
    household above which it is refused, a month (euros); None where the rules name none. `conditions`: the rest of the
    rules, in words. `last_day`: the last day of these rules, None while they hold. `is_verified`: somebody read them in
    their source."""

    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, related_name="aid_schemes", verbose_name="organisme"
    )
    name = models.CharField("nom", max_length=120)
    needs = ArrayField(
        models.CharField(max_length=10, choices=Need.choices),
        verbose_name="ce que l’aide paie",
    )
    gives = models.CharField("don ou prêt", max_length=5, choices=Gives.choices)
    amount_most = EuroField("montant au plus", null=True, blank=True)
    income_most = EuroField("ressources du ménage au plus", null=True, blank=True)
    conditions = models.TextField("conditions", max_length=LONGEST_TEXT, blank=True)
    from_day = models.DateField("valable depuis le")
    last_day = models.DateField("valable jusqu’au", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    is_verified = models.BooleanField("vérifiée dans sa source", default=False)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    objects = AidSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "aide mobilisable"
        verbose_name_plural = "aides mobilisables"
        ordering = ["organisation__sort_key", "name", "-from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name", "from_day"],
                name="aid_scheme_once",
                violation_error_message="Cette aide est déjà dans la liste, avec ce jour de début. Modifiez sa fiche.",
            ),
            models.CheckConstraint(
                condition=Q(needs__len__gt=0, needs__contained_by=[need.value for need in Need]),
                name="aid_scheme_needs",
                violation_error_message="Dites ce que l’aide paie.",
            ),
            models.CheckConstraint(
                condition=Q(amount_most=None) | Q(amount_most__gt=0),
                name="aid_scheme_amount_positive",
                violation_error_message="Un plafond est de plus de 0 €. Laissez-le vide s’il n’y en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(income_most=None) | Q(income_most__gt=0),
                name="aid_scheme_income_positive",
                violation_error_message="Un plafond est de plus de 0 €. Laissez-le vide s’il n’y en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("from_day")),
                name="aid_scheme_days",
                violation_error_message="Le dernier jour vient après le premier.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="aid_scheme_source",
                violation_error_message="Dites où ces règles sont écrites.",
            ),
            bounded("aid_scheme", "conditions"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation})"

    @property
    def needs_in_words(self) -> str:
        """What it pays for, in the order of the codes, as a list in a sentence."""
        words = ", ".join(uncapitalised(need.label) for need in Need if need.value in self.needs)
        return words[:1].upper() + words[1:]
