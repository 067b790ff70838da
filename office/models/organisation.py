"""Outside organisations: CCAS, landlords, funders, referrers, contractors, benefit payers."""

from django.db import models
from django.db.models import Q

from common.fields import SortKeyField
from common.identifiers import validate_iban, validate_siret
from office.enums import OrganisationKind


class Organisation(models.Model):
    """An outside body or a private owner, with the roles that it plays."""

    name = models.CharField("nom", max_length=200)
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True, unique=True, validators=[validate_siret])
    is_person = models.BooleanField("particulier", default=False)
    address = models.TextField("adresse", blank=True)
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
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationRole(models.Model):
    """One role of an organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles", verbose_name="organisme")
    kind = models.CharField("rôle", max_length=16, choices=OrganisationKind)

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
