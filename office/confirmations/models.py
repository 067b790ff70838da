"""Confirmations: what was asked before something unusual was done, and why it was right."""

import pgtrigger
from django.db import models
from django.db.models import Q

from common import clock

ABOUT_LENGTH, QUESTION_LENGTH, REASON_LENGTH = 20, 30, 200


class Confirmation(models.Model):
    """One question that a service asked, and the reason for which a person went on.

    `about` and `about_id` say what it is about, which is above, so it is no key: who may read that may read this.
    `question` is a code of the subject that asked, `figures` what its sentence names (`common.reasons`). Never changed:
    what is taken back is the thing itself.
    """

    about = models.CharField("à propos de", max_length=ABOUT_LENGTH)
    about_id = models.BigIntegerField("numéro")
    question = models.CharField("question", max_length=QUESTION_LENGTH)
    figures = models.JSONField("chiffres", default=dict, blank=True)
    reason = models.CharField("motif", max_length=REASON_LENGTH)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="confirmé par")
    confirmed_at = models.DateTimeField("confirmé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "confirmation"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["about", "about_id", "question", "figures"], name="confirmation_once"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="confirmation_has_reason",
                violation_error_message="Dites en quelques mots pourquoi c’est juste.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="confirmation_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.question} {self.about} {self.about_id}"
