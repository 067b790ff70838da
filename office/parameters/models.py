"""Dated values of the parameters declared in code (`common.params.declare`)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.fields import bounded
from common.text import LONGEST_TEXT
from common.triggers import moves_the_books
from office.parameters.codes import ParameterScope


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ParameterValue(models.Model):
    """One value of a declared parameter over a period, with its source.

    `value` is JSON of the declared type, NULL for "no bound". `territory` is the département of values of another time,
    all of them ended: no rule ever read one (ADR 30).
    """

    key = models.CharField("paramètre", max_length=60)
    scope = models.CharField("portée", max_length=12, choices=ParameterScope.choices, default=ParameterScope.NATIONAL)
    territory = models.CharField("département", max_length=3, blank=True)
    period = DateRangeField("période d’effet")
    value = models.JSONField("valeur", null=True, blank=True)
    source = models.TextField("source", max_length=LONGEST_TEXT)
    is_verified = models.BooleanField("vérifié", default=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="saisi par")
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "valeur de paramètre"
        ordering = ["key", "scope", "territory", "period"]
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="parameter_value_no_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("territory", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Une autre valeur couvre déjà une partie de cette période.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="parameter_value_period_not_empty"),
            models.CheckConstraint(
                condition=(Q(scope=ParameterScope.DEPARTEMENT) & ~Q(territory=""))
                | (~Q(scope=ParameterScope.DEPARTEMENT) & Q(territory="")),
                name="parameter_value_territory_iff_departement",
                violation_error_message="Le département est requis pour une portée départementale, et pour elle seule.",
            ),
            models.CheckConstraint(
                condition=~Q(scope=ParameterScope.DEPARTEMENT) | Q(period__upper_inf=False),
                name="parameter_value_departement_is_over",
                violation_error_message="Aucun calcul ne lit de valeur départementale.",
            ),
            bounded("parameter_value", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
