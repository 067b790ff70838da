"""Arrears: cases, holds, what the manager decides, what the social service answers."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from rent_ledger.enums import Action, CauseCode, Decision, HoldKind, LetterHoldSource, Regime


class ArrearsCase(models.Model):
    """The arrears file of one account, from the day after the oldest unpaid due date until it is at zero again.

    `constituted_on`, `threshold`, `report_due_on` are the legal constitution under `regime`, kept as it was found.
    """

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="cases", verbose_name="compte")
    opened_on = models.DateField("ouvert le")
    first_default_on = models.DateField("premier défaut le")
    opening_debt = EuroField("dette à l’ouverture")
    regime = models.CharField("régime", max_length=5, choices=Regime)
    constituted_on = models.DateField("impayé constitué le", null=True, blank=True)
    threshold = models.JSONField("explication du seuil", null=True, blank=True)
    report_due_on = models.DateField("à déclarer avant le", null=True, blank=True)
    reported_on = models.DateField("déclaré le", null=True, blank=True)
    closed_on = models.DateField("soldé le", null=True, blank=True)
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "dossier d’impayé"
        verbose_name_plural = "dossiers d’impayé"
        ordering = ["-opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(closed_on__isnull=True),
                name="arrears_case_one_open",
                violation_error_message="Ce compte a déjà un dossier ouvert.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="arrears_case_dates"
            ),
            models.CheckConstraint(
                condition=Q(constituted_on__isnull=True, report_due_on__isnull=True)
                | Q(constituted_on__isnull=False, report_due_on__isnull=False),
                name="arrears_case_report_iff_constituted",
            ),
        ]

    def __str__(self) -> str:
        return f"Dossier {self.pk}"


class DebtHold(models.Model):
    """A debt out of the queue and of the arrears over a period: kept plan, frozen, disputed."""

    posting = models.ForeignKey("rent_ledger.Posting", models.PROTECT, related_name="holds", verbose_name="dette")
    kind = models.CharField("motif", max_length=7, choices=HoldKind)
    period = DateRangeField("période")
    reason = models.CharField("précision", max_length=200)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "dette hors file"
        verbose_name_plural = "dettes hors file"
        constraints = [
            ExclusionConstraint(
                name="debt_hold_no_overlap",
                expressions=[("posting", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Cette dette est déjà hors file sur une partie de la période.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.posting_id}"


class LetterHold(models.Model):
    """No letter leaves for this case until `until` (included), by the social service, the rent side or a rule."""

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="letter_holds", verbose_name="dossier")
    source = models.CharField("décidée par", max_length=6, choices=LetterHoldSource)
    from_day = models.DateField("du")
    until = models.DateField("jusqu’au")
    reason = models.CharField("motif", max_length=200, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    lifted_at = models.DateTimeField("levée le", null=True, blank=True)

    class Meta:
        verbose_name = "pause des relances"
        verbose_name_plural = "pauses des relances"
        ordering = ["-until", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("from_day")),
                name="letter_hold_dates",
                violation_error_message="La pause finit après avoir commencé.",
            )
        ]

    def __str__(self) -> str:
        return f"Pause jusqu’au {self.until:%d/%m/%Y}"


class HelpRequest(models.Model):
    """« Alerter le social »: the manager's request, pulled by the social service. Facts only, no text."""

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="help_requests", verbose_name="dossier")
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    requested_at = models.DateTimeField("demandée le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "demande au service social"
        verbose_name_plural = "demandes au service social"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Demande {self.pk}"


class CaseDecision(models.Model):
    """What a person decided about the proposed action, with the reason when it was not confirmed."""

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="decisions", verbose_name="dossier")
    proposed = models.CharField("proposée", max_length=12, choices=Action)
    decision = models.CharField("décision", max_length=8, choices=Decision)
    action = models.CharField("action retenue", max_length=12, choices=Action, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    decided_at = models.DateTimeField("le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "décision"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=Decision.CONFIRM) | ~Q(reason=""),
                name="case_decision_reason",
                violation_error_message="Dites pourquoi en quelques mots.",
            )
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


class SocialAnswer(models.Model):
    """What the social service lets the debt file know: cause code, hold, plan asked, next step. Nothing else."""

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="social_answers", verbose_name="dossier")
    contact_made = models.BooleanField("contact pris")
    cause = models.CharField("cause", max_length=10, choices=CauseCode)
    hold_until = models.DateField("relances suspendues jusqu’au", null=True, blank=True)
    plan_asked = models.BooleanField("plan demandé", default=False)
    plan_amount = EuroField("mensualité proposée", null=True, blank=True)
    next_step = models.CharField("prochaine étape", max_length=120, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    answered_at = models.DateTimeField("le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "réponse du service social"
        verbose_name_plural = "réponses du service social"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_cause_display()
