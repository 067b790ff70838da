"""Leases, their parties, their preparation, and the occupancies that live beside them."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, IntegerField, Q
from django.db.models.functions import Cast

from common import clock
from common.fields import bounded
from common.money import EuroField
from common.text import LONGEST_TEXT
from common.triggers import follows, moves_the_books
from common.typography import uncapitalised
from leases.contracts.codes import (
    LEASE_FLOW,
    ChargeMode,
    CheckItem,
    ClauseDelay,
    DueRule,
    EndReason,
    LeaseKind,
    LeaseState,
    PartyRole,
    WishKind,
)
from leases.contracts.natures import RENT_TERM_CHOICES, Nature
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.house.codes import HeldFor


class LeaseQuerySet(models.QuerySet["Lease"]):
    def visible_to(self, actor: Actor) -> LeaseQuerySet:
        """All leases for who reads every household; none for the others (a technician sees own jobs only)."""
        return self if can(actor, Read(Data.LEASE)) else self.none()

    def active_on(self, day: date) -> LeaseQuerySet:
        """Leases in force on `day`, whatever their state today."""
        return self.exclude(state=LeaseState.DRAFT).filter(period__contains=day)


@pghistory.track()
class Lease(models.Model):
    """A contract of one of the four families on a unit. `period` is the contract's; occupancy has its own.

    `payment_reference` is the ISO 11649 reference (RF…) that the household's transfers carry.
    `collected_for` says for whom the rent is collected (copied from the agreement when the lease is made).
    """

    reference = models.CharField("référence", max_length=20, unique=True)
    kind = models.CharField("famille", max_length=10, choices=LeaseKind.choices)
    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="leases", verbose_name="ménage")
    unit = models.ForeignKey("stock.Unit", models.PROTECT, related_name="leases", verbose_name="local loué")
    agreement = models.ForeignKey(
        "stock.HeadAgreement", models.PROTECT, related_name="leases", verbose_name="convention"
    )
    state = models.CharField("état", max_length=6, choices=LeaseState.choices, default=LeaseState.DRAFT)
    period = DateRangeField("du … au …")
    signed_on = models.DateField("signé le", null=True, blank=True)
    end_reason = models.CharField("issue", max_length=10, choices=EndReason.choices, blank=True)
    notice_on = models.DateField("congé reçu le", null=True, blank=True)
    notice_reason = models.CharField(
        "motif d’un préavis plus court", max_length=200, blank=True, help_text="Vide si le préavis est entier."
    )
    end_before_notice = models.DateField("fin écrite avant le congé", null=True, blank=True, editable=False)
    collected_for = models.CharField(
        "loyer encaissé pour", max_length=12, choices=HeldFor.choices, default=HeldFor.ITSELF
    )
    bank_account = models.ForeignKey(
        "office.BankAccount", models.PROTECT, null=True, blank=True, verbose_name="compte bancaire"
    )
    payment_reference = models.CharField("référence de paiement", max_length=25, unique=True)
    clause_delay = models.CharField(
        "délai de la clause résolutoire",
        max_length=8,
        default=ClauseDelay.SIX_WEEKS,
        choices=ClauseDelay.choices,
    )
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)

    flow = LEASE_FLOW

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = "bail"
        verbose_name_plural = "baux"
        ordering = ["reference"]
        triggers = [follows(LEASE_FLOW), moves_the_books()]
        # Partial index: few leases match, and the menu of every page counts them.
        indexes = [models.Index(fields=["reference"], name="lease_draft", condition=Q(state=LeaseState.DRAFT))]
        constraints = [
            # What a measure that is signed with its contract refers to (`social_link.measures`).
            models.UniqueConstraint(fields=["id", "signed_on"], name="lease_with_its_signature"),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="lease_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                condition=Q(state=LeaseState.DRAFT) | Q(signed_on__isnull=False),
                name="lease_signed_unless_draft",
                violation_error_message="Un bail en cours ou terminé porte sa date de signature.",
            ),
            models.CheckConstraint(
                condition=~Q(state=LeaseState.ENDED) | (Q(period__upper_inf=False) & ~Q(end_reason="")),
                name="lease_ended_has_end",
                violation_error_message="Un bail terminé porte sa date de fin et son issue.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=LeaseKind.MANAGED) | Q(collected_for=HeldFor.MANDANTS),
                name="lease_managed_for_mandants",
                violation_error_message="Le loyer d’un bail en mandat est encaissé pour le mandant.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.state == LeaseState.DRAFT

    @property
    def is_active(self) -> bool:
        return self.state == LeaseState.ACTIVE

    @property
    def is_ended(self) -> bool:
        return self.state == LeaseState.ENDED

    @property
    def is_open(self) -> bool:
        """Whether no end is written in the contract."""
        return bool(self.period.upper is None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class LeaseParty(models.Model):
    """A person bound by a lease, with the role and its dates. `recorded_at`: empty where it was not kept yet."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="parties", verbose_name="bail")
    person = models.ForeignKey("leases.Person", models.PROTECT, related_name="lease_parties", verbose_name="personne")
    role = models.CharField("qualité", max_length=9, choices=PartyRole.choices)
    period = DateRangeField("période")
    recorded_at = models.DateTimeField("saisie le", null=True, default=clock.now, editable=False)

    class Meta:
        verbose_name = "partie au bail"
        verbose_name_plural = "parties au bail"
        ordering = ["lease", "role", "id"]
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="lease_party_no_overlap",
                expressions=[
                    ("lease", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne est déjà partie à ce bail sur cette période.",
            ),
            ExclusionConstraint(
                name="lease_party_one_holder",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(role=PartyRole.HOLDER),
                violation_error_message="Ce bail a déjà un titulaire : ajoutez un cotitulaire.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="lease_party_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {uncapitalised(self.get_role_display())}"


class PaperWish(models.Model):
    """What a tenant asked for the papers of a contract, until it is withdrawn: who, when, how it was said, who took it.

    An e-mail needs the express agreement of the tenant (loi 89-462, art. 21), so that kind says how it was given. The
    address is the person's own (`Person.email`), as it is when a paper leaves.
    """

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="paper_wishes", verbose_name="bail")
    kind = models.CharField("demande", max_length=7, choices=WishKind.choices)
    person = models.ForeignKey("leases.Person", models.PROTECT, related_name="+", verbose_name="demandé par")
    given_on = models.DateField("demandé le")
    proof = models.CharField("comment", max_length=200, blank=True)
    taken_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="recueilli par"
    )
    taken_at = models.DateTimeField("recueilli le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )

    class Meta:
        verbose_name = "demande sur les papiers"
        verbose_name_plural = "demandes sur les papiers"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="paper_wish_once",
                violation_error_message="Cette demande est déjà notée pour ce bail.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=WishKind.EMAIL) | ~Q(proof=""),
                name="paper_wish_express",
                violation_error_message="Dites comment l’accord a été donné : il doit être exprès.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.lease}"

    @property
    def is_by_email(self) -> bool:
        return self.kind == WishKind.EMAIL


class LeaseCheck(models.Model):
    """One point of the preparation checklist, done by someone on a day."""

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="checks", verbose_name="bail")
    item = models.CharField("point", max_length=10, choices=CheckItem.choices)
    done_on = models.DateField("fait le")
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    waiver = models.TextField("dispense motivée", max_length=LONGEST_TEXT, blank=True)

    class Meta:
        verbose_name = "point de préparation"
        verbose_name_plural = "points de préparation"
        ordering = ["lease", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "item"],
                name="lease_check_once",
                violation_error_message="Ce point de préparation est déjà fait.",
            ),
            bounded("lease_check", "waiver"),
        ]

    def __str__(self) -> str:
        return self.get_item_display()


class Occupancy(models.Model):
    """A household in a unit, from the keys in to the keys out: it may outlive the lease (indemnité d'occupation).

    `dwelling` and `is_whole` repeat the unit's, so that the database can refuse a room let while the whole is.
    `main_period` is the part that counts as the household's main home: the whole of `period`, or less of it by an
    explicit, reasoned exception (a transfer that overlaps).
    """

    lease = models.ForeignKey(Lease, models.PROTECT, related_name="occupancies", verbose_name="bail")
    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="occupancies", verbose_name="ménage")
    unit = models.ForeignKey("stock.Unit", models.PROTECT, related_name="occupancies", verbose_name="local loué")
    dwelling = models.ForeignKey("stock.Dwelling", models.PROTECT, related_name="occupancies", verbose_name="logement")
    is_whole = models.BooleanField("logement entier")
    period = DateRangeField("occupation")
    main_period = DateRangeField("au titre de résidence principale", null=True, blank=True)
    overlap_reason = models.CharField("motif du chevauchement", max_length=200, blank=True)

    class Meta:
        verbose_name = "occupation"
        ordering = ["household", "period"]
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="occupancy_unit_once",
                expressions=[("unit", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Ce local est déjà occupé sur une partie de cette période.",
            ),
            ExclusionConstraint(
                name="occupancy_whole_or_rooms",
                expressions=[
                    ("dwelling", RangeOperators.EQUAL),
                    (Cast("is_whole", IntegerField()), RangeOperators.NOT_EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Ce logement est loué en entier ou par chambres, pas les deux à la fois.",
            ),
            ExclusionConstraint(
                name="occupancy_one_main_home",
                expressions=[("household", RangeOperators.EQUAL), ("main_period", RangeOperators.OVERLAPS)],
                violation_error_message="Ce ménage occupe déjà un logement à cette date. Pour un changement de "
                "logement avec chevauchement, indiquez jusqu’à quand et pourquoi.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="occupancy_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                # Test for NULL first: a check that evaluates to NULL accepts the row.
                condition=Q(main_period__isnull=False, main_period=F("period"))
                | (Q(main_period__isnull=True) | Q(main_period__contained_by=F("period"))) & ~Q(overlap_reason=""),
                name="occupancy_exception_explained",
                violation_error_message="Un chevauchement demande ses dates et son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} · {self.unit}"


__all__ = ["Lease", "LeaseCheck", "LeaseParty", "LeaseQuerySet", "Occupancy"]


@pghistory.track()
class RentTerm(models.Model):
    """A monthly amount of one nature over a period. `mode` says whether charges are a provision or a flat sum.

    `recorded_at`: when its amount or its end was last changed. Demands made before that may need a correction.
    """

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="rent_terms", verbose_name="bail")
    nature = models.CharField("nature", max_length=12, choices=RENT_TERM_CHOICES)
    mode = models.CharField("mode", max_length=9, choices=ChargeMode.choices, blank=True)
    amount = EuroField("montant mensuel")
    period = DateRangeField("période")
    reason = models.CharField("motif", max_length=200, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "condition de loyer"
        verbose_name_plural = "conditions de loyer"
        ordering = ["lease", "nature", "period"]
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="rent_term_no_overlap",
                expressions=[
                    ("lease", RangeOperators.EQUAL),
                    ("nature", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Un montant de cette nature couvre déjà une partie de la période.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="rent_term_amount_positive",
                violation_error_message="Un loyer ou une charge n’est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="rent_term_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
            models.CheckConstraint(
                condition=(Q(nature=Nature.CHARGES) & ~Q(mode="")) | (~Q(nature=Nature.CHARGES) & Q(mode="")),
                name="rent_term_mode_iff_charges",
                violation_error_message="Dites si les charges sont une provision ou un forfait "
                "(les charges seulement).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.amount}"

    @property
    def is_rent(self) -> bool:
        """Named by the family's own word (loyer, redevance, participation)."""
        return self.nature == Nature.RENT


@pghistory.track()
class DueTerms(models.Model):
    """When the demand of a month falls due: in advance on `due_day` of the month, or in arrears on the next month's."""

    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="due_terms", verbose_name="bail")
    due_rule = models.CharField("échéance", max_length=7, choices=DueRule.choices, default=DueRule.IN_ADVANCE)
    due_day = models.PositiveSmallIntegerField("jour d’échéance", default=1)
    period = DateRangeField("période")

    class Meta:
        verbose_name = "échéance"
        ordering = ["lease", "period"]
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="due_terms_no_overlap",
                expressions=[("lease", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Une échéance couvre déjà une partie de la période.",
            ),
            models.CheckConstraint(
                condition=Q(due_day__gte=1) & Q(due_day__lte=31),
                name="due_terms_day_of_month",
                violation_error_message="Le jour d’échéance est compris entre 1 et 31.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="due_terms_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_due_rule_display()}, le {self.due_day}"
