"""Tickets, interventions, photos, weak signals."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from common import clock
from common.fields import SortKeyField, bounded
from common.looks import Look
from common.text import LONGEST_TEXT
from common.triggers import follows
from common.typography import hour
from maintenance.tickets.codes import (
    OPEN_STATES,
    TICKET_FLOW,
    HoldReason,
    Outcome,
    PaidBy,
    PhotoStage,
    Priority,
    SignalKind,
    Source,
    TicketState,
    Trade,
)
from maintenance.tickets.looks import HELD, PRIORITIES, STATES
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from office.files.kinds import FileKind
from office.files.models import Attachment

KEPT = timedelta(days=30)
"""How long a technician reads a job of his own that is over."""


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, actor: Actor) -> TicketQuerySet:
        """All tickets for who follows the dwellings, nothing for the others; for a technician own jobs, as long as they
        are open and `KEPT` after: who lives there is then no business of his."""
        if can(actor, Read(Data.TICKET)):
            return self
        if can(actor, Read(Data.TICKET, OWN)) and actor.user_id:
            return self.filter(
                Q(state__in=OPEN_STATES) | Q(closed_at__gte=clock.now() - KEPT), assignee_id=actor.user_id
            )
        return self.none()

    def open(self) -> TicketQuerySet:
        return self.filter(state__in=OPEN_STATES)


class Ticket(models.Model):
    """A request for a repair in a dwelling, with its priority and due date, given to one technician at a time."""

    reference = models.CharField("référence", max_length=16, unique=True)
    dwelling = models.ForeignKey("stock.Dwelling", models.PROTECT, related_name="tickets", verbose_name="logement")
    household = models.ForeignKey(
        "leases.Household", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name="ménage"
    )
    source = models.CharField("origine", max_length=9, choices=Source.choices, default=Source.DESK)
    trade = models.CharField("métier", max_length=8, choices=Trade.choices)
    problem = models.CharField("problème", max_length=16, blank=True)
    title = models.CharField("objet", max_length=120)
    description = models.TextField("description", max_length=LONGEST_TEXT, blank=True)
    priority = models.CharField("priorité", max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField("état", max_length=8, choices=TicketState.choices, default=TicketState.OPEN)
    opened_at = models.DateTimeField("ouverte le", default=clock.now, editable=False)
    due_on = models.DateField("à faire au plus tard le")
    assignee = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name="technicien"
    )
    planned_on = models.DateField("prévue le", null=True, blank=True)
    planned_at = models.TimeField("à", null=True, blank=True)
    held_since = models.DateField("en attente depuis", null=True, blank=True)
    held_until = models.DateField("en attente jusqu’au", null=True, blank=True)
    hold_reason = models.CharField("motif de l’attente", max_length=6, choices=HoldReason.choices, blank=True)
    contact_name = models.CharField("personne à prévenir", max_length=120, blank=True)
    contact_phone = models.CharField("téléphone", max_length=20, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    paid_by = models.CharField("à la charge de", max_length=8, choices=PaidBy.choices, blank=True)
    request_key = models.UUIDField("clé de saisie", null=True, blank=True, unique=True)
    sort_key = SortKeyField("reference", "title")

    flow = TICKET_FLOW

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = "demande technique"
        verbose_name_plural = "demandes techniques"
        ordering = ["due_on", "id"]
        triggers = [follows(TICKET_FLOW)]
        indexes = [
            models.Index(
                fields=["assignee", "planned_on"], name="ticket_round", condition=Q(state__in=sorted(OPEN_STATES))
            ),
            GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="ticket_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[TicketState.OPEN, TicketState.CANCELLED]) | Q(assignee__isnull=False),
                name="ticket_assigned_has_assignee",
                violation_error_message="Choisissez le technicien.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TicketState.DONE, TicketState.CANCELLED], closed_at__isnull=False)
                | (~Q(state__in=[TicketState.DONE, TicketState.CANCELLED]) & Q(closed_at__isnull=True)),
                name="ticket_closed_iff_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=TicketState.DONE) | ~Q(paid_by=""),
                name="ticket_done_says_who_pays",
                violation_error_message="Dites qui paie l’intervention.",
            ),
            bounded("ticket", "description"),
            models.CheckConstraint(
                condition=Q(held_since__isnull=True, held_until__isnull=True, hold_reason="")
                | (
                    Q(held_since__isnull=False, held_until__gte=F("held_since"))
                    & ~Q(hold_reason="")
                    & Q(state__in=[TicketState.OPEN, TicketState.ASSIGNED])
                ),
                name="ticket_hold_whole",
                violation_error_message="Une mise en attente porte sa date de fin et son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_started(self) -> bool:
        return self.state == TicketState.STARTED

    @property
    def who(self) -> str:
        """The household; without one, whether the dwelling is empty (`is_occupied`, from the queries of pages). Who
        lives there was not said, or must not be."""
        if self.household is not None:
            return self.household.name
        return "Occupant non précisé" if getattr(self, "is_occupied", False) else "Logement vide"

    @property
    def may_change(self) -> bool:
        """Open, and nobody is at work on it."""
        return self.is_open and not self.is_started

    @property
    def look(self) -> Look:
        return HELD if self.is_open and self.is_held else STATES[self.state]

    @property
    def is_emergency(self) -> bool:
        return self.priority == Priority.EMERGENCY

    @property
    def priority_look(self) -> Look:
        return PRIORITIES[self.priority]

    @property
    def is_held(self) -> bool:
        return self.held_until is not None

    @property
    def seen(self) -> str:
        """The version of the ticket that a form was made from: a service refuses if the ticket changed since."""
        return self._version(self.state, self.held_until)

    @property
    def seen_once_started(self) -> str:
        """`seen` when the work has begun and nothing else has changed: for the end of a passage that is written where
        there is no network, and leaves after its beginning."""
        return self._version(TicketState.STARTED, None)

    def _version(self, state: str, held_until: date | None) -> str:
        return f"{state}-{self.assignee_id or 0}-{self.planned_on or 0}-{held_until or 0}"


class Intervention(models.Model):
    """One passage at the door, with its outcome."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="interventions", verbose_name="demande")
    technician = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="technicien")
    started_at = models.DateTimeField("commencée le", default=clock.now)
    ended_at = models.DateTimeField("terminée le", null=True, blank=True)
    outcome = models.CharField("issue", max_length=6, choices=Outcome.choices, blank=True)
    report = models.TextField("travail fait", max_length=LONGEST_TEXT, blank=True)
    trade_before = models.CharField("métier d’avant", max_length=8, choices=Trade.choices, blank=True, editable=False)
    """Where another trade is needed: the one that the ticket asked for until then, for who takes it back."""

    class Meta:
        verbose_name = "intervention"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ended_at__isnull=True),
                name="intervention_one_running",
                violation_error_message="Cette intervention est déjà commencée.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="intervention_outcome_iff_ended",
            ),
            bounded("intervention", "report"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {self.started_at:%d/%m/%Y}"

    @property
    def hours(self) -> str:
        """« 9 h à 10 h 30 »; « 9 h » where it goes on, or was noted at once."""
        times = [hour(at) for at in (self.started_at, self.ended_at) if at is not None]
        return " à ".join(dict.fromkeys(times))

    @property
    def is_done(self) -> bool:
        return self.outcome == Outcome.DONE

    @property
    def counts(self) -> bool:
        """It was not taken back."""
        return self.outcome != Outcome.TAKEN_BACK


class Photo(Attachment):
    """A picture of the dwelling (never of a person): taken on a passage, sent with a signal, or with the request."""

    kind = FileKind(per_owner=20)

    intervention = models.ForeignKey(
        Intervention, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="intervention"
    )
    signal = models.ForeignKey(
        "maintenance.WeakSignal", models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="signal"
    )
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name="demande"
    )
    stage = models.CharField("moment", max_length=6, choices=PhotoStage.choices, blank=True)

    class Meta(Attachment.Meta):
        verbose_name = "photo"
        constraints = [
            models.CheckConstraint(
                condition=Q(intervention__isnull=False, signal__isnull=True, ticket__isnull=True) & ~Q(stage="")
                | Q(intervention__isnull=True, signal__isnull=False, ticket__isnull=True, stage="")
                | Q(intervention__isnull=True, signal__isnull=True, ticket__isnull=False, stage=""),
                name="photo_of_one_thing",
            ),
            models.UniqueConstraint(fields=["intervention", "blob"], name="photo_once_per_passage"),
            models.UniqueConstraint(fields=["signal", "blob"], name="photo_once_per_signal"),
            models.UniqueConstraint(fields=["ticket", "blob"], name="photo_once_per_ticket"),
        ]

    @property
    def request(self) -> Ticket | None:
        """The request that it shows something of, whether it came with it or from a passage; None of a signal."""
        return self.intervention.ticket if self.intervention else self.ticket


@pghistory.track(pghistory.DeleteEvent())
class WeakSignal(models.Model):
    """« J'ai vu quelque chose »: read by the social service; its author only sees that it was received.

    One that its author withdrew is deleted, so that nothing counts it; its history keeps it.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="signals", verbose_name="demande")
    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="signals", verbose_name="ménage")
    kind = models.CharField("vu", max_length=8, choices=SignalKind.choices)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="par")
    seen_at = models.DateTimeField("le", default=clock.now, editable=False)
    request_key = models.UUIDField("clé de saisie", unique=True)

    class Meta:
        verbose_name = "signal"
        verbose_name_plural = "signaux"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_kind_display()
