"""Alerts: from a fact to a named social worker, with deadlines, until an answer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from common import clock
from common.looks import Look
from common.reasons import Reason
from common.triggers import follows
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from rent_ledger.books.codes import DefaultWhy
from social_link.alerts.codes import (
    ALERT_FLOW,
    OPEN_ALERTS,
    AlertLevel,
    AlertRule,
    AlertState,
    AlertWhy,
    SignalOutcome,
)
from social_link.alerts.looks import RULES, URGENT
from social_link.measures.own_cases import own_cases


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor) -> AlertQuerySet:
        """All for the head of the service; for a social worker own cases, by name or by accompaniment."""
        if can(actor, Read(Data.ALERT)):
            return self
        if can(actor, Read(Data.ALERT, OWN)) and actor.user_id:
            return self.filter(Q(assignee_id=actor.user_id) | own_cases(actor.user_id, "household"))
        return self.none()

    def open(self) -> AlertQuerySet:
        return self.filter(state__in=OPEN_ALERTS)


class Alert(models.Model):
    """One open alert per household; new facts join it. Deadlines are working days (5 to take it, 15 to answer).

    `step_done_at`: somebody said that the next step of its answer is done (`contacts.duties.STEP`).
    """

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="alerts", verbose_name="ménage")
    case = models.ForeignKey(
        "rent_ledger.ArrearsCase", models.PROTECT, null=True, blank=True, related_name="alerts", verbose_name="dossier"
    )
    rule = models.CharField("règle", max_length=6, choices=AlertRule.choices)
    level = models.CharField("niveau", max_length=6, choices=AlertLevel.choices)
    state = models.CharField("état", max_length=8, choices=AlertState.choices, default=AlertState.RAISED)
    assignee = models.ForeignKey("office.User", models.PROTECT, related_name="alerts", verbose_name="destinataire")
    raised_at = models.DateTimeField("envoyée le", default=clock.now, editable=False)
    ack_due_on = models.DateField("à prendre au plus tard le")
    answer_due_on = models.DateField("réponse au plus tard le")
    acknowledged_at = models.DateTimeField("prise le", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="prise par"
    )
    taken_from = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="prise à"
    )
    reassigned_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="réattribuée par"
    )
    late_with = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="en retard chez"
    )
    absence = models.ForeignKey(
        "social_link.Absence", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pendant l’absence"
    )
    reassign_reason = models.CharField("motif de la réattribution", max_length=120, blank=True)
    escalated_at = models.DateTimeField("remontée le", null=True, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answer = models.OneToOneField(
        "rent_ledger.SocialAnswer", models.PROTECT, null=True, blank=True, related_name="alert", verbose_name="réponse"
    )
    step_done_at = models.DateTimeField("étape faite le", null=True, blank=True, editable=False)
    step_done_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="étape faite par"
    )

    flow = ALERT_FLOW

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering = ["ack_due_on", "id"]
        triggers = [follows(ALERT_FLOW)]
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
            models.CheckConstraint(
                condition=Q(step_done_at=None, step_done_by=None)
                | Q(step_done_at__isnull=False, step_done_by__isnull=False, answer__isnull=False),
                name="alert_step_of_an_answer",
                violation_error_message="Une étape est celle d’une réponse, et quelqu’un dit qu’elle est faite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.household}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ALERTS

    @property
    def is_raised(self) -> bool:
        return self.state == AlertState.RAISED

    @property
    def is_taken(self) -> bool:
        return self.state == AlertState.ACKNOWLEDGED

    @property
    def is_answered(self) -> bool:
        return self.state == AlertState.ANSWERED

    @property
    def is_dropped(self) -> bool:
        return self.state == AlertState.DROPPED

    @property
    def standing(self) -> list[AlertFact]:
        """Its facts without those that were a mistake."""
        return [fact for fact in self.facts.all() if fact.withdrawn_at is None]

    @property
    def tells_a_signal_only(self) -> bool:
        """Once it is known what came of it, nothing is left to answer."""
        return self.case_id is None and {fact.rule for fact in self.standing} == {AlertRule.WEAK_SIGNAL}

    @property
    def said(self) -> list[Reason]:
        """What its facts say, each reason once: a request and a default of the same case tell the same debt."""
        found: list[Reason] = []
        for fact in self.standing:
            found += [reason for reason in fact.said if reason not in found]
        return found

    @property
    def told(self) -> list[Reason]:
        """The same for who reads the facts only: that a technician saw something, not what he saw of the person."""
        return [
            Reason(AlertWhy.SIGNALLED, reason.figures) if reason.code == AlertWhy.SIGNAL else reason
            for reason in self.said
        ]

    @property
    def look(self) -> Look:
        return URGENT if self.level == AlertLevel.URGENT else RULES[self.rule]


class AlertFact(models.Model):
    """What was known when it was raised. Unique by (case or household, rule, trigger): a fact alerts once.

    `key` is the rule's (`services.registry`). `reasons` is a list of `Reason` as JSON: codes with amounts and days.
    `withdrawn_at`: what it tells was a mistake, corrected by who noted it.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="facts", verbose_name="alerte")
    rule = models.CharField("règle", max_length=6, choices=AlertRule.choices)
    key = models.CharField("déclencheur", max_length=80, unique=True)
    reasons = models.JSONField("faits")
    recorded_at = models.DateTimeField("constaté le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "fait d’alerte"
        verbose_name_plural = "faits d’alerte"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key

    @property
    def said(self) -> list[Reason]:
        """The reasons as recorded. They may be read years later, so show dates with their year."""
        return [Reason.from_json(node, AlertWhy, DefaultWhy) for node in self.reasons]


class SignalAnswerQuerySet(models.QuerySet["SignalAnswer"]):
    def standing(self) -> SignalAnswerQuerySet:
        return self.filter(withdrawn_at=None)

    def final(self) -> SignalAnswerQuerySet:
        return self.exclude(outcome=SignalOutcome.NOT_SEEN)


class SignalAnswer(models.Model):
    """What came of a fact that a technician signalled, by a code. Rows of one gesture have one `key`, which is also the
    `request_key` of the visit that « pas vu » plans for `back_on`. `withdrawn_at`: it was a slip, and counts no more.
    """

    fact = models.ForeignKey(AlertFact, models.PROTECT, related_name="outcomes", verbose_name="fait")
    outcome = models.CharField("issue", max_length=8, choices=SignalOutcome.choices)
    back_on = models.DateField("repasse le", null=True, blank=True)
    said_on = models.DateField("le", editable=False)
    said_at = models.DateTimeField("dite le", editable=False)
    said_by = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    key = models.UUIDField("clé du geste")
    withdrawn_at = models.DateTimeField("reprise le", null=True, blank=True, editable=False)

    objects = SignalAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "issue d’un signal"
        verbose_name_plural = "issues de signaux"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=SignalOutcome.values),
                name="signal_answer_known",
                violation_error_message="Choisissez ce qu’il en est dans la liste.",
            ),
            models.CheckConstraint(
                condition=Q(outcome=SignalOutcome.NOT_SEEN, back_on__isnull=False, back_on__gt=F("said_on"))
                | (~Q(outcome=SignalOutcome.NOT_SEEN) & Q(back_on__isnull=True)),
                name="signal_answer_back_iff_not_seen",
                violation_error_message="« Pas vu » a son jour de passage, à venir ; le reste n’en a pas.",
            ),
            models.UniqueConstraint(
                fields=["fact"],
                condition=Q(withdrawn_at=None) & ~Q(outcome=SignalOutcome.NOT_SEEN),
                name="signal_answer_ends_once",
                violation_error_message="Ce signal a déjà son issue.",
            ),
            models.UniqueConstraint(
                fields=["fact", "back_on"],
                condition=Q(withdrawn_at=None),
                name="signal_answer_back_once",
                violation_error_message="Ce passage est déjà prévu.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())

    @property
    def is_not_seen(self) -> bool:
        return self.outcome == SignalOutcome.NOT_SEEN
