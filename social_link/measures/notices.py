"""What a social worker is told: that a household is followed by him now."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common import clock
from common.links import household_page
from leases.models import Household
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.notices.kinds import NoticeKind, Shown, declare
from social_link.measures.codes import MeasureNotice

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


def _mine(actor: "Actor") -> "QuerySet[Household]":
    """Whose referent the actor is, or is to be."""
    return Household.objects.filter(referents__user=actor.user_id, referents__period__endswith__isnull=True) | (
        Household.objects.filter(referents__user=actor.user_id, referents__period__endswith__gt=clock.today())
    )


def _shown(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = Household.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: Shown(f"Vous suivez ce ménage : {name}", household_page(pk)) for pk, name in rows}


REFERENT = declare(
    NoticeKind(
        code=MeasureNotice.REFERENT,
        about="household",
        many="ménage à suivre,ménages à suivre",
        icon="users",
        needs=Read(Data.MEASURE, OWN),
        scope=TokenScope.SOCIAL_READ,
        readable=_mine,
        shown=_shown,
    )
)
