"""How a household settles into a dwelling: what is done of a list, and its furniture with what pays for it.

`stay` is the number of an occupancy, and no key: the rental side takes a contract back without being told that the
social service has noted something of it. So is `aid_file`, a file for an aid: its amounts are read there, never copied.
"""

import pghistory
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from social_link.settling.codes import Furniture, SettlingStep


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class SettlingTick(models.Model):
    """A point of the list that is settled: done on a day, or of no use here (`is_needless`). One that is not
    there is open."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="+", verbose_name="ménage")
    stay = models.BigIntegerField("occupation")
    step = models.CharField("point", max_length=10, choices=SettlingStep.choices)
    on = models.DateField("le")
    is_needless = models.BooleanField("sans objet", default=False)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    noted_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "point d’une installation"
        verbose_name_plural = "points des installations"
        ordering = ["id"]
        indexes = [models.Index(fields=["household"], name="settling_tick_household")]
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "step"],
                name="settling_tick_once",
                violation_error_message="Ce point est déjà réglé.",
            ),
            models.CheckConstraint(
                condition=Q(step__in=SettlingStep.values),
                name="settling_tick_known",
                violation_error_message="Choisissez dans la liste.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_step_display())


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class FurnitureItem(models.Model):
    """A piece of furniture: so many, asked of which aid (`scheme`) for how much, what was obtained, and when it came.
    With an `aid_file`, that file says all of the money."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="+", verbose_name="ménage")
    stay = models.BigIntegerField("occupation")
    kind = models.CharField("meuble", max_length=10, choices=Furniture.choices)
    quantity = models.PositiveSmallIntegerField("nombre", default=1)
    scheme = models.ForeignKey(
        "office.AidScheme", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="aide"
    )
    aid_file = models.BigIntegerField("dossier d’aide", null=True, blank=True)
    asked = EuroField("demandé", null=True, blank=True)
    asked_on = models.DateField("demandé le", null=True, blank=True)
    obtained = EuroField("obtenu", null=True, blank=True)
    received_on = models.DateField("reçu le", null=True, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    noted_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "meuble d’une installation"
        verbose_name_plural = "meubles des installations"
        ordering = ["id"]
        indexes = [models.Index(fields=["household"], name="furniture_household")]
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "kind"],
                name="furniture_once",
                violation_error_message="Ce meuble est déjà dans la liste : changez son nombre.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Furniture.values),
                name="furniture_known",
                violation_error_message="Choisissez dans la liste.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=20),
                name="furniture_counted",
                violation_error_message="De 1 à 20.",
            ),
            models.CheckConstraint(
                condition=Q(aid_file=None) | Q(scheme=None, asked=None, asked_on=None, obtained=None),
                name="furniture_paid_by_its_file",
                violation_error_message="Le dossier d’aide dit l’aide et les montants : laissez-les vides.",
            ),
            models.CheckConstraint(
                condition=Q(asked=None, asked_on=None, scheme=None, obtained=None)
                | Q(asked__gt=0, asked_on__isnull=False, scheme__isnull=False),
                name="furniture_asked_whole",
                violation_error_message="Une demande dit à quelle aide, combien et quel jour.",
            ),
            models.CheckConstraint(
                condition=Q(obtained=None) | Q(obtained__gte=0),
                name="furniture_obtained",
                violation_error_message="Le montant obtenu est de 0 € ou plus.",
            ),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(asked_on=None) | Q(received_on__gte=F("asked_on")),
                name="furniture_received_after",
                violation_error_message="Un meuble arrive après sa demande.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
