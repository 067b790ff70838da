"""Files for an aid: of which household, to which scheme, for what; what happened on which day, what was paid.

The states are facts: the steps noted, and the day from which nothing is awaited. What may follow is in `rules`.
"""

import pghistory
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from office.schemes.codes import Need
from rent_ledger.aid_files.codes import WITH_UNTIL, AidClosing, AidRefusal, AidStepKind, Payee

_WITH_UNTIL = sorted(kind.value for kind in WITH_UNTIL)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class AidFile(models.Model):
    """A file for an aid. `account`: the account whose debt it is for; None of an access need. `asked`: euros asked,
    None where the body says it. `worker`: who follows it. `ended_on`: the day of its last step, None while something is
    awaited."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="aid_files", verbose_name="ménage")
    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, null=True, blank=True, related_name="aid_files", verbose_name="compte"
    )
    scheme = models.ForeignKey("office.AidScheme", models.PROTECT, related_name="files", verbose_name="aide")
    need = models.CharField("besoin", max_length=10, choices=Need.choices)
    asked = EuroField("montant demandé", null=True, blank=True)
    worker = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="suivi par"
    )
    opened_on = models.DateField("ouvert le")
    opened_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    ended_on = models.DateField("fini le", null=True, blank=True)

    class Meta:
        verbose_name = "dossier d’aide"
        verbose_name_plural = "dossiers d’aide"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "scheme", "need"],
                condition=Q(ended_on=None),
                name="aid_file_one_running",
                violation_error_message="Un dossier court déjà pour cette aide et ce besoin. Ouvrez-le.",
            ),
            models.CheckConstraint(
                condition=Q(asked=None) | Q(asked__gt=0),
                name="aid_file_asked_positive",
                violation_error_message="Le montant demandé est de plus de 0 €, ou laissé vide.",
            ),
            models.CheckConstraint(
                condition=~Q(need=Need.DEBT) | Q(account__isnull=False),
                name="aid_file_debt_of_an_account",
                violation_error_message="Dites de quel compte est la dette.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("opened_on")), name="aid_file_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"Dossier d’aide {self.pk}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class AidFileStep(models.Model):
    """What happened. `until`: until when pieces are awaited, or the next commission. `grant`, `loan`: what was granted.
    `amount`, `payee`: what was paid, to whom; `posting`: the money on an account of the household that it is.
    `why`: of a refusal or a closing, read by the social service alone."""

    file = models.ForeignKey(AidFile, models.PROTECT, related_name="steps", verbose_name="dossier")
    kind = models.CharField("étape", max_length=9, choices=AidStepKind.choices)
    on = models.DateField("le")
    until = models.DateField("jusqu’au", null=True, blank=True)
    grant = EuroField("don", null=True, blank=True)
    loan = EuroField("prêt", null=True, blank=True)
    amount = EuroField("versé", null=True, blank=True)
    payee = models.CharField("versé à", max_length=9, choices=Payee.choices, blank=True)
    posting = models.OneToOneField(
        "rent_ledger.Posting", models.PROTECT, null=True, blank=True, related_name="aid_step",
        verbose_name="encaissement",
    )  # fmt: skip
    why = models.CharField("motif", max_length=10, choices=[*AidRefusal.choices, *AidClosing.choices], blank=True)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    class Meta:
        verbose_name = "étape d’un dossier d’aide"
        verbose_name_plural = "étapes d’un dossier d’aide"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "kind"],
                condition=Q(kind__in=[AidStepKind.SENT.value, AidStepKind.CLOSED.value]),
                name="aid_step_once",
                violation_error_message="Cette étape est déjà notée. Annulez-la d’abord si elle est à corriger.",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(kind__in=_WITH_UNTIL, until__gte=F("on")),
                name="aid_step_until",
                violation_error_message="Ce jour vient après celui de l’étape.",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AidStepKind.GRANTED, grant__gte=0, loan__gte=0) & (Q(grant__gt=0) | Q(loan__gt=0)))
                | (~Q(kind=AidStepKind.GRANTED) & Q(grant=None, loan=None)),
                name="aid_step_granted",
                violation_error_message="Dites le montant accordé, en don ou en prêt.",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AidStepKind.PAID, amount__isnull=False, amount__gt=0) & ~Q(payee=""))
                | (~Q(kind=AidStepKind.PAID) & Q(amount=None, payee="", posting=None)),
                name="aid_step_paid",
                violation_error_message="Dites combien a été versé, et à qui.",
            ),
            models.CheckConstraint(
                condition=(Q(payee=Payee.LANDLORD, posting__isnull=False))
                | (~Q(payee=Payee.LANDLORD) & Q(posting=None)),
                name="aid_step_money_on_the_account",
                violation_error_message="Choisissez l’encaissement de cette aide.",
            ),
            models.CheckConstraint(
                condition=Q(kind=AidStepKind.REFUSED, why__in=[why.value for why in AidRefusal])
                | Q(kind=AidStepKind.CLOSED, why__in=[why.value for why in AidClosing])
                | (~Q(kind__in=[AidStepKind.REFUSED.value, AidStepKind.CLOSED.value]) & Q(why="")),
                name="aid_step_why",
                violation_error_message="Dites pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class AidPaper(Attachment):
    """A paper of a file: the form, a receipt, the decision. Read by the social service alone."""

    kind = FileKind(per_owner=20, formats=PICTURES | {Format.PDF})

    file = models.ForeignKey(AidFile, models.PROTECT, related_name="papers", verbose_name="dossier")

    class Meta(Attachment.Meta):
        verbose_name = "pièce d’un dossier d’aide"
        verbose_name_plural = "pièces d’un dossier d’aide"
        constraints = [models.UniqueConstraint(fields=["file", "blob"], name="aid_paper_once")]
