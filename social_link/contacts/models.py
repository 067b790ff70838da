"""Contacts with a household, and notes by level of secrecy. The history of a note is as secret as the note.

What is withdrawn is deleted, so that nothing counts it; its history keeps it, and it comes back from there."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from common.fields import bounded
from common.looks import Look
from common.text import LONGEST_TEXT
from common.typography import uncapitalised
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from social_link.contacts.codes import FEMININE, ContactKind, NoteLevel
from social_link.contacts.looks import NOTES


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, actor: Actor) -> ContactQuerySet:
        """Contacts with the households that the actor follows, and one's own."""
        from social_link.contacts.perms import followed_by  # which knows the notes of this module

        return self.filter(Q(household__in=followed_by(actor)) | Q(author_id=_social_id(actor)))


class NoteQuerySet(models.QuerySet["Note"]):
    def readable_by(self, actor: Actor) -> NoteQuerySet:
        """Notes whose text the actor reads without giving a reason: own ones, shared ones, sealed ones where named.

        The head of the service reads the others through `open_note`, with a reason, logged.
        """
        shared = Q(level=NoteLevel.SHARED)
        if actor.is_social:
            named = Q(level=NoteLevel.SEALED, readers__user_id=actor.user_id)
            return self.filter(shared | Q(author_id=actor.user_id) | named).distinct()
        return self.filter(shared) if can(actor, Read(Data.SHARED_NOTE)) else self.none()


def _social_id(actor: Actor) -> int:
    """The user's id where the role is social today, else no id at all."""
    return actor.user_id or 0 if actor.is_social else 0


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Contact(models.Model):
    """A visit, appointment, call, or an absence: at most three fields."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="contacts", verbose_name="ménage")
    kind = models.CharField("genre", max_length=7, choices=ContactKind.choices)
    happened_on = models.DateField("le")
    at_time = models.TimeField("à", null=True, blank=True)
    is_planned = models.BooleanField("prévu", default=False)
    alert = models.ForeignKey(
        "social_link.Alert", models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="alerte"
    )
    author = models.ForeignKey("office.User", models.PROTECT, related_name="contacts", verbose_name="par")
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    request_key = models.UUIDField("clé de saisie", unique=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "contact"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["household", "-happened_on"], name="contact_household")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_on:%d/%m/%Y}"

    @property
    def planned_word(self) -> str:
        return "prévue" if self.kind in FEMININE else "prévu"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Note(models.Model):
    """A note, private, shared or sealed. The level is always written on it."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="notes", verbose_name="ménage")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="notes", verbose_name="contact"
    )
    level = models.CharField("niveau", max_length=7, choices=NoteLevel.choices, default=NoteLevel.PRIVATE)
    text = models.TextField("note", max_length=LONGEST_TEXT)
    author = models.ForeignKey("office.User", models.PROTECT, related_name="notes", verbose_name="par")
    written_at = models.DateTimeField("écrite le", default=clock.now, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note"
        ordering = ["-id"]
        constraints = [bounded("note", "text")]

    def __str__(self) -> str:
        return f"Note {uncapitalised(self.get_level_display())}"

    @property
    def look(self) -> Look:
        return NOTES[self.level]


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class NoteReader(models.Model):
    """A person named on a sealed note."""

    note = models.ForeignKey(Note, models.PROTECT, related_name="readers", verbose_name="note")
    user = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="personne")

    class Meta:
        verbose_name = "lecteur d’une note scellée"
        verbose_name_plural = "lecteurs d’une note scellée"
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="note_reader_once")]

    def __str__(self) -> str:
        return str(self.user)
