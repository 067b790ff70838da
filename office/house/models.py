"""The association (or CCAS) that runs Ancrage, and its bank accounts."""

import pghistory
from django.db import models
from django.db.models import Q

from common.fields import SortKeyField, bounded
from common.identifiers import validate_iban, validate_ics, validate_siret
from common.text import LONGEST_TEXT
from office.house.codes import HeldFor, OrganisationKind


@pghistory.track()
class Association(models.Model):
    """The identity printed on every paper. One row (id 1)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField("nom", max_length=200)
    short_name = models.CharField("nom court", max_length=40)
    siret = models.CharField("SIRET", max_length=14, validators=[validate_siret])
    ics = models.CharField("identifiant créancier SEPA (ICS)", max_length=35, blank=True, validators=[validate_ics])
    address = models.TextField("adresse", max_length=LONGEST_TEXT)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    approval_ends_on = models.DateField("fin de l’agrément (L.365-4)", null=True, blank=True)

    class Meta:
        verbose_name = "association"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="association_single"),
            bounded("association", "address"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BankAccount(models.Model):
    """A bank account of ours, and for whom its money is held."""

    label = models.CharField("intitulé", max_length=80)
    iban = models.CharField("IBAN", max_length=34, unique=True, validators=[validate_iban])
    bic = models.CharField("BIC", max_length=11, blank=True)
    currency = models.CharField("monnaie", max_length=3, default="EUR")
    held_for = models.CharField("détenu pour", max_length=12, choices=HeldFor.choices, default=HeldFor.ITSELF)
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


class Organisation(models.Model):
    """An outside body or a private owner, with the roles that it plays."""

    name = models.CharField("nom", max_length=200)
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True, unique=True, validators=[validate_siret])
    is_person = models.BooleanField("particulier", default=False)
    is_family_company = models.BooleanField("SCI familiale", default=False)
    address = models.TextField("adresse", max_length=LONGEST_TEXT, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True, validators=[validate_iban])
    sort_key = SortKeyField("name")

    class Meta:
        verbose_name = "organisme"
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(siret=""),
                name="organisation_siret_null_not_empty",
                violation_error_message="Laissez le SIRET absent plutôt que vide.",
            ),
            models.CheckConstraint(
                condition=Q(is_person=False) | Q(is_family_company=False),
                name="organisation_person_or_company",
                violation_error_message="Un particulier n’est pas une SCI : choisissez l’un des deux.",
            ),
            bounded("organisation", "address"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationRole(models.Model):
    """One role of an organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles", verbose_name="organisme")
    kind = models.CharField("rôle", max_length=16, choices=OrganisationKind.choices)

    class Meta:
        verbose_name = "rôle d’un organisme"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                name="organisation_role_once",
                violation_error_message="Cet organisme a déjà ce rôle.",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
