"""The total of the arrears is one: by situation, by cause, in the lists, to each role."""

from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.services.arrears import hold_debt, record_social_answer
from rent_ledger.models import ArrearsCase, OpenItem
from tests.factories import make_actor, make_arrears, make_association, make_bank_known, make_let, owe
from tests.totals import arrears_totals

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def hold(case: ArrearsCase, n: int, kind: str) -> None:
    debts = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")[:n]
    hold_debt(posting_ids=[debt.posting_id for debt in debts], kind=kind, reason="Signé", actor=make_actor())


def test_the_total_of_the_arrears_is_the_same_everywhere() -> None:
    """The director read 213 by situation and 426 by cause: what is held was in no lane."""
    make_association()
    make_bank_known(until=TODAY)
    answered, whole, part = (make_arrears(dues=(date(2026, 10, 1), date(2026, 11, 1))) for _ in range(3))
    record_social_answer(
        case=answered, contact_made=True, cause=CauseCode.BENEFIT, actor=make_actor(role="SOCIAL_WORKER")
    )  # fmt: skip
    hold(whole, 2, "PLAN")
    hold(part, 1, "DISPUTE")
    # Due today: not late. Late beyond what the bank is known for: in a lane, without a case.
    owe(lease=make_let(), due_on=TODAY, amount="213.00")
    owe(lease=make_let(), due_on=date(2026, 11, 4), amount="100.00")
    found = arrears_totals(TODAY)
    assert set(found.values()) == {(Decimal("1378.00"), 4)}, found
