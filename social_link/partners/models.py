"""Partners: people outside the house, and what they do for a household, with its consent."""

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from common import clock
from common.fields import SortKeyField
from common.periods import contains, last_day
from social_link.partners.codes import ConsentHow, PartnerFunction, Told
from social_link.partners.rules.consent import Consent, may_tell


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Partner(models.Model):
    """Somebody of an outside organisation, or a service without a name: what they do, how they are reached. Nothing
    here tells of a household."""

    name = models.CharField("nom", max_length=120)
    function = models.CharField("fonction", max_length=10, choices=PartnerFunction.choices)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    sort_key = SortKeyField("name")

    class Meta:
        verbose_name = "partenaire"
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sort_key", "function", "organisation"],
                nulls_distinct=False,
                name="partner_once",
                violation_error_message="Ce partenaire est déjà dans le carnet.",
            ),
            models.CheckConstraint(
                condition=Q(function__in=PartnerFunction.values),
                name="partner_function_known",
                violation_error_message="Choisissez dans la liste.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class PartnerLink(models.Model):
    """What a partner does for a household over a period. `tells`: what the household agreed that may be told, from
    `given_on`, as it said so (`how`), until `withdrawn_on`. Without a consent nothing leaves."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="partners", verbose_name="ménage")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="links", verbose_name="partenaire")
    period = DateRangeField("du … au …")
    given_on = models.DateField("accord donné le", null=True, blank=True)
    how = models.CharField("comment", max_length=8, choices=ConsentHow.choices, blank=True)
    tells = ArrayField(
        models.CharField(max_length=8, choices=Told.choices), verbose_name="ce qui peut être dit", default=list,
        blank=True,
    )  # fmt: skip
    withdrawn_on = models.DateField("accord repris le", null=True, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    noted_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "partenaire d’un ménage"
        verbose_name_plural = "partenaires des ménages"
        ordering = ["id"]
        constraints = [
            ExclusionConstraint(
                name="partner_link_once",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    ("partner", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Ce partenaire est déjà autour du ménage sur ces jours.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False),
                name="partner_link_dated",
                violation_error_message="Le dernier jour suit le premier.",
            ),
            models.CheckConstraint(
                condition=Q(given_on=None, how="", tells=[])
                | Q(
                    given_on__isnull=False, how__in=ConsentHow.values, tells__len__gt=0,
                    tells__contained_by=Told.values,
                ),
                name="partner_consent_whole",
                violation_error_message="Un accord dit son jour, comment il a été donné et ce qui peut être dit.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(given_on__isnull=False, withdrawn_on__gte=F("given_on")),
                name="partner_consent_withdrawn_after",
                violation_error_message="Un accord est repris après avoir été donné.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner} · {self.pk}"

    @property
    def last_day(self) -> date | None:
        return last_day(self.period)

    @property
    def is_current(self) -> bool:
        return contains(self.period, clock.today())

    @property
    def may_be_told(self) -> list[Told]:
        """What may be told today; empty where nothing may."""
        consent = Consent(self.given_on, self.withdrawn_on, self.tells, self.period.lower, self.last_day)
        codes = may_tell(consent, clock.today())
        return [code for code in Told if code in codes]

    @property
    def told(self) -> list[str]:
        """The same in French."""
        return [code.label for code in self.may_be_told]
