"""Saved views: the filters and the order of a list, under a name, for one person."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from common import clock

if TYPE_CHECKING:
    from office.access.actor import Actor

NAME_LENGTH, LIST_LENGTH, QUERY_LENGTH = 40, 60, 400


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: "Actor") -> "SavedViewQuerySet":
        """The actor's own, those taken out too."""
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def in_use(self) -> "SavedViewQuerySet":
        return self.filter(removed_at__isnull=True)


class SavedView(models.Model):
    """`list` is the url name of a list, `query` its filters and order as an address has them (`etat=tous&tri=-solde`),
    never what was searched: that is the name of somebody. One that is taken out keeps `removed_at`, until put back.
    """

    user = models.ForeignKey("office.User", models.PROTECT, related_name="saved_views", verbose_name="personne")
    list = models.CharField("liste", max_length=LIST_LENGTH)
    name = models.CharField("nom", max_length=NAME_LENGTH)
    query = models.CharField("filtres", max_length=QUERY_LENGTH, blank=True)
    saved_at = models.DateTimeField("enregistrée le", default=clock.now, editable=False)
    removed_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "user", "list", Lower("name"), condition=Q(removed_at__isnull=True), name="saved_view_name_once",
                violation_error_message="Une de vos vues de cette liste a déjà ce nom : choisissez-en un autre.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="saved_view_has_name", violation_error_message="Donnez un nom à cette vue."
            ),
            models.CheckConstraint(condition=~Q(query__regex=r"(^|&)q="), name="saved_view_searches_nobody"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
