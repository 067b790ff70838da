"""The ledger: accounts, entries, postings, allocations, and the two projections computed from them.

Append-only: triggers refuse UPDATE, DELETE and TRUNCATE on entries, postings and allocations (migration 0002).
"""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from common.reasons import Reason
from common.triggers import moves_the_books
from common.typography import uncapitalised
from leases.contracts.codes import PartyRole
from leases.contracts.natures import Nature
from rent_ledger.books.codes import (
    FIRST_SUBLEDGER_ID,
    AccountKind,
    Action,
    AllocationRule,
    DefaultWhy,
    EntryKind,
    General,
    HoldKind,
    Lane,
    LaneWhy,
    OrderWhy,
)
from rent_ledger.books.owed import Owed


class LedgerMonth(models.Model):
    """An accounting month. Triggers refuse an entry in a closed or missing month, and refuse to delete a month."""

    month = models.DateField("mois", primary_key=True)
    closed_at = models.DateTimeField("clôturé le", null=True, blank=True)
    closed_by = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="clôturé par")

    class Meta:
        verbose_name = "mois comptable"
        verbose_name_plural = "mois comptables"
        ordering = ["-month"]
        triggers = [moves_the_books()]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="ledger_month_first_day")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Counter(models.Model):
    """The last number used in a series of documents. One row per series, locked while numbers are taken."""

    series = models.CharField("série", max_length=40, primary_key=True)
    last = models.BigIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "compteur"

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


_GENERAL = [kind for kind in AccountKind if kind.rule.is_general]
# `nulls_distinct=False`: a lease has one deposit account per payer, and one without payer (paid by the household).
_ONCE = [
    models.UniqueConstraint(
        fields=kind.rule.once_per,
        condition=Q(kind=kind),
        nulls_distinct=False,
        name=f"account_{kind.name.lower()}_once",
        violation_error_message=f"Ce compte existe déjà : {uncapitalised(kind.label)}.",
    )
    for kind in AccountKind
    if kind.rule.once_per and not kind.rule.is_general
]


class Account(models.Model):
    """An account of the books. General and bank accounts have ids below 1000 and are never locked or projected."""

    kind = models.CharField("genre", max_length=8, choices=AccountKind.choices)
    code = models.CharField("compte", max_length=8)
    label = models.CharField("intitulé", max_length=120)
    lease = models.ForeignKey(
        "leases.Lease", models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="bail"
    )
    household = models.ForeignKey(
        "leases.Household", models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="ménage"
    )
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="organisme"
    )
    bank_account = models.OneToOneField(
        "office.BankAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_account",
        verbose_name="banque",
    )

    class Meta:
        verbose_name = "compte"
        ordering = ["id"]
        triggers = [moves_the_books()]
        constraints = [
            *_ONCE,
            models.CheckConstraint(
                condition=Q(kind__in=_GENERAL, id__lt=FIRST_SUBLEDGER_ID)
                | (~Q(kind__in=_GENERAL) & Q(id__gte=FIRST_SUBLEDGER_ID)),
                name="account_general_below_1000",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AccountKind.TENANT) | (Q(lease__isnull=False) & Q(household__isnull=False)),
                name="account_tenant_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AccountKind.BENEFIT) | (Q(lease__isnull=False) & Q(organisation__isnull=False)),
                name="account_benefit_has_payer",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AccountKind.BANK) & Q(bank_account__isnull=False))
                | (~Q(kind=AccountKind.BANK) & Q(bank_account__isnull=True)),
                name="account_bank_iff_bank",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class AccountDebtor(models.Model):
    """Who owes the balance of an account, in which role, over which period. Kept after the lease ends."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="debtors", verbose_name="compte")
    person = models.ForeignKey("leases.Person", models.PROTECT, related_name="debts", verbose_name="personne")
    role = models.CharField("qualité", max_length=9, choices=PartyRole.choices)
    period = DateRangeField("période")

    class Meta:
        verbose_name = "débiteur"
        constraints = [
            ExclusionConstraint(
                name="account_debtor_no_overlap",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.account}"


class Entry(models.Model):
    """An entry of the ledger, made of postings. `idempotency_key` names the fact, so that it is posted only once.

    `effective_on`: when it counts between the parties (bank day, due day). `booked_on`: the accounting day, in an open
    month. `recorded_at`: when it was written. `payload_hash`: the same key with another hash is a different fact.
    """

    kind = models.CharField("genre", max_length=8, choices=EntryKind.choices)
    effective_on = models.DateField("date d’effet")
    booked_on = models.DateField("date comptable")
    # No database foreign key: the trigger that checks for an open month checks it once per statement, not per row.
    month = models.ForeignKey(
        LedgerMonth, models.PROTECT, db_column="month", verbose_name="mois comptable", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    recorded_at = models.DateTimeField("enregistrée le")
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par", db_index=False)
    idempotency_key = models.CharField("clé", max_length=80)
    payload_hash = models.CharField("empreinte", max_length=32, blank=True)
    label = models.CharField("libellé", max_length=140, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="annule"
    )

    class Meta:
        verbose_name = "écriture"
        ordering = ["id"]
        triggers = [moves_the_books()]
        indexes = [
            BrinIndex(fields=["booked_on"], name="entry_booked_brin"),
        ]
        constraints = [
            # Not `unique=True`: Django would add a second index, for searches by prefix that nobody makes.
            models.UniqueConstraint(fields=["idempotency_key"], name="entry_idempotency_key"),
            models.CheckConstraint(
                condition=(Q(kind__in=[EntryKind.REVERSAL, EntryKind.RETURN])) | Q(reverses__isnull=True),
                name="entry_reverses_only_reversal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Posting(models.Model):
    """An amount (euros) from one account to another: `debit` owes more, `credit` owes less. So it always balances.

    `due_on`: when a debt falls due (the effective day for money). `for_month`: the month that it is about, if any.
    `effective_on` repeats the entry's for the statement index.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", verbose_name="écriture")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", verbose_name="débit", db_index=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", verbose_name="crédit", db_index=False)
    amount = EuroField("montant")
    nature = models.CharField("nature", max_length=10, choices=Nature.choices)
    due_on = models.DateField("échéance")
    effective_on = models.DateField("date d’effet")
    for_month = models.DateField("au titre de", null=True, blank=True)

    class Meta:
        verbose_name = "imputation comptable"
        verbose_name_plural = "imputations comptables"
        ordering = ["id"]
        triggers = [moves_the_books()]
        indexes = [
            models.Index(
                fields=["debit", "due_on"],
                name="posting_debit_due",
                condition=Q(debit__gte=1000),
                include=["amount", "nature", "effective_on", "entry", "id"],
            ),
            models.Index(
                fields=["credit", "due_on"],
                name="posting_credit_due",
                condition=Q(credit__gte=1000),
                include=["amount", "nature", "effective_on", "entry", "id"],
            ),
            # Aid that came: asked at the end of each run, for each month that still awaits something.
            models.Index(
                fields=["credit", "for_month"],
                name="posting_aid_came",
                condition=Q(debit=General.BENEFIT_TRANSIT.value),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_two_accounts"),
            models.CheckConstraint(
                condition=Q(for_month__isnull=True) | Q(for_month__day=1), name="posting_for_month_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} ← {self.amount} → {self.credit_id}"


class Allocation(models.Model):
    """Money allocated to a debt. Both postings are on the same account, one on each side.

    `amount` < 0 undoes an earlier row of the same pair; the sum of a pair is never negative nor above either posting
    (`check_ledger`). No index repeats the pair: the two that exist include the amount.
    """

    debit_posting = models.ForeignKey(
        Posting, models.PROTECT, related_name="allocations_received", verbose_name="dette", db_index=False
    )
    credit_posting = models.ForeignKey(
        Posting, models.PROTECT, related_name="allocations_given", verbose_name="crédit", db_index=False
    )
    amount = EuroField("montant")
    rule = models.CharField("règle", max_length=10, choices=AllocationRule.choices)
    on = models.DateField("le")
    reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        verbose_name = "imputation"
        ordering = ["id"]
        triggers = [moves_the_books()]
        indexes = [
            models.Index(fields=["debit_posting"], include=["amount"], name="allocation_debit"),
            models.Index(fields=["credit_posting"], include=["amount"], name="allocation_credit"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero")]

    def __str__(self) -> str:
        return f"{self.amount} de {self.credit_posting_id} sur {self.debit_posting_id}"


class OpenItem(models.Model):
    """Projection: what is left of one side of a posting. Debts (`is_debit`) and free credits alike."""

    pk = models.CompositePrimaryKey("posting_id", "is_debit")
    posting = models.ForeignKey(Posting, models.CASCADE, db_constraint=False, db_index=False, verbose_name="imputation")
    is_debit = models.BooleanField("dette")
    account = models.ForeignKey(Account, models.CASCADE, db_constraint=False, db_index=False, verbose_name="compte")
    remaining = EuroField("reste")
    due_on = models.DateField("échéance")
    nature = models.CharField("nature", max_length=10, choices=Nature.choices)
    for_month = models.DateField("au titre de", null=True)

    class Meta:
        verbose_name = "poste ouvert"
        verbose_name_plural = "postes ouverts"
        triggers = [moves_the_books()]
        indexes = [models.Index(fields=["account", "due_on"], name="open_item_account_due")]
        constraints = [models.CheckConstraint(condition=Q(remaining__gt=0), name="open_item_remaining_positive")]

    def __str__(self) -> str:
        return f"{self.remaining} sur {self.posting_id}"


class AccountState(models.Model):
    """Projection: one row per tenant or prior-debt account, as of `as_of`. Rebuilt by `rebuild_projections`.

    `debt`: open debits due on or before `as_of`, less `spread`: what the signed plan that runs asks by instalments of
    later days. `arrears`: what of it is past due and not held. `counted`: what of it counts for the benefit threshold.
    `credit`: free credit left. `aid_pending`: open items of the lease's benefit accounts due on or before `as_of`.
    `oldest_due`: due day of the oldest open item that is not held. `in_debt_since`: first day of the running stretch
    with an end-of-day balance above zero. `net_term`, `gross_term`: what the last demand asked; of a month in which the
    contract ended, its term. `terms`: of an account in arrears, debt / what a month is worth for the household, two
    decimals. `reason`: why it stands in its lane, as a code with figures (`why`). `lapses_on`, `gravity`,
    `ranking`: its place in the list (`arrears.rules.order`): the first day on which something lapses, the points of
    gravity, and why (`place`).
    """

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="state", db_constraint=False, verbose_name="compte"
    )
    as_of = models.DateField("au")
    debt = EuroField("dette")
    arrears = EuroField("impayé")
    counted = EuroField("comptée pour le seuil")
    held = EuroField("hors file (plan, gel, contestation)")
    spread = EuroField("étalé par le plan", default=0)
    credit = EuroField("avance")
    upcoming = EuroField("à échoir")
    aid_pending = EuroField("aide attendue")
    net_term = EuroField("terme net", null=True)
    gross_term = EuroField("terme brut", null=True)
    terms = models.DecimalField("termes dus", max_digits=8, decimal_places=2, default=0)
    oldest_due = models.DateField("plus ancienne échéance", null=True)
    in_debt_since = models.DateField("en dette depuis", null=True)
    last_payment_on = models.DateField("dernier paiement le", null=True)
    last_payment = EuroField("dernier paiement", null=True)
    last_return_on = models.DateField("dernier rejet le", null=True)
    lane = models.CharField("situation", max_length=10, choices=Lane.choices, default=Lane.NONE)
    action = models.CharField("action proposée", max_length=12, choices=Action.choices, blank=True)
    reason = models.JSONField("raison", null=True, blank=True)
    lapses_on = models.DateField("échoit le", null=True)
    gravity = models.SmallIntegerField("gravité", default=0, db_default=0)
    ranking = models.JSONField("raisons du rang", null=True, blank=True)

    class Meta:
        verbose_name = "état de compte"
        verbose_name_plural = "états de compte"
        indexes = [
            models.Index(F("debt").desc(), F("account"), name="account_state_debt", condition=Q(debt__gt=0)),
            models.Index(fields=["lane", "oldest_due"], name="account_state_lane", condition=~Q(lane=Lane.NONE)),
            # The menu of every page counts the proposals that wait for a decision.
            models.Index(fields=["action"], name="account_state_action", condition=~Q(action="")),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} : {self.debt}"

    @property
    def owed(self) -> Owed:
        """What is due as of its day, what falls due later, by a plan too, and what was paid in advance, with their
        total."""
        return Owed(self.debt, self.upcoming, self.credit, self.as_of, self.spread)

    @property
    def whole_debt(self) -> Decimal:
        """What has fallen due and is not paid, whatever a plan says of it."""
        return self.debt + self.spread

    @property
    def total(self) -> Decimal:
        """What would settle the account, below zero in advance."""
        return self.owed.total

    def days_late(self, day: date) -> int | None:
        """How many days ago its oldest unpaid debt that is not held fell due; None where there is none."""
        return (day - self.oldest_due).days if self.oldest_due and self.oldest_due <= day else None

    @property
    def place(self) -> list[Reason]:
        """What places it in the list: what lapses first, if something does, then the facts of its gravity."""
        return [Reason.from_json(node, OrderWhy) for node in self.ranking or ()]

    @property
    def why(self) -> Reason | None:
        """Why the account is in its lane, with its proposed action."""
        return Reason.from_json(self.reason, LaneWhy, DefaultWhy) if self.reason else None


class DebtHold(models.Model):
    """A debt that is neither allocated to nor counted as arrears over a period: plan kept, frozen, disputed."""

    posting = models.ForeignKey("rent_ledger.Posting", models.PROTECT, related_name="holds", verbose_name="dette")
    kind = models.CharField("motif", max_length=7, choices=HoldKind.choices)
    period = DateRangeField("période")
    reason = models.CharField("précision", max_length=200)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "dette hors file"
        verbose_name_plural = "dettes hors file"
        triggers = [moves_the_books()]
        constraints = [
            ExclusionConstraint(
                name="debt_hold_no_overlap",
                expressions=[("posting", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Cette dette est déjà hors file sur une partie de la période.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.posting_id}"


class KeptAnswer(models.Model):
    """An answer that is dear to read, kept with the version of the books that it was read from (ADR 15).

    It is right while `version` is the version of the books and `day` the day that is asked about. Nothing else is: any
    row may be thrown away.
    """

    key = models.CharField("question", max_length=40, primary_key=True)
    day = models.DateField("jour")
    version = models.BigIntegerField("version des comptes")
    value = models.JSONField("réponse")

    class Meta:
        verbose_name = "réponse gardée"
        verbose_name_plural = "réponses gardées"

    def __str__(self) -> str:
        return self.key
