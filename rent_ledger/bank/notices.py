"""What who keeps the bank is told: a statement that does not add up."""

from collections.abc import Collection, Mapping

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.notices.kinds import NoticeKind, Shown, declare
from rent_ledger.bank.codes import BankNotice
from rent_ledger.bank.models import BankStatement


def _shown(ids: Collection[int]) -> Mapping[int, Shown]:
    rows = BankStatement.objects.filter(pk__in=ids).values_list("pk", "bank_account__label")
    return {
        pk: Shown(f"Relevé mis de côté : {account}", link("rent_ledger:bank_statement", pk)) for pk, account in rows
    }


ASIDE = declare(
    NoticeKind(
        code=BankNotice.ASIDE,
        about="bank_statement",
        many="relevé mis de côté,relevés mis de côté",
        icon="building-bank",
        needs=Read(Data.BANK),
        scope=TokenScope.LEDGER_READ,
        readable=lambda actor: BankStatement.objects.all(),
        shown=_shown,
    )
)
