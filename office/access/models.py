"""Who read what that is sensitive, and tokens of the API."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from common import clock
from common.triggers import for_good
from office.access.codes import SignInOutcome
from office.access.matrix import TEAM, Data, Read, can

if TYPE_CHECKING:
    from office.access.actor import Actor


class AccessLogQuerySet(models.QuerySet["AccessLog"]):
    def visible_to(self, actor: "Actor") -> "AccessLogQuerySet":
        """All rows for the administrator and the director; the reads of their teams for the head of social."""
        if can(actor, Read(Data.ACCESS_LOG)):
            return self
        if can(actor, Read(Data.ACCESS_LOG, TEAM)):
            return self.filter(user_id__in=self._team_members(actor))
        return self.none()

    @staticmethod
    def _team_members(actor: "Actor") -> "models.QuerySet[Any, Any]":
        return get_user_model().objects.filter(teams__in=actor.team_ids).values("pk")


class AccessLog(models.Model):
    """A read of a sensitive record (social notes, protected addresses, sealed notes). Append-only by trigger."""

    at = models.DateTimeField("le", default=clock.now, editable=False, db_index=True)
    user = models.ForeignKey("office.User", models.PROTECT, verbose_name="par", related_name="accesses")
    subject = models.CharField("donnée", max_length=40)
    object_type = models.CharField("objet", max_length=40)
    object_id = models.BigIntegerField("numéro")
    household_id = models.BigIntegerField("ménage", null=True, blank=True, db_index=True)
    reason = models.TextField("motif", blank=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} · {self.subject} {self.object_id}"


class SignIn(models.Model):
    """Who signed in, or failed to, and from which address of the network. Kept some months (`access.sign_in_months`).

    Neither a password nor an address that nobody here has is kept: people type the one in the place of the other.
    """

    at = models.DateTimeField("le", default=clock.now, editable=False, db_index=True)
    user = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="sign_ins", verbose_name="personne"
    )
    outcome = models.CharField("suite", max_length=8, choices=SignInOutcome.choices)
    address = models.GenericIPAddressField("depuis", null=True, blank=True)

    class Meta:
        verbose_name = "connexion"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, outcome=SignInOutcome.UNKNOWN)
                | (Q(user__isnull=False) & ~Q(outcome=SignInOutcome.UNKNOWN)),
                name="sign_in_unknown_iff_nobody",
            )
        ]
        triggers = [pgtrigger.Protect(name="as_it_was", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.user or 'Inconnu'} · {self.get_outcome_display()}"

    @property
    def is_done(self) -> bool:
        return self.outcome == SignInOutcome.DONE


class CalendarFeed(models.Model):
    """The secret address at which calendars read the days of one user. Only its hash is kept; a new address takes the
    place of the former one."""

    user = models.OneToOneField("office.User", models.PROTECT, related_name="calendar_feed", verbose_name="personne")
    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("créée le", default=clock.now, editable=False)
    last_used_on = models.DateField("dernière lecture", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "adresse de calendrier"
        verbose_name_plural = "adresses de calendrier"

    def __str__(self) -> str:
        return f"Calendrier {self.pk}"


class ApiToken(models.Model):
    """A token of one user with chosen scopes, all within what the user's roles allow. Only its hash is kept."""

    user = models.ForeignKey("office.User", models.PROTECT, related_name="tokens", verbose_name="personne")
    label = models.CharField("usage", max_length=80)
    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    scopes = models.JSONField("portées", default=list)
    made_at = models.DateTimeField("créé le", default=clock.now, editable=False)
    expires_on = models.DateField("expire le")
    last_used_on = models.DateField("dernier usage", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)

    class Meta:
        verbose_name = "jeton d’API"
        ordering = ["-id"]
        triggers = [for_good("revoked_at")]

    def __str__(self) -> str:
        return self.label
