"""The contract of support between a household, the association and where it must be the Département: what it said, and
who signed it, on which day."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from common import clock
from common.fields import bounded
from common.text import LONGEST_TEXT
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from social_link.agreements.codes import Way
from social_link.agreements.rules.stroke import LONGEST, STROKE
from social_link.measures.codes import Party


class AgreementText(models.Model):
    """The words of the association in its contracts. The latest version is in use; none is ever changed. Version 0 is
    `wording`, and has no row."""

    version = models.PositiveIntegerField("version", unique=True)
    aim = models.TextField("but", max_length=LONGEST_TEXT)
    rights = models.TextField("droits de la personne", max_length=LONGEST_TEXT)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField("écrit le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "texte des contrats d’accompagnement"
        verbose_name_plural = "textes des contrats d’accompagnement"
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="agreement_text_version_positive"),
            bounded("agreement_text", "aim"),
            bounded("agreement_text", "rights"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Agreement(models.Model):
    """The contract of a measure, or (`renewal`) its amendment. `data`: all that it prints, as it was drawn up;
    `digest`: its SHA-256. Once everybody has signed, `pdf` is archived and `sha256` is that of its bytes."""

    measure = models.ForeignKey("social_link.Measure", models.PROTECT, related_name="agreements", verbose_name="mesure")
    renewal = models.OneToOneField(
        "social_link.Renewal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreement",
        verbose_name="avenant",
    )
    data = models.JSONField("contenu")
    digest = models.CharField("empreinte du texte", max_length=64)
    pdf = models.BinaryField("PDF", null=True, blank=True, editable=False)
    sha256 = models.CharField("empreinte du PDF", max_length=64, blank=True, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("établi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "contrat d’accompagnement"
        verbose_name_plural = "contrats d’accompagnement"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(renewal=None),
                name="agreement_one_first",
                violation_error_message="Cette mesure a déjà son contrat : corrigez-le.",
            ),
            models.CheckConstraint(
                condition=Q(pdf=None, sha256="") | (Q(pdf__isnull=False) & ~Q(sha256="")),
                name="agreement_bytes_with_hash",
            ),
        ]

    def __str__(self) -> str:
        return "Avenant" if self.renewal_id else "Contrat d’accompagnement"


@pghistory.track(pghistory.DeleteEvent())
class AgreementSignature(models.Model):
    """A party signed the text of which `digest`, on which day, by whose hand (`name`). On paper, or on the screen:
    `stroke` is then what was drawn (`rules.stroke`), and `recorded_by` held the device out."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures", verbose_name="contrat")
    party = models.CharField("partie", max_length=10, choices=Party.choices)
    on = models.DateField("signé le")
    name = models.CharField("par", max_length=120)
    way = models.CharField("signé", max_length=6, choices=Way.choices, default=Way.PAPER)
    stroke = models.TextField("trait", max_length=LONGEST, blank=True, editable=False)
    digest = models.CharField("empreinte du texte", max_length=64)
    recorded_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="noté par"
    )
    recorded_at = models.DateTimeField("noté le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "signature d’un contrat"
        verbose_name_plural = "signatures de contrats"
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"],
                name="agreement_signed_once_by_each",
                violation_error_message="Cette partie a déjà signé.",
            ),
            models.CheckConstraint(
                condition=Q(party__in=Party.values) & ~Q(name=""),
                name="agreement_signature_whole",
                violation_error_message="Une signature a sa partie, et le nom de qui signe.",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.PAPER, stroke="")
                | Q(way=Way.SCREEN, stroke__regex=STROKE, recorded_by__isnull=False),
                name="agreement_signature_drawn",
                violation_error_message="À l’écran, une signature a son trait et qui tenait l’appareil.",
            ),
            bounded("agreement_signature", "stroke"),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} · {self.on:%d/%m/%Y}"


class AgreementScan(Attachment):
    """A page of the contract, as it came back signed."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="scans", verbose_name="contrat")

    class Meta(Attachment.Meta):
        verbose_name = "contrat signé, numérisé"
        verbose_name_plural = "contrats signés, numérisés"
        constraints = [models.UniqueConstraint(fields=["agreement", "blob"], name="agreement_scan_once")]
