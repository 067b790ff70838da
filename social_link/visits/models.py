"""A visit as it was noted at the door, in one gesture: what was seen of the dwelling, and what one wants to be
reminded of. What it wrote elsewhere (the note, the request for a repair, the incident, the next visit) is found by keys
that follow from its own (`key_of`)."""

from __future__ import annotations

from uuid import UUID, uuid5

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from common.looks import Look
from office.access.actor import Actor
from social_link.contacts.codes import ContactKind
from social_link.contacts.models import Contact
from social_link.visits.codes import Finding, Line, ReminderKind
from social_link.visits.looks import FINDINGS

DIGEST_LENGTH = 64


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> VisitQuerySet:
        """Those whose contact the actor sees."""
        return self.filter(contact__in=Contact.objects.visible_to(actor))


@pghistory.track(pghistory.DeleteEvent())
class Visit(models.Model):
    """What one send wrote, so that it is written once and taken back whole. `planned_as`, `planned_on`: what the
    contact was while it was planned; empty where it was not. `digest`: of what was sent, by a key of the
    installation."""

    contact = models.OneToOneField(Contact, models.PROTECT, related_name="visit", verbose_name="contact")
    request_key = models.UUIDField("clé de saisie", unique=True)
    digest = models.CharField("empreinte", max_length=DIGEST_LENGTH, editable=False)
    planned_as = models.CharField("genre prévu", max_length=7, choices=ContactKind.choices, blank=True, editable=False)
    planned_on = models.DateField("prévu le", null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "visite notée"
        verbose_name_plural = "visites notées"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_as="", planned_on=None) | (~Q(planned_as="") & Q(planned_on__isnull=False)),
                name="visit_planned_whole",
                violation_error_message="Une visite prévue l’était pour un jour.",
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)

    def key_of(self, what: str) -> UUID:
        """The key of what this visit wrote elsewhere."""
        return key_of(self.request_key, what)


def key_of(request_key: UUID, what: str) -> UUID:
    """`what`: a line of the dwelling, `incident`, `next`."""
    return uuid5(request_key, what)


@pghistory.track(pghistory.DeleteEvent())
class Observation(models.Model):
    """How one line of a dwelling was found at a visit: one row a line, so that visits compare over time. `ticket`: what
    was asked of it, where it is to treat; several visits may see the same request. `dwelling`: None outside our own."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="observations", verbose_name="visite")
    dwelling = models.ForeignKey(
        "stock.Dwelling", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="logement"
    )
    line = models.CharField("quoi", max_length=6, choices=Line.choices)
    finding = models.CharField("état", max_length=5, choices=Finding.choices)
    ticket = models.ForeignKey(
        "maintenance.Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="demande technique"
    )

    class Meta:
        verbose_name = "observation du logement"
        verbose_name_plural = "observations du logement"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "line"], name="observation_once",
                violation_error_message="Cette ligne est déjà notée à cette visite.",
            ),
            models.CheckConstraint(
                condition=Q(line__in=Line.values, finding__in=Finding.values),
                name="observation_coded",
                violation_error_message="Choisissez l’état de chaque ligne.",
            ),
            models.CheckConstraint(
                condition=Q(ticket=None) | (Q(finding=Finding.TREAT) & ~Q(line=Line.NEIGHBOURS)),
                name="observation_ticket_of_what_is_to_treat",
                violation_error_message="Seul ce qui est à traiter dans le logement a une demande technique.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_line_display()} : {self.get_finding_display()}"

    @property
    def look(self) -> Look:
        return FINDINGS[self.finding]


@pghistory.track(pghistory.DeleteEvent())
class Reminder(models.Model):
    """What who made the visit wants to be reminded of, and when; done once he says so."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="reminder", verbose_name="visite")
    kind = models.CharField("quoi", max_length=7, choices=ReminderKind.choices)
    due_on = models.DateField("pour le")
    done_at = models.DateTimeField("fait le", null=True, blank=True)
    done_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fait par"
    )

    class Meta:
        verbose_name = "rappel"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ReminderKind.values),
                name="reminder_coded",
                violation_error_message="Choisissez ce qu’il faut vous rappeler.",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="reminder_done_by_somebody",
                violation_error_message="Un rappel est fait par quelqu’un.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.due_on:%d/%m/%Y}"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
