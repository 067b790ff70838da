"""Head agreements: the contracts by which we manage dwellings (from whom, for whom, until when)."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from common.fields import SortKeyField
from common.money import EuroField
from common.triggers import moves_the_books
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.house.codes import HeldFor
from stock.agreements.codes import HeadAgreementKind


class HeadAgreementQuerySet(models.QuerySet["HeadAgreement"]):
    def visible_to(self, actor: Actor) -> HeadAgreementQuerySet:
        """Agreements carry rents and fees: not for technicians, funders and administrators."""
        return self if can(actor, Read(Data.AGREEMENT)) else self.none()

    def active_on(self, day: date) -> HeadAgreementQuerySet:
        return self.filter(period__contains=day)


@pghistory.track()
class HeadAgreement(models.Model):
    """Convention, marché, bail principal or mandat. The operator is the association unless another is named."""

    kind = models.CharField("genre", max_length=10, choices=HeadAgreementKind.choices)
    reference = models.CharField("référence", max_length=40, unique=True)
    title = models.CharField("objet", max_length=160)
    owner = models.ForeignKey(
        "office.Organisation", models.PROTECT, related_name="owned_agreements", verbose_name="propriétaire"
    )
    ordered_by = models.ForeignKey(
        "office.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ordered_agreements",
        verbose_name="donneur d’ordre",
    )
    operator = models.ForeignKey(
        "office.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="operated_agreements",
        verbose_name="opérateur (l’association si vide)",
    )
    rent_collected_for = models.CharField(
        "loyers encaissés pour",
        max_length=12,
        choices=HeldFor.choices,
        default=HeldFor.ITSELF,
        help_text="Mandat : les mandants. CCAS sous mandat de recettes : la collectivité.",
    )
    is_conventioned = models.BooleanField(
        "logements conventionnés",
        default=False,
        help_text="Par un bailleur autre qu’un organisme HLM. Une sous-location garde alors l’article 24 de la loi de "
        "1989 (CCH, art. L. 353-20).",
    )
    period = DateRangeField("période")
    notice_months = models.PositiveSmallIntegerField("préavis (mois)", default=3)
    fee_percent = models.DecimalField("honoraires (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    sort_key = SortKeyField("reference", "title")

    objects = HeadAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ["reference"]
        triggers = [moves_the_books()]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="head_agreement_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=HeadAgreementKind.MANDATE) | Q(rent_collected_for=HeldFor.MANDANTS),
                name="head_agreement_mandate_for_mandants",
                violation_error_message="Sous mandat de gestion, les loyers sont encaissés pour les mandants.",
            ),
            models.CheckConstraint(
                condition=Q(fee_percent__isnull=True) | (Q(fee_percent__gte=0) & Q(fee_percent__lt=100)),
                name="head_agreement_fee_plausible",
                violation_error_message="Les honoraires sont un pourcentage entre 0 et 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def is_social(self) -> bool:
        """Its sub-lettings are under loi n° 89-462 as art. 40 lets it: dwellings of an HLM body (CCH, art. L. 442-8-2),
        or conventioned by another landlord (art. L. 353-20). Reads the owner."""
        return self.is_conventioned or self.owner.is_hlm


class AgreementDwelling(models.Model):
    """A dwelling in an agreement, from its entry to its exit. At most one agreement gives the right to let at a time;
    a marché de prestations may come in addition."""

    agreement = models.ForeignKey(HeadAgreement, models.PROTECT, related_name="lines", verbose_name="convention")
    dwelling = models.ForeignKey(
        "stock.Dwelling", models.PROTECT, related_name="agreement_lines", verbose_name="logement"
    )
    gives_title = models.BooleanField("donne le droit de louer", default=True)
    period = DateRangeField("entrée et sortie du parc")
    upstream_rent = EuroField("loyer dû au propriétaire", null=True, blank=True)

    class Meta:
        verbose_name = "logement d’une convention"
        verbose_name_plural = "logements des conventions"
        ordering = ["dwelling__reference", "period"]
        constraints = [
            ExclusionConstraint(
                name="agreement_dwelling_no_overlap",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("dwelling", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Ce logement est déjà dans cette convention sur une partie de la période.",
            ),
            ExclusionConstraint(
                name="agreement_dwelling_one_title",
                expressions=[("dwelling", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(gives_title=True),
                violation_error_message="Une autre convention donne déjà ce logement à louer sur cette période. "
                "Terminez-la d’abord.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="agreement_dwelling_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                condition=Q(upstream_rent__isnull=True) | Q(upstream_rent__gte=0),
                name="agreement_dwelling_rent_positive",
                violation_error_message="Le loyer dû au propriétaire n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dwelling} · {self.agreement}"
