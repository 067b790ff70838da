"""What who looks after the accounts is told: something urgent did not reach somebody."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.digests.codes import StaffNotice
from office.messages.codes import ABOUT_STAFF
from office.notices.kinds import NoticeKind, Shown, declare
from office.staff.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


def _people(ids: Collection[int]) -> Mapping[int, Shown]:
    url = link("office:staff_messages")
    return {user.pk: Shown(f"Alerte urgente non remise : {user}", url) for user in User.objects.filter(pk__in=ids)}


def _everybody(actor: "Actor") -> "QuerySet[User]":
    return User.objects.all()


NOT_TOLD = declare(
    NoticeKind(
        code=StaffNotice.NOT_TOLD,
        about=ABOUT_STAFF,
        many="alerte urgente non remise,alertes urgentes non remises",
        icon="mail",
        needs=Read(Data.STAFF),
        scope=TokenScope.OFFICE_READ,
        readable=_everybody,
        shown=_people,
    )
)
