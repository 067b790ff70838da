"""The association (or CCAS) that runs Ancrage, and its bank accounts."""

import pghistory
from django.db import models
from django.db.models import Q

from common.identifiers import validate_iban, validate_ics, validate_siret
from office.enums import HeldFor


@pghistory.track()
class Association(models.Model):
    """The identity printed on every paper. One row (id 1)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField("nom", max_length=200)
    short_name = models.CharField("nom court", max_length=40)
    siret = models.CharField("SIRET", max_length=14, validators=[validate_siret])
    ics = models.CharField("identifiant créancier SEPA (ICS)", max_length=35, blank=True, validators=[validate_ics])
    address = models.TextField("adresse")
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    approval_ends_on = models.DateField("fin de l’agrément (L.365-4)", null=True, blank=True)

    class Meta:
        verbose_name = "association"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="association_single")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BankAccount(models.Model):
    """A bank account of ours, and for whom its money is held."""

    label = models.CharField("intitulé", max_length=80)
    iban = models.CharField("IBAN", max_length=34, unique=True, validators=[validate_iban])
    bic = models.CharField("BIC", max_length=11, blank=True)
    currency = models.CharField("monnaie", max_length=3, default="EUR")
    held_for = models.CharField("détenu pour", max_length=12, choices=HeldFor, default=HeldFor.ITSELF)
    organisation = models.ForeignKey(
        "office.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="collectivité concernée",
        related_name="bank_accounts",
    )
    is_active = models.BooleanField("actif", default=True)

    class Meta:
        verbose_name = "compte bancaire"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(held_for=HeldFor.PUBLIC_BODY) | Q(organisation__isnull=False),
                name="bank_account_public_body_named",
                violation_error_message="Indiquez la collectivité pour laquelle ce compte est tenu.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ···· {self.iban[-4:]}"
