"""The association (or CCAS) that runs Ancrage, and its bank accounts."""

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common import clock
from common.fields import SortKeyField, bounded
from common.identifiers import validate_iban, validate_ics, validate_siret
from common.text import LONGEST_TEXT
from office.access.matrix import Data, Write, can
from office.access.people import one_witness
from office.house.codes import BodyKind, HeldFor, OrganisationKind

if TYPE_CHECKING:
    from office.access.actor import Actor


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


@pghistory.track()
class Organisation(models.Model):
    """An outside body or a private owner, with the roles that it plays. Its IBAN changes by an `IbanChange` only.
    `body`: what a legal person is for the texts that bind some landlords only; empty where nobody has said."""

    name = models.CharField("nom", max_length=200)
    siret = models.CharField("SIRET", max_length=14, null=True, blank=True, unique=True, validators=[validate_siret])
    is_person = models.BooleanField("particulier", default=False)
    is_family_company = models.BooleanField("SCI familiale", default=False)
    body = models.CharField("nature", max_length=7, choices=BodyKind.choices, blank=True)
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
            models.CheckConstraint(
                condition=Q(body="") | Q(is_person=False, is_family_company=False),
                name="organisation_body_of_a_legal_person",
                violation_error_message="Un particulier ou une SCI familiale n’est ni organisme HLM, ni SEM, ni "
                "collectivité : choisissez l’un ou l’autre.",
            ),
            bounded("organisation", "address"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="iban_by_change",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("iban"),
                condition=pgtrigger.Condition("OLD.iban IS DISTINCT FROM NEW.iban"),
                declare=[("granted", "text")],
                func="""
                    SELECT former || '>' || iban INTO granted FROM office_ibanchange
                        WHERE organisation_id = NEW.id AND is_granted ORDER BY id DESC LIMIT 1;
                    IF granted IS DISTINCT FROM OLD.iban || '>' || NEW.iban THEN
                        RAISE EXCEPTION 'nobody asked for this IBAN of organisation %', OLD.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_hlm(self) -> bool:
        """Bound by the texts of the CCH on HLM bodies."""
        return self.body == BodyKind.HLM


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


class IbanChangeQuerySet(models.QuerySet["IbanChange"]):
    def visible_to(self, actor: "Actor") -> "IbanChangeQuerySet":
        """For those who may confirm; nobody confirms what he asked, or who is one with him (`one_witness`)."""
        if not can(actor, Write(Data.IBAN_SECOND)) or actor.user_id is None:
            return self.none()
        return self.exclude(one_witness(actor.user_id, "asked_by"))

    def waiting(self) -> "IbanChangeQuerySet":
        return self.filter(decided_at__isnull=True)


class IbanChange(models.Model):
    """Where an organisation is paid from now on, that tenants may pay on an account of ours, or where a refund goes:
    asked by one person, confirmed by another. What was decided stays for ever: it is the history of who is paid where.

    `payee_id`: the tenant's account that a refund is of, and `payee` its reference, without a name.
    `former` and `iban`: one of them may be empty; an account of ours, or a refund, has no former one. `asked_by` is
    empty for what the house does by itself; `decided_by`, for what took effect with nobody there to confirm it. Who
    takes back what he asked, or asks another IBAN instead, is the one who decided that it is not granted.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="iban_changes", verbose_name="organisme"
    )
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="iban_changes", verbose_name="compte bancaire"
    )
    payee_id = models.BigIntegerField("compte remboursé", null=True, blank=True)
    payee = models.CharField("remboursement", max_length=80, blank=True)
    former = models.CharField("IBAN d’avant", max_length=34, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="demandé par"
    )
    asked_at = models.DateTimeField("demandé le", default=clock.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidé par"
    )
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    is_granted = models.BooleanField("confirmé", null=True, blank=True)

    objects = IbanChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "changement d’IBAN"
        verbose_name_plural = "changements d’IBAN"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(decided_at__isnull=True), name="iban_change_waits_once"
            ),
            models.UniqueConstraint(
                fields=["bank_account"], condition=Q(decided_at__isnull=True), name="iban_change_account_waits_once"
            ),
            models.UniqueConstraint(
                fields=["payee_id"], condition=Q(decided_at__isnull=True), name="iban_change_payee_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(iban=""), organisation=None, bank_account__isnull=False, payee_id=None, payee="", former=""
                )
                | Q(~Q(iban="") & ~Q(payee=""), organisation=None, bank_account=None, payee_id__isnull=False, former="")
                | Q(~Q(iban=F("former")), organisation__isnull=False, bank_account=None, payee_id=None, payee=""),
                name="iban_change_says_what",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_granted__isnull=True)
                | Q(decided_at__isnull=False, is_granted__isnull=False),
                name="iban_change_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(is_granted=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="iban_change_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_for_good",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.decided_at IS NOT NULL"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.whose}"

    @property
    def whose(self) -> str:
        return str(self.organisation or (self.bank_account.label if self.bank_account else self.payee))

    @property
    def what(self) -> str:
        """« ouverture du compte », « IBAN », « retrait de l’IBAN », « IBAN du remboursement »."""
        if self.payee_id:
            return "IBAN du remboursement"
        if self.bank_account_id:
            return "ouverture du compte"
        return "IBAN" if self.iban else "retrait de l’IBAN"

    @property
    def is_taken_back(self) -> bool:
        """Given up by who asked."""
        return self.is_granted is False and self.decided_by_id == self.asked_by_id
