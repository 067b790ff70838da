"""Contacts with a household, and notes by level of secrecy. The history of a note is as secret as the note.

What is withdrawn is deleted, so that nothing counts it; its history keeps it, and it comes back from there. The texts
of notes are sealed, in the history too: `sealing` says by what."""

from __future__ import annotations

from typing import Protocol

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact, LessThanOrEqual

from common import clock
from common.envelope import FORM, OVERHEAD
from common.looks import Look
from common.text import LONGEST_TEXT
from common.typography import uncapitalised
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from social_link.contacts import sealing
from social_link.contacts.codes import COLLECTIVE, FEMININE, MINUTES, NOT_HELD, ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.looks import NOTES
from social_link.objectives.codes import Theme


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, actor: Actor) -> ContactQuerySet:
        """Contacts with the households that the actor follows, and one's own."""
        from social_link.contacts.perms import followed_by  # which knows the notes of this module

        return self.filter(Q(household__in=followed_by(actor)) | Q(author_id=_social_id(actor)))

    def met(self) -> ContactQuerySet:
        """Those that took place with somebody for himself: neither to come, nor an absence, nor put off or not wanted,
        nor collective."""
        return self.filter(met())


class NoteQuerySet(models.QuerySet["Note"]):
    def readable_by(self, actor: Actor) -> NoteQuerySet:
        """Notes whose text the actor reads without giving a reason: own ones, those of the team and shared ones, sealed
        ones where named.

        The head of the service reads the others through `open_note`, with a reason, logged.
        """
        levels = levels_read(actor)
        rows = Q(level__in=levels)
        if actor.is_social:
            named = Q(level=NoteLevel.SEALED, readers__user_id=actor.user_id)
            return self.filter(rows | Q(author_id=actor.user_id) | named).distinct()
        return self.filter(rows) if levels else self.none()


WRITTEN = ("version", "sealed_text")
"""The fields that `Note.write` changes."""
READ_AS = {NoteLevel.SHARED: Data.SHARED_NOTE, NoteLevel.TEAM: Data.TEAM_NOTE}
"""The levels that a role reads whole, and as what. The others are for their author and for who is named on them."""


def levels_read(actor: Actor) -> frozenset[NoteLevel]:
    """The levels of which the actor reads every note."""
    return frozenset(level for level, data in READ_AS.items() if can(actor, Read(data)))


def met(prefix: str = "") -> Q:
    """The contacts, reached through `prefix`, that took place with somebody for himself."""
    nobody = (
        Q(**{f"{prefix}kind__in": sorted({ContactKind.ABSENCE, *COLLECTIVE})})
        | Q(**{f"{prefix}outcome__in": sorted(NOT_HELD)})
        | Q(**{f"{prefix}kind": ContactKind.WATCH, f"{prefix}outcome": ""})
    )
    return Q(**{f"{prefix}is_planned": False}) & ~nobody


def took_place() -> Q:
    """The contacts that took place with somebody, for himself or together with others."""
    return met() | Q(kind__in=sorted(COLLECTIVE))


def _social_id(actor: Actor) -> int:
    """The user's id where the role is social today, else no id at all."""
    return actor.user_id or 0 if actor.is_social else 0


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Contact(models.Model):
    """A visit, appointment, call, or an absence: three fields; how it went and how long it took where it is told.

    `theme`: which of the four themes it served (S1-10). `by_partner`: somebody outside did it, and the house mobilised
    him (S2-03). A collective one stands for who took part.
    """

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="contacts", verbose_name="ménage")
    kind = models.CharField("genre", max_length=7, choices=ContactKind.choices)
    happened_on = models.DateField("le")
    at_time = models.TimeField("à", null=True, blank=True)
    is_planned = models.BooleanField("prévu", default=False)
    outcome = models.CharField("issue", max_length=7, choices=ContactOutcome.choices, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(
        "durée en minutes", choices=[(n, f"{n} min") for n in MINUTES], null=True, blank=True
    )
    theme = models.CharField("thème", max_length=8, choices=Theme.choices, blank=True, default="")
    by_partner = models.BooleanField("assuré par un partenaire", default=False)
    alert = models.ForeignKey(
        "social_link.Alert", models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="alerte"
    )
    author = models.ForeignKey("office.User", models.PROTECT, related_name="contacts", verbose_name="par")
    absence = models.ForeignKey(
        "social_link.Absence", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pendant l’absence"
    )
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    request_key = models.UUIDField("clé de saisie", unique=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "contact"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["household", "-happened_on"], name="contact_household")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="")
                | (Q(outcome__in=ContactOutcome.values, is_planned=False) & ~Q(kind=ContactKind.ABSENCE)),
                name="contact_outcome_of_a_meeting",
                violation_error_message="Seul un contact qui a eu lieu a une issue ; une absence n’en a pas d’autre.",
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__in=MINUTES, is_planned=False),
                name="contact_minutes_known",
                violation_error_message="Un contact qui a eu lieu dure 15, 30, 45 ou 60 minutes.",
            ),
            models.CheckConstraint(
                condition=Q(theme__in=["", *Theme.values]),
                name="contact_theme_known",
                violation_error_message="Choisissez l’un des quatre thèmes.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in sorted(COLLECTIVE)]) | Q(is_planned=False, outcome=""),
                name="contact_collective_attended",
                violation_error_message="Un temps collectif se note une fois qu’il a eu lieu, pour qui y était.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.happened_on:%d/%m/%Y}"

    @property
    def kind_words(self) -> str:
        """The kind, and that it was put off or not wanted where it was: nobody was met."""
        words = str(self.get_kind_display())
        if self.kind == ContactKind.WATCH and not self.is_planned and not self.outcome:
            words += ", personne"
        if self.outcome in NOT_HELD:
            words += f", {uncapitalised(str(self.get_outcome_display()))}{'e' if self.kind in FEMININE else ''}"
        return words

    @property
    def served_words(self) -> list[str]:
        """The theme that it served, and that a partner did it, where it is told."""
        theme = [str(self.get_theme_display())] if self.theme else []
        return [*theme, "par un partenaire"] if self.by_partner else theme

    @property
    def is_met(self) -> bool:
        """Whether it took place with somebody (`met`)."""
        if self.is_planned or self.kind in {ContactKind.ABSENCE, *COLLECTIVE} or self.outcome in NOT_HELD:
            return False
        return self.kind != ContactKind.WATCH or self.outcome != ""

    @property
    def is_watch(self) -> bool:
        return self.kind == ContactKind.WATCH

    @property
    def planned_word(self) -> str:
        return "prévue" if self.kind in FEMININE else "prévu"


class NoteKey(models.Model):
    """The key of one note, wrapped by the key `name` of the installation. It is never deleted: the history of its note,
    and a note that was withdrawn, open by it alone."""

    name = models.CharField("clé de l’installation", max_length=sealing.LONGEST_NAME, db_index=True)
    wrapped = models.BinaryField("clé de la note, scellée")

    class Meta:
        verbose_name = "clé d’une note"
        verbose_name_plural = "clés des notes"
        triggers = [pgtrigger.Protect(name="is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Clé {self.pk}"

    def open(self) -> bytes:
        """Raises `sealing.Unopened`."""
        return sealing.unwrapped(self.wrapped, key_id=self.pk, name=self.name)


class Version(Protocol):
    """A note, or an event of its history."""

    id: int
    version: int
    sealed_text: bytes | memoryview


def text_of(row: Version, key: bytes) -> str:
    """What a note says, or said. `key`: the note's, opened. Raises `sealing.Unopened`."""
    return sealing.opened_text(row.sealed_text, key=key, note_id=row.id, version=row.version)


def _number(function: str, *of: F | Value) -> Func:
    return Func(*of, function=function, output_field=models.IntegerField())


LONGEST_SEALED = LONGEST_TEXT * 4 + OVERHEAD
"""Bytes: a sign takes four at most."""


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Note(models.Model):
    """A note at its level, which is always written on it. `text` opens what it says; `version` grows with each text."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="notes", verbose_name="ménage")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="notes", verbose_name="contact"
    )
    level = models.CharField("niveau", max_length=7, choices=NoteLevel.choices, default=NoteLevel.PRIVATE)
    key = models.OneToOneField(NoteKey, models.PROTECT, related_name="note", verbose_name="clé")
    version = models.PositiveIntegerField("version", default=1)
    sealed_text = models.BinaryField("note, scellée")
    author = models.ForeignKey("office.User", models.PROTECT, related_name="notes", verbose_name="par")
    written_at = models.DateTimeField("écrite le", default=clock.now, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(_number("get_byte", F("sealed_text"), Value(0)), FORM[0]))
                & Q(LessThanOrEqual(_number("octet_length", F("sealed_text")), LONGEST_SEALED)),
                name="note_text_sealed",
                violation_error_message="Le texte d’une note n’est gardé que scellé.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="note_version_counted",
                violation_error_message="La première version d’une note est la version 1.",
            ),
            models.CheckConstraint(
                condition=Q(level__in=NoteLevel.values),
                name="note_level_known",
                violation_error_message="Choisissez qui peut lire la note.",
            ),
        ]

    def __str__(self) -> str:
        return f"Note {uncapitalised(self.get_level_display())}"

    @property
    def text(self) -> str:
        """What it says. Raises `sealing.Unopened` where its key is missing."""
        return text_of(self, self.key.open())

    def write(self, text: str) -> None:
        """Seal `text` as what it says from now on; saved by the caller (`WRITTEN`), who holds the row. Raises
        `sealing.Unopened`."""
        self.version += 1
        self.sealed_text = sealing.sealed_text(text, key=self.key.open(), note_id=self.pk, version=self.version)

    @property
    def look(self) -> Look:
        return NOTES[self.level]

    @property
    def read_as(self) -> Data:
        """The row of the matrix that a read of it is logged as."""
        return READ_AS.get(NoteLevel(self.level), Data.PRIVATE_NOTE)


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
