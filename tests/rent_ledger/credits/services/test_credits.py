"""Credits: where they come from, which wait for a decision, what is decided of one, the refund that the bank shows."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput
from leases.contracts.natures import Nature
from leases.models import Lease
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.credits.codes import CreditStanding, CreditUse
from rent_ledger.credits.models import CreditChoice
from rent_ledger.credits.queries import Credit, credits_on, credits_waiting, totals_of
from rent_ledger.credits.services.credits import credit_of, decide_credit, undo_credit_choice
from rent_ledger.models import Account, AccountState
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, make_iban, make_let, owe, pay

D = Decimal
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
NOV = date(2026, 11, 1)
OLD = TODAY - timedelta(days=60)


def account_of(*, paid: str = "300.00", on: date = NOV, lease: Lease | None = None) -> Account:
    """200.00 were due in November, `paid` came."""
    lease = lease or make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=NOV, amount="200.00")
    pay(account=account, on=on, amount=paid)
    return Account.objects.get(pk=account)


def give(account: Account, amount: str, nature: str, kind: str, on: date = NOV) -> int:
    line = NewPosting(General.OPENING, account.pk, D(amount), nature, on)
    [entry] = post(entries=[NewEntry(kind, f"{kind}:{account.pk}:{amount}", on, (line,))], actor=make_actor())
    return entry.id


def refund(account: Account, amount: str) -> int:
    """What a line of the bank does, once it is placed as a refund."""
    line = NewPosting(account.pk, General.SUSPENSE, D(amount), Nature.REFUND, TODAY)
    [entry] = post(entries=[NewEntry(EntryKind.PLACEMENT, f"refund:{amount}", TODAY, (line,))], actor=make_actor())
    return entry.id


def rows() -> list[Credit]:
    return credits_on(TODAY, days=60)


def waiting() -> int:
    return credits_waiting(TODAY, days=60)


def decide(account: Account, use: str = CreditUse.KEEP, **more) -> CreditChoice:
    facts = {"until": date(2027, 1, 31)} if use != CreditUse.REFUND else {"iban": make_iban(number=7)}
    return decide_credit(account=account, use=use, actor=make_actor(), **facts | more)


def test_a_credit_is_told_by_where_it_comes_from():
    account = account_of()
    give(account, "25.00", Nature.BENEFIT, EntryKind.BENEFIT_SETTLED)
    give(account, "10.00", Nature.RENT, EntryKind.ADJUSTMENT)
    account_of(paid="200.00")
    [row] = rows()
    assert (row.amount, row.paid, row.aid, row.corrected, row.since) == (
        D("135.00"), D("100.00"), D("25.00"), D("10.00"), NOV,
    )  # fmt: skip
    assert [label for label, _ in row.parts] == ["Trop versé", "Aide au-delà du loyer", "Correction d’un avis"]
    # The figures of the list are those of the books.
    found = totals_of(rows())
    assert (found.count, found.amount, found.aid) == (1, D("135.00"), D("25.00"))
    assert AccountState.objects.get(pk=account.pk).credit == found.amount


@pytest.mark.parametrize(
    ("on", "aid", "gone", "standing"),
    [
        (NOV, "", False, CreditStanding.RECENT),
        (OLD + timedelta(days=1), "", False, CreditStanding.RECENT),
        (OLD, "", False, CreditStanding.TO_DECIDE),
        (NOV, "5.00", False, CreditStanding.TO_DECIDE),
        (NOV, "", True, CreditStanding.TO_DECIDE),
    ],
)
def test_what_waits_for_a_decision(on, aid, gone, standing):
    lease = make_let(start=date(2024, 3, 15))
    account = account_of(on=on, lease=lease)
    if aid:
        give(account, aid, Nature.BENEFIT, EntryKind.BENEFIT_SETTLED)
    if gone:
        Lease.objects.filter(pk=lease.pk).update(period=(date(2024, 3, 15), TODAY), state="ENDED", end_reason="NOTICE")
    [row] = rows()
    assert (row.standing, row.is_gone) == (standing, gone)
    assert waiting() == (standing == CreditStanding.TO_DECIDE)


def test_kept_until_a_day_then_looked_at_again():
    account = account_of(on=OLD)
    choice = decide(account)
    assert decide(account).pk == choice.pk
    assert (rows()[0].standing, rows()[0].until, waiting()) == (CreditStanding.KEPT, date(2027, 1, 31), 0)
    assert credits_on(date(2027, 1, 31), days=60)[0].standing == CreditStanding.KEPT
    assert credits_on(date(2027, 2, 1), days=60)[0].standing == CreditStanding.TO_DECIDE
    again = decide(account, until=date(2027, 3, 1))
    with pytest.raises(Conflict, match="remplacée"):
        undo_credit_choice(choice=choice, actor=make_actor())
    for _ in range(2):
        assert undo_credit_choice(choice=again, actor=make_actor()).undone_at is not None
    assert rows()[0].standing == CreditStanding.TO_DECIDE


def test_a_refund_is_done_once_the_bank_has_shown_it():
    account = account_of(on=OLD)
    choice = decide(account, CreditUse.REFUND, amount=D("80.00"))
    assert (rows()[0].standing, rows()[0].asked) == (CreditStanding.TO_PAY, D("80.00"))
    # Nothing moved yet.
    assert AccountState.objects.get(pk=account.pk).credit == D("100.00")
    shown = refund(account, "80.00")
    [row] = rows()
    assert (row.amount, row.standing, row.choice_id) == (D("20.00"), CreditStanding.TO_DECIDE, None)
    with pytest.raises(Conflict, match="La banque a montré"):
        undo_credit_choice(choice=choice, actor=make_actor())
    # The line was placed by mistake: the refund is to be paid again.
    reverse(entry_ids=[shown], actor=make_actor())
    assert (rows()[0].standing, rows()[0].asked) == (CreditStanding.TO_PAY, D("80.00"))
    undo_credit_choice(choice=choice, actor=make_actor())
    assert rows()[0].standing == CreditStanding.TO_DECIDE


def test_a_refund_of_what_a_term_has_taken_is_decided_anew():
    """100.00 were to be refunded; the next term took 80.00 of them: who pays 100.00 would make the household owe."""
    account = account_of(on=OLD)
    choice = decide(account, CreditUse.REFUND)
    owe(lease=account.lease, due_on=TODAY, amount="80.00")
    [row] = rows()
    assert (row.amount, row.standing, row.choice_id) == (D("20.00"), CreditStanding.TO_DECIDE, None)
    pay(account=account.pk, on=TODAY, amount="80.00")
    assert (rows()[0].standing, rows()[0].asked) == (CreditStanding.TO_PAY, D("100.00"))
    owe(lease=account.lease, due_on=TODAY, amount="100.00")
    # The bank has shown nothing of it: it is taken back, also where no credit is left.
    assert rows() == []
    assert undo_credit_choice(choice=choice, actor=make_actor()).undone_at is not None


def test_what_can_not_be_decided_says_what_to_do():
    account = account_of()
    for amount in (D("100.01"), D("0.00")):
        with pytest.raises(InvalidInput, match="100,00") as refusal:
            decide(account, CreditUse.REFUND, amount=amount)
        assert refusal.value.field == "amount"
    with pytest.raises(InvalidInput, match="IBAN") as refusal:
        decide(account, CreditUse.REFUND, iban="FR76 0000")
    assert refusal.value.field == "iban"
    for until in (None, TODAY, date(2027, 11, 6)):
        with pytest.raises(InvalidInput, match="06/11/2026 au 05/11/2027"):
            decide(account, until=until)
    with pytest.raises(InvalidInput, match="Aucune aide"):
        decide(account, CreditUse.PAYER)
    with pytest.raises(Conflict, match="plus d’avance"):
        decide(account_of(paid="200.00"))
    assert credit_of(account.pk).standing == CreditStanding.RECENT


def test_aid_in_excess_may_wait_for_its_payer():
    account = account_of(paid="200.00")
    give(account, "40.00", Nature.BENEFIT, EntryKind.BENEFIT_SETTLED)
    decide(account, CreditUse.PAYER)
    assert rows()[0].standing == CreditStanding.PAYER


def test_one_decision_stands_at_a_time():
    account = account_of()
    decide(account)
    with pytest.raises(IntegrityError, match="credit_choice_one_standing"), transaction.atomic():
        CreditChoice.objects.create(account=account, use="KEEP", until=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_decide_at_once():
    make_association()
    account = account_of()
    both_at_once(partial(decide, account), partial(decide, account, CreditUse.REFUND))
    assert CreditChoice.objects.standing().count() == 1
