"""How a person of the house wants to be told."""

from django.db import models
from django.db.models import Q


class NoticeChoice(models.Model):
    """The ways that somebody chose. Without a row: the digest and what is urgent by e-mail, nothing by SMS.

    `phone`: a French mobile as `+33612345678`. `away_until`: nothing leaves up to that day, included.
    """

    user = models.OneToOneField(
        "office.User", models.PROTECT, related_name="notice_choice", verbose_name="personne", primary_key=True
    )
    wants_digest = models.BooleanField("récapitulatif du matin", default=True)
    urgent_by_mail = models.BooleanField("urgences par courriel", default=True)
    urgent_by_sms = models.BooleanField("urgences par SMS", default=False)
    phone = models.CharField("mobile", max_length=20, blank=True)
    away_until = models.DateField("absent jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "choix de notification"
        verbose_name_plural = "choix de notification"
        constraints = [
            models.CheckConstraint(
                condition=Q(urgent_by_sms=False) | ~Q(phone=""),
                name="notice_choice_sms_has_phone",
                violation_error_message="Donnez le numéro de mobile où vous prévenir.",
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
