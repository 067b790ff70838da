"""Who answers for the rent of a contract: a body (Visale, FSL), or a person by a deed; from when, how far, for what."""

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common import clock
from common.fields import bounded
from common.money import EuroField
from common.periods import contains
from common.text import LONGEST_TEXT
from leases.contracts.codes import SURETIES, GuaranteeCover, GuaranteeKind
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment

_SURETIES = sorted(kind.value for kind in SURETIES)


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def on(self, day: date) -> "GuaranteeQuerySet":
        """Those that answer for what falls due on `day`."""
        return self.filter(period__contains=day)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Guarantee(models.Model):
    """A guarantee of a contract. `person`: who is surety; else `body`. `reference`: the number of the visa or of the
    agreement. `period`: the debts that fall due in it are covered.

    `ceiling` (euros) or `ceiling_months` (months of rent and charges, less the aid paid to us) is the most that it pays
    in all; neither: it has no ceiling of its own. `address`: where a person is written to; a body has its own.
    """

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="guarantees", verbose_name="bail")
    kind = models.CharField("garantie", max_length=9, choices=GuaranteeKind.choices)
    person = models.ForeignKey(
        "leases.Person", models.PROTECT, null=True, blank=True, related_name="guarantees", verbose_name="caution"
    )
    body = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="guarantees",
        verbose_name="organisme",
    )  # fmt: skip
    reference = models.CharField("numéro du visa ou de l’accord", max_length=40, blank=True)
    period = DateRangeField("du … au …")
    ceiling = EuroField("plafond", null=True, blank=True)
    ceiling_months = models.PositiveSmallIntegerField("plafond en mois", null=True, blank=True)
    covers = models.CharField(
        "couvre", max_length=7, choices=GuaranteeCover.choices, default=GuaranteeCover.RENT
    )  # fmt: skip
    address = models.TextField("adresse de la caution", max_length=LONGEST_TEXT, blank=True)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        verbose_name = "garantie"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=_SURETIES, person__isnull=False, body=None)
                | (~Q(kind__in=_SURETIES) & Q(person=None, body__isnull=False)),
                name="guarantee_of_its_kind",
                violation_error_message="Une caution est une personne ; les autres garanties sont d’un organisme.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GuaranteeKind.VISALE) | ~Q(reference=""),
                name="guarantee_visa_has_a_number",
                violation_error_message="Recopiez le numéro du visa.",
            ),
            models.CheckConstraint(
                condition=Q(ceiling=None, ceiling_months=None)
                | Q(ceiling__isnull=False, ceiling__gt=0, ceiling_months=None)
                | Q(ceiling=None, ceiling_months__isnull=False, ceiling_months__gt=0),
                name="guarantee_one_ceiling",
                violation_error_message="Le plafond est en euros ou en mois, et plus de zéro.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="guarantee_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            bounded("guarantee", "address"),
            ExclusionConstraint(
                name="guarantee_of_a_person_once",
                expressions=[
                    ("lease", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne est déjà caution de ce bail sur cette période.",
            ),
            ExclusionConstraint(
                name="guarantee_of_a_body_once",
                expressions=[
                    ("lease", RangeOperators.EQUAL),
                    ("body", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette garantie est déjà notée sur cette période.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.guarantor}"

    @property
    def is_surety(self) -> bool:
        """A person is bound by a deed."""
        return self.kind in SURETIES

    @property
    def guarantor(self) -> str:
        """Who pays."""
        return str(self.person if self.is_surety else self.body)

    def runs_on(self, day: date) -> bool:
        return contains(self.period, day)


class GuaranteeDeed(Attachment):
    """The deed of a guarantee: the act of the surety, the visa, the agreement of the body."""

    kind = FileKind(per_owner=5, formats=PICTURES | {Format.PDF})

    guarantee = models.ForeignKey(Guarantee, models.PROTECT, related_name="deeds", verbose_name="garantie")

    class Meta(Attachment.Meta):
        verbose_name = "acte d’une garantie"
        verbose_name_plural = "actes d’une garantie"
        constraints = [models.UniqueConstraint(fields=["guarantee", "blob"], name="guarantee_deed_once")]
