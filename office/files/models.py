"""Files: the bytes once (`Blob`), and the base of the rows that say what they prove (`Attachment`)."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from common import clock
from office.files.codes import SUFFIXES, FileType, Preview
from office.files.kinds import FileKind

FOLDER = "files"


class Blob(models.Model):
    """Bytes in the storage, named by their digest: the same bytes are there once, and never change.

    A row is written after its bytes, so that it never points at nothing (`office.files.services.blobs`).
    """

    sha256 = models.CharField("empreinte", max_length=64, primary_key=True, editable=False)
    type = models.CharField("type", max_length=40, choices=FileType.choices, editable=False)
    size = models.PositiveIntegerField("octets", editable=False)
    width = models.PositiveIntegerField("largeur", null=True, editable=False)
    height = models.PositiveIntegerField("hauteur", null=True, editable=False)
    stored_at = models.DateTimeField("rangé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "contenu de fichier"
        verbose_name_plural = "contenus de fichiers"
        ordering = ["stored_at"]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_named_by_digest"),
            models.CheckConstraint(condition=Q(size__gt=0), name="blob_not_empty"),
            models.CheckConstraint(
                condition=Q(type=FileType.JPEG, width__isnull=False, width__gt=0, height__isnull=False, height__gt=0)
                | (~Q(type=FileType.JPEG) & Q(width__isnull=True, height__isnull=True)),
                name="blob_picture_has_sides",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def is_picture(self) -> bool:
        return self.type == FileType.JPEG

    def key(self, preview: Preview | None = None) -> str:
        """Its name in the storage, or that of a smaller copy."""
        return key_of(self.sha256, FileType(self.type), preview)


def key_of(sha256: str, type: FileType, preview: Preview | None = None) -> str:
    """`files/ab/abcd….jpg`, `files/ab/abcd….320.jpg`."""
    size = f".{preview.value}" if preview else ""
    return f"{FOLDER}/{sha256[:2]}/{sha256}{size}{SUFFIXES[type]}"


class Attachment(models.Model):
    """Base of a kind of file: one row per file that somebody added to what it proves.

    A model of the owner's subject adds the foreign key to the owner, unique with `blob` (sent twice, it is there once),
    and says in `kind` what it accepts. Who may read the owner reads the file: the owner's view looks for it among what
    the actor may see, and answers with `office.files.answers.serve`.
    """

    kind: ClassVar[FileKind]

    uuid = models.UUIDField("identifiant", default=uuid4, unique=True, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+", editable=False, verbose_name="contenu")
    name = models.CharField("nom", max_length=100, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, related_name="+", editable=False, verbose_name="par"
    )
    added_at = models.DateTimeField("ajouté le", default=clock.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
