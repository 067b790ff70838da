"""What the rental managers are told of an arrears case: the social service has answered, a call waits for nobody."""

from collections.abc import Collection, Mapping

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.notices.kinds import NoticeKind, Shown, declare
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsNotice
from rent_ledger.arrears.models import ArrearsCase


def _shown(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = ArrearsCase.objects.filter(pk__in=ids).values_list("pk", "account__household__name")
    return {pk: Shown(f"Réponse du service social : {name}", link("rent_ledger:case", pk)) for pk, name in rows}


def _shown_call(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = ArrearsCase.objects.filter(pk__in=ids).values_list("pk", "account__household__name")
    return {pk: Shown(f"Appel décidé, jamais passé : {name}", link("rent_ledger:case", pk)) for pk, name in rows}


ANSWER = declare(
    NoticeKind(
        code=ArrearsNotice.ANSWER,
        about=ABOUT_CASE,
        many="réponse du service social,réponses du service social",
        icon="message-report",
        needs=Read(Data.ARREARS_CAUSE),
        scope=TokenScope.LEDGER_READ,
        readable=lambda actor: ArrearsCase.objects.all(),
        shown=_shown,
    )
)
CALL_UNMADE = declare(
    NoticeKind(
        code=ArrearsNotice.CALL_UNMADE,
        about=ABOUT_CASE,
        many="appel jamais passé,appels jamais passés",
        icon="phone",
        needs=Read(Data.ARREARS_CAUSE),
        scope=TokenScope.LEDGER_READ,
        readable=lambda actor: ArrearsCase.objects.all(),
        shown=_shown_call,
    )
)
