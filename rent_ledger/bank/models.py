"""Bank files, statements, lines and their matches. Labels and IBANs of people live here only (purgeable)."""

from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from common.triggers import follows
from rent_ledger.bank.codes import LINE_FLOW, STATEMENT_FLOW, LineState, StatementState
from rent_ledger.books.return_reasons import return_reason


class BankFile(models.Model):
    """A file that was accepted whole. The same bytes again are refused, until a statement of it is withdrawn
    (`released_at`)."""

    name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    format = models.CharField("format", max_length=30)
    size = models.PositiveIntegerField("taille (octets)")
    job = models.ForeignKey(
        "office.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="travail"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="déposé par")
    imported_at = models.DateTimeField("déposé le", default=clock.now, editable=False)
    released_at = models.DateTimeField("peut revenir depuis le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "fichier de banque"
        verbose_name_plural = "fichiers de banque"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(released_at__isnull=True),
                name="bank_file_once",
                violation_error_message="Ce fichier est déjà importé.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BankStatement(models.Model):
    """One statement of one of our accounts. ASIDE: its balances do not add up, `gap` says by how much.

    `known`: how many of its movements another statement had brought; None where nobody counted. `withdrawn_why`: what
    was wrong with it, in the words of who took it out.
    """

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="statements", verbose_name="fichier")
    bank_account = models.ForeignKey(
        "office.BankAccount", models.PROTECT, related_name="statements", verbose_name="compte"
    )
    sequence = models.CharField("numéro", max_length=40, blank=True)
    opening = EuroField("solde avant", null=True)
    closing = EuroField("solde après", null=True)
    first_day = models.DateField("du", null=True)
    last_day = models.DateField("au", null=True)
    entries = models.PositiveIntegerField("mouvements")
    gap = EuroField("écart", default=0)
    state = models.CharField("état", max_length=8, choices=StatementState.choices)
    raw = models.JSONField("lignes mises de côté", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écart accepté par"
    )
    confirmed_at = models.DateTimeField("écart accepté le", null=True, blank=True)
    known = models.PositiveIntegerField("mouvements déjà connus", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_why = models.CharField("motif du retrait", max_length=200, blank=True)

    flow = STATEMENT_FLOW

    class Meta:
        verbose_name = "relevé de compte"
        verbose_name_plural = "relevés de compte"
        ordering = ["-last_day", "-id"]
        triggers = [follows(STATEMENT_FLOW)]
        constraints = [
            models.UniqueConstraint(fields=["id", "bank_account"], name="bank_statement_account"),
            models.CheckConstraint(
                condition=(Q(state=StatementState.WITHDRAWN) & Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""))
                | (~Q(state=StatementState.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="bank_statement_withdrawn_why",
                violation_error_message="Dites pourquoi ce relevé est retiré.",
            ),
        ]

    def __str__(self) -> str:
        return f"Relevé du {self.last_day:%d/%m/%Y}" if self.last_day else f"Relevé {self.pk}"

    @property
    def is_accepted(self) -> bool:
        return self.state == StatementState.ACCEPTED

    @property
    def is_aside(self) -> bool:
        return self.state == StatementState.ASIDE

    @property
    def is_withdrawn(self) -> bool:
        return self.state == StatementState.WITHDRAWN


class BankLine(models.Model):
    """A booked movement. `amount` is signed, in the account's currency (EUR).

    Unique on (account, booking day, content, rank): two identical payments of one day get ranks 1 and 2, while a file
    read twice adds no line. A line that went out with its statement may come again.
    """

    # The composite key (statement, bank_account) of migration 0002 guarantees that a line belongs to its statement's
    # account, so neither column has a key of its own.
    bank_account = models.ForeignKey(
        "office.BankAccount", models.PROTECT, related_name="lines", verbose_name="compte", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="lines", verbose_name="relevé", db_index=False, db_constraint=False
    )
    booking_day = models.DateField("date comptable")
    value_day = models.DateField("date de valeur", null=True, blank=True)
    amount = EuroField("montant")
    content_hash = models.CharField("empreinte", max_length=32)
    rank = models.PositiveSmallIntegerField("rang parmi les lignes égales", default=1)
    bank_reference = models.CharField("référence de la banque", max_length=70, blank=True)
    label = models.TextField("libellé", blank=True)
    counterparty_name = models.CharField("contrepartie", max_length=140, blank=True)
    counterparty_iban = models.CharField("IBAN", max_length=34, blank=True)
    ultimate_name = models.CharField("au nom de", max_length=140, blank=True)
    counterparty_address = models.CharField("adresse de la contrepartie", max_length=200, blank=True)
    end_to_end = models.CharField("référence de bout en bout", max_length=70, blank=True)
    structured_reference = models.CharField("référence structurée", max_length=70, blank=True)
    mandate = models.CharField("mandat", max_length=35, blank=True)
    operation_code = models.CharField("code opération", max_length=20, blank=True)
    return_reason = models.CharField("motif de rejet", max_length=10, blank=True)
    is_return = models.BooleanField("rejet", default=False)
    state = models.CharField("état", max_length=8, choices=LineState.choices)
    reasons = models.JSONField("constats", default=list, help_text="Pourquoi la ligne attend ou n’est pas un loyer.")
    entry = models.OneToOneField(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="bank_line", verbose_name="écriture"
    )

    flow = LINE_FLOW

    class Meta:
        verbose_name = "ligne de banque"
        verbose_name_plural = "lignes de banque"
        ordering = ["-booking_day", "id"]
        triggers = [follows(LINE_FLOW)]
        indexes = [
            models.Index(fields=["state", "booking_day"], name="bank_line_state"),
            models.Index(fields=["statement", "-booking_day", "id"], name="bank_line_statement"),
            models.Index(
                fields=["bank_account", "bank_reference"], name="bank_line_reference", condition=~Q(bank_reference="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "booking_day", "content_hash", "rank"],
                condition=~Q(state=LineState.WITHDRAWN),
                name="bank_line_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking_day:%d/%m/%Y} {self.amount}"

    @property
    def why_returned(self) -> str:
        """The bank's reason of a return, in words."""
        return return_reason(self.return_reason)


class Match(models.Model):
    """A line placed on one account, or proposed for it, with its `reasons` (see `match_reasons`)."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches", verbose_name="ligne")
    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="matches", verbose_name="compte")
    amount = EuroField("montant")
    rule = models.CharField("règle", max_length=20)
    reasons = models.JSONField("raisons", default=list)
    is_accepted = models.BooleanField("accepté", default=False)
    decided_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, verbose_name="par", db_index=False
    )
    decided_at = models.DateTimeField("le", null=True, blank=True)
    undone_at = models.DateTimeField("défait le", null=True, blank=True)
    entry = models.OneToOneField(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="match", verbose_name="écriture"
    )

    class Meta:
        verbose_name = "rapprochement"
        ordering = ["line", "id"]
        indexes = [
            models.Index(fields=["line"], name="match_waiting", condition=Q(is_accepted=False, undone_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "account"], condition=Q(undone_at__isnull=True), name="match_account_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="match_amount_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} → {self.account_id}"


class KnownIban(models.Model):
    """An IBAN that paid for an account before, learnt from accepted matches. One IBAN may serve several accounts."""

    iban = models.CharField("IBAN", max_length=34)
    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, related_name="known_ibans", verbose_name="compte"
    )
    holder = models.CharField("au nom de", max_length=140, blank=True)
    since = models.DateField("depuis")

    class Meta:
        verbose_name = "IBAN connu"
        verbose_name_plural = "IBAN connus"
        constraints = [models.UniqueConstraint(fields=["iban", "account"], name="known_iban_once")]

    def __str__(self) -> str:
        return f"···· {self.iban[-4:]}"
