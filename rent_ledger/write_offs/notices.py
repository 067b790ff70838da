"""What is told of write-offs: to who may sign one, and to who asked it."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.links import link
from common.typography import euros, uncapitalised
from office.access.codes import TokenScope
from office.access.matrix import Data, Write
from office.notices.kinds import NoticeKind, Shown, declare
from rent_ledger.write_offs.codes import ABOUT_WRITE_OFF, WriteOffNotice
from rent_ledger.write_offs.models import WriteOff, WriteOffQuerySet

if TYPE_CHECKING:
    from office.access.actor import Actor


def _asked(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = WriteOff.objects.filter(pk__in=ids).select_related("account__household")
    return {
        row.pk: Shown(
            f"À décider : {uncapitalised(row.get_kind_display())} de {euros(row.amount)}, {row.account.household}",
            link("rent_ledger:write_off", row.pk),
        )
        for row in rows
    }


def _decided(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = WriteOff.objects.filter(pk__in=ids).select_related("account__household", "decided_by")
    return {
        row.pk: Shown(
            f"{row.get_kind_display()} de {euros(row.amount)}, {row.account.household} : "
            f"{uncapitalised(row.get_state_display())} par {row.decided_by}",
            link("rent_ledger:write_off", row.pk),
        )
        for row in rows
    }


def _of_own_asking(actor: "Actor") -> WriteOffQuerySet:
    return WriteOff.objects.filter(asked_by=actor.user_id or 0)


ASKED = declare(
    NoticeKind(
        code=WriteOffNotice.ASKED,
        about=ABOUT_WRITE_OFF,
        many="perte ou remise à décider,pertes ou remises à décider",
        icon="checks",
        needs=Write(Data.WRITE_OFF_SECOND),
        scope=TokenScope.LEDGER_READ,
        readable=WriteOff.objects.to_sign,
        shown=_asked,
    )
)
DECIDED = declare(
    NoticeKind(
        code=WriteOffNotice.DECIDED,
        about=ABOUT_WRITE_OFF,
        many="réponse sur une perte ou remise,réponses sur une perte ou remise",
        icon="checks",
        needs=Write(Data.ARREARS),
        scope=TokenScope.LEDGER_READ,
        readable=_of_own_asking,
        shown=_decided,
    )
)
