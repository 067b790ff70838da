"""What who decided a message is told: it did not arrive."""

from collections.abc import Collection, Mapping

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.messages.codes import ABOUT_MESSAGE, MessageNotice
from office.messages.models import Message
from office.notices.kinds import NoticeKind, Shown, declare


def _shown(ids: Collection[int]) -> Mapping[int, Shown]:
    url = link("office:messages", etat="echec")
    return {
        message.pk: Shown(f"{message.failure_label} : {message.addressee}", url)
        for message in Message.objects.filter(pk__in=ids)
    }


FAILED = declare(
    NoticeKind(
        code=MessageNotice.FAILED,
        about=ABOUT_MESSAGE,
        many="message non remis,messages non remis",
        icon="mail",
        needs=Read(Data.MESSAGE),
        scope=TokenScope.OFFICE_READ,
        readable=Message.objects.visible_to,
        shown=_shown,
    )
)
