"""What was decided of the credit of an account, and the files of transfers that pay refunds. What is decided anew
replaces what was; all stay."""

import pgtrigger
from django.db import models
from django.db.models import Q

from common import clock
from common.money import EuroField
from rent_ledger.credits.codes import CreditUse


class CreditChoiceQuerySet(models.QuerySet["CreditChoice"]):
    def standing(self) -> "CreditChoiceQuerySet":
        """Neither taken back nor replaced."""
        return self.filter(undone_at=None, replaced_at=None)


class CreditChoice(models.Model):
    """`until`: the last day of what waits, to look again after it. `amount` (euros) and `iban`: of a refund, which a
    person pays at the bank; the line of the bank makes it true."""

    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, related_name="credit_choices", verbose_name="compte"
    )
    use = models.CharField("décision", max_length=6, choices=CreditUse.choices)
    until = models.DateField("à revoir après le", null=True, blank=True)
    amount = EuroField("montant", null=True, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    recorded_at = models.DateTimeField("décidée le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)
    undone_at = models.DateTimeField("annulée le", null=True, blank=True)
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulée par"
    )

    objects = CreditChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "décision sur une avance"
        verbose_name_plural = "décisions sur les avances"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(undone_at=None, replaced_at=None),
                name="credit_choice_one_standing",
                violation_error_message="Une autre décision vient d’être prise sur ce compte. Rechargez la page.",
            ),
            models.CheckConstraint(
                condition=Q(use=CreditUse.REFUND, until=None, amount__gt=0) & ~Q(iban="")
                | ~Q(use=CreditUse.REFUND) & Q(until__isnull=False, amount=None, iban=""),
                name="credit_choice_whole",
            ),
            models.CheckConstraint(condition=Q(undone_at=None) | Q(replaced_at=None), name="credit_choice_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_use_display()} {self.account_id}"

    @property
    def is_refund(self) -> bool:
        return self.use == CreditUse.REFUND


class RefundFile(models.Model):
    """A file of transfers for the bank (pain.001): refunds that were decided, as they were on the day. `content` is
    its text, `sha256` of its bytes in UTF-8. `handed_at`: it was given to the bank; `withdrawn_at`: it never will be,
    and its refunds wait again."""

    reference = models.CharField("référence", max_length=35, unique=True)
    bank_account = models.ForeignKey(
        "office.BankAccount", models.PROTECT, related_name="+", verbose_name="compte débité"
    )
    execute_on = models.DateField("à exécuter le")
    count = models.PositiveIntegerField("virements")
    total = EuroField("total")
    sha256 = models.CharField("empreinte", max_length=64, editable=False)
    content = models.TextField("contenu", editable=False)
    made_at = models.DateTimeField("préparé le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, related_name="+", verbose_name="préparé par")
    handed_at = models.DateTimeField("remis à la banque le", null=True, blank=True)
    handed_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="remis par"
    )
    withdrawn_at = models.DateTimeField("écarté le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écarté par"
    )

    class Meta:
        verbose_name = "fichier de virements"
        verbose_name_plural = "fichiers de virements"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gt=0, total__gt=0),
                name="refund_file_pays",
                violation_error_message="Un fichier de virements paie quelque chose.",
            ),
            models.CheckConstraint(
                condition=Q(handed_at=None) | Q(withdrawn_at=None),
                name="refund_file_handed_or_withdrawn",
                violation_error_message="Ce fichier est remis à la banque : annulez d’abord la remise.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def digest(self) -> str:
        """`sha256` by eights, to be compared by eye; a narrow page can break it."""
        return " ".join(self.sha256[at : at + 8] for at in range(0, len(self.sha256), 8))

    @property
    def waits(self) -> bool:
        """It is prepared, and neither given to the bank nor withdrawn."""
        return self.handed_at is None and self.withdrawn_at is None


class RefundTransfer(models.Model):
    """A refund in a file. `is_live`: its file is not withdrawn, and the bank has not refused this one; a refund has one
    such transfer at most."""

    file = models.ForeignKey(RefundFile, models.PROTECT, related_name="transfers", verbose_name="fichier")
    choice = models.ForeignKey(CreditChoice, models.PROTECT, related_name="transfers", verbose_name="décision")
    name = models.CharField("titulaire", max_length=200)
    amount = EuroField("montant")
    is_live = models.BooleanField("compte", default=True)

    class Meta:
        verbose_name = "virement de remboursement"
        verbose_name_plural = "virements de remboursement"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["choice"],
                condition=Q(is_live=True),
                name="refund_transfer_once",
                violation_error_message="Ce remboursement est déjà dans un fichier. Rechargez la page.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="refund_transfer_amount",
                violation_error_message="Un virement est d’un montant positif.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refund_iban_confirmed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM rent_ledger_creditchoice c WHERE c.id = NEW.choice_id AND (
                            EXISTS (SELECT 1 FROM rent_ledger_knowniban k
                                WHERE k.account_id = c.account_id AND k.iban = c.iban)
                            OR EXISTS (SELECT 1 FROM office_ibanchange i
                                WHERE i.payee_id = c.account_id AND i.iban = c.iban AND i.is_granted))
                    ) THEN
                        RAISE EXCEPTION 'nobody confirmed where refund % goes', NEW.choice_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.choice_id}"
