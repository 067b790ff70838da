"""Alerts: from a fact to a named social worker, with deadlines, until an answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from common import clock
from office.actor import Actor
from office.enums import Role
from social_link.enums import OPEN_ALERTS, AlertLevel, AlertRule, AlertState
from social_link.models.measure import own_cases


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor) -> AlertQuerySet:
        """All for the head of the service; for a social worker own cases, by name or by accompaniment."""
        if actor.has_role(Role.HEAD_OF_SOCIAL):
            return self
        if actor.has_role(Role.SOCIAL_WORKER) and actor.user_id:
            return self.filter(Q(assignee_id=actor.user_id) | own_cases(actor.user_id, "household"))
        return self.none()

    def open(self) -> AlertQuerySet:
        return self.filter(state__in=OPEN_ALERTS)


class Alert(models.Model):
    """One open alert per household; new facts join it. Deadlines are working days (5 to take it, 15 to answer)."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="alerts", verbose_name="ménage")
    case = models.ForeignKey(
        "rent_ledger.ArrearsCase", models.PROTECT, null=True, blank=True, related_name="alerts", verbose_name="dossier"
    )
    rule = models.CharField("règle", max_length=6, choices=AlertRule)
    level = models.CharField("niveau", max_length=6, choices=AlertLevel)
    state = models.CharField("état", max_length=8, choices=AlertState, default=AlertState.RAISED)
    assignee = models.ForeignKey("office.User", models.PROTECT, related_name="alerts", verbose_name="destinataire")
    raised_at = models.DateTimeField("envoyée le", default=clock.now, editable=False)
    ack_due_on = models.DateField("à prendre avant le")
    answer_due_on = models.DateField("réponse avant le")
    acknowledged_at = models.DateTimeField("prise le", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="prise par"
    )
    reassigned_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="réattribuée par"
    )
    reassign_reason = models.CharField("motif de la réattribution", max_length=120, blank=True)
    escalated_at = models.DateTimeField("remontée le", null=True, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answer = models.OneToOneField(
        "rent_ledger.SocialAnswer", models.PROTECT, null=True, blank=True, related_name="alert", verbose_name="réponse"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering = ["ack_due_on", "id"]
        indexes = [
            models.Index(
                fields=["assignee", "ack_due_on"], name="alert_open", condition=Q(state__in=sorted(OPEN_ALERTS))
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(state__in=sorted(OPEN_ALERTS)),
                name="alert_one_open_per_household",
                violation_error_message="Ce ménage a déjà une alerte ouverte.",
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.RAISED, acknowledged_at__isnull=True) | ~Q(state=AlertState.RAISED),
                name="alert_raised_not_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.ANSWERED, answered_at__isnull=False)
                | (~Q(state=AlertState.ANSWERED) & Q(answered_at__isnull=True)),
                name="alert_answered_iff_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.household}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ALERTS


class AlertFact(models.Model):
    """What was known when it was raised. Unique by (case or household, rule, trigger): a fact alerts once.

    `key` is `<rule>:<case or household>:<trigger>`; `facts` is a list of French sentences with amounts and dates;
    `figures` the same as numbers (decimal strings, ISO days).
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="facts", verbose_name="alerte")
    rule = models.CharField("règle", max_length=6, choices=AlertRule)
    key = models.CharField("déclencheur", max_length=80, unique=True)
    facts = models.JSONField("faits")
    figures = models.JSONField("chiffres", default=dict)
    recorded_at = models.DateTimeField("constaté le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "fait d’alerte"
        verbose_name_plural = "faits d’alerte"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key
