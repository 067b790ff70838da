"""What is told of accounts: to who must confirm, and to the person whose account it is."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.models import AccessLog
from office.notices.kinds import NoticeKind, Shown, declare
from office.staff.codes import StaffNotice
from office.staff.models import StaffRequest, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


def _asked(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = StaffRequest.objects.filter(pk__in=ids).select_related("user")
    return {
        row.pk: Shown(f"Accès à confirmer : {row.what}, pour {row.user}", link("office:staff_requests")) for row in rows
    }


def _of_own_account(actor: "Actor") -> "QuerySet[AccessLog]":
    return AccessLog.objects.filter(
        subject=Data.STAFF, object_type=User._meta.label_lower, object_id=actor.user_id or 0
    )


def _changed(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = AccessLog.objects.filter(pk__in=ids).select_related("user")
    return {row.pk: Shown(f"Votre compte : {row.reason}, par {row.user}", link("desk:home")) for row in rows}


ASKED = declare(
    NoticeKind(
        code=StaffNotice.ASKED,
        about="staff_request",
        many="accès à confirmer,accès à confirmer",
        icon="user-check",
        needs=Write(Data.STAFF_SECOND),
        scope=TokenScope.OFFICE_READ,
        readable=StaffRequest.objects.visible_to,
        shown=_asked,
    )
)
CHANGED = declare(
    NoticeKind(
        code=StaffNotice.CHANGED,
        about="account",
        many="changement de votre compte,changements de votre compte",
        icon="key",
        needs=Read(Data.SELF, OWN),
        scope=TokenScope.OFFICE_READ,
        readable=_of_own_account,
        shown=_changed,
    )
)
