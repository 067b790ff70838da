"""Writes that were sent with a key: what was asked, and what was answered."""

from django.db import models
from django.db.models import Q

from common import clock


class SentRequest(models.Model):
    """A write of one person, named by the key that the sender drew. The row is written in the transaction of the write.

    `digest` is of what was sent, so that the key of another content is refused. `answer` is the first answer (the JSON
    of the API, the address that a page goes on to); it and `status` are erased after some days, the key never.
    """

    user = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="personne")
    key = models.UUIDField("clé")
    operation = models.CharField("opération", max_length=80)
    digest = models.CharField("empreinte", max_length=64)
    status = models.PositiveSmallIntegerField("code de la réponse", null=True, blank=True)
    answer = models.TextField("réponse", blank=True)
    sent_at = models.DateTimeField("reçu le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_request_once")]
        indexes = [models.Index(fields=["sent_at"], condition=Q(status__isnull=False), name="sent_request_answered")]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
