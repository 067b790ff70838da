"""Notices: what somebody has to know, once, until it is seen."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from common import clock
from office.access.matrix import can
from office.notices.kinds import ABOUT_LENGTH, KIND_LENGTH, declared

if TYPE_CHECKING:
    from office.access.actor import Actor


NEWS = timedelta(days=14)
"""What nobody looked at for longer is in the list only: no dot at the bell, no line in the digest."""


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, actor: "Actor") -> "NoticeQuerySet":
        """The actor's own."""
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def visible_to(self, actor: "Actor") -> "NoticeQuerySet":
        """The actor's own, about what the actor may still read."""
        readable = Q(pk__in=[])
        for code, kind in declared().items():
            if can(actor, kind.needs) and (actor.scopes is None or kind.scope in actor.scopes):
                readable |= Q(kind=code, about_id__in=kind.readable(actor).order_by().values("pk"))
        return self.of(actor).filter(readable)

    def unseen(self) -> "NoticeQuerySet":
        return self.filter(seen_at__isnull=True)

    def news(self) -> "NoticeQuerySet":
        """What was not seen, of the last days."""
        return self.unseen().filter(created_at__gte=clock.now() - NEWS)


class Notice(models.Model):
    """To one person, about one object of the house; never two of one `key`.

    `about` and `about_id` say what it is about, which is above, so it is no key. `is_urgent`: it is for today, so it
    counts at the bell and may leave by e-mail or SMS at once. `seen_at`: it was seen, or its cause is over; `told_at`:
    it left by one of those ways.
    """

    user = models.ForeignKey("office.User", models.PROTECT, related_name="notices", verbose_name="destinataire")
    kind = models.CharField("genre", max_length=KIND_LENGTH)
    about = models.CharField("à propos de", max_length=ABOUT_LENGTH)
    about_id = models.BigIntegerField("numéro")
    key = models.CharField("clé", max_length=120)
    is_urgent = models.BooleanField("urgente", default=False)
    created_at = models.DateTimeField("faite le", default=clock.now, editable=False)
    seen_at = models.DateTimeField("vue le", null=True, blank=True)
    told_at = models.DateTimeField("envoyée le", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(told_at__isnull=True) | Q(is_urgent=True), name="notice_told_if_urgent"),
        ]
        indexes = [
            models.Index(fields=["user", "id"], name="notice_of_user"),
            models.Index(
                fields=["user", "kind"], name="notice_urgent", condition=Q(seen_at__isnull=True, is_urgent=True)
            ),
            models.Index(fields=["about", "about_id"], name="notice_unseen", condition=Q(seen_at__isnull=True)),
        ]

    def __str__(self) -> str:
        kind = declared().get(self.kind)
        return kind.label if kind else self.kind

    @property
    def is_seen(self) -> bool:
        return self.seen_at is not None
