"""A demand on which an erasure, a loss or a remission lies is corrected: what it asks no more was not given up."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict
from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease, undo_end
from leases.models import LeaseParty
from office.access.codes import Role
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.services.freezes import note_step, undo_step
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.queries.statement import statement
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import BenefitRight, FreezeStep, OpenItem, Posting, RentDemand, WriteOff
from rent_ledger.write_offs.codes import WriteOffKind, WriteOffWhy
from rent_ledger.write_offs.queries import for_list, given_up
from rent_ledger.write_offs.services.write_offs import ask_write_off, recover, sign_write_off, undo_write_off
from tests.factories import make_actor, make_association, make_let, make_right, owe, pay
from tests.rent_ledger.aids import bring
from tests.rent_ledger.billing.services.test_receipts import bill

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20")]
TODAY, MIDDLE = date(2026, 11, 20), date(2026, 11, 15)


@pytest.fixture
def demand() -> RentDemand:
    """November, 400.00, of a contract of the year."""
    make_association()
    return bill(make_let(rent="400.00", charges="0"))


def open_items(demand: RentDemand) -> dict[bool, Decimal]:
    """What is owed on the account (True), and what is free on it."""
    found = {True: D(0), False: D(0)}
    for item in OpenItem.objects.filter(account=demand.account_id):
        found[item.is_debit] += item.remaining
    return found


def give_up(demand: RentDemand, kind: str) -> WriteOff | FreezeStep:
    """All that is owed."""
    if kind == EntryKind.ERASURE:
        person = LeaseParty.objects.get(lease=demand.lease_id, role="HOLDER").person
        note_step(person=person, kind=FreezeKind.ADMISSIBLE, on=date(2026, 11, 10), actor=make_actor())
        return note_step(person=person, kind=FreezeKind.ERASED, on=date(2026, 11, 12), actor=make_actor())
    is_loss = kind == EntryKind.LOSS
    row = ask_write_off(
        account=demand.account, kind=WriteOffKind.LOSS if is_loss else WriteOffKind.REMISSION,
        why=WriteOffWhy.UNRECOVERABLE if is_loss else WriteOffWhy.HARDSHIP, actor=make_actor(),
        posting_ids=list(OpenItem.objects.filter(account=demand.account_id).values_list("posting_id", flat=True)),
    )  # fmt: skip
    return sign_write_off(write_off=row, actor=make_actor(role=Role.DIRECTOR))


def end(demand: RentDemand, last_day: date) -> None:
    end_lease(lease=demand.lease, last_day=last_day, reason="FAMILY", actor=make_actor())
    correct_all(actor=make_actor(), lease_ids=[demand.lease_id])


def less(demand: RentDemand) -> list[str]:
    """What was taken back of what was given up."""
    rows = Posting.objects.filter(entry__kind=EntryKind.LESS_GIVEN_UP, debit=demand.account_id)
    return [str(amount) for amount in rows.order_by("id").values_list("amount", flat=True)]


GIVEN_UP = pytest.mark.parametrize("kind", [EntryKind.ERASURE, EntryKind.LOSS, EntryKind.REMISSION])


@GIVEN_UP
def test_what_a_lower_demand_asks_no_more_is_no_money_of_the_household(demand, kind):
    row = give_up(demand, kind)
    end(demand, MIDDLE)
    assert (open_items(demand), less(demand)) == ({True: 0, False: 0}, ["200.00"])
    line = next(line for line in statement(demand.account_id).lines if line.kind == EntryKind.LESS_GIVEN_UP)
    assert (line.what.text(), line.due, line.received) == ("Abandon réduit", D("200.00"), 0)
    if isinstance(row, WriteOff):
        assert for_list().get(pk=row.pk).lessened == D("200.00")
        found = given_up(date(2026, 1, 1), date(2027, 1, 1))
        assert found.losses + found.remissions == D("200.00")
    assert check_ledger() == []


@GIVEN_UP
def test_a_demand_that_is_cancelled_leaves_nothing_given_up(demand, kind):
    give_up(demand, kind)
    end(demand, date(2026, 10, 31))
    assert (open_items(demand), less(demand)) == ({True: 0, False: 0}, ["400.00"])
    assert [(f.name, f.examples) for f in check_ledger()] == []


@GIVEN_UP
def test_twice_and_undone(demand, kind):
    """Corrected twice, then what was given up is owed again: only what the last demand asks."""
    row = give_up(demand, kind)
    end(demand, MIDDLE)
    undo_end(lease=demand.lease, actor=make_actor())
    end(demand, date(2026, 11, 9))
    assert less(demand) == ["200.00", "80.00"]
    if isinstance(row, WriteOff):
        undo_write_off(write_off=row, reason="Erreur", actor=make_actor(role=Role.DIRECTOR))
    else:
        undo_step(step=row, actor=make_actor())
    assert open_items(demand) == {True: D("120.00"), False: 0}
    assert [(f.name, f.examples) for f in check_ledger()] == []


def test_the_check_of_the_books_sees_it_as_an_advance(demand, monkeypatch):
    monkeypatch.setattr("rent_ledger.books.services.posting.lessenings", lambda accounts, act: [])
    give_up(demand, EntryKind.LOSS)
    end(demand, MIDDLE)
    assert "Ce qui a été abandonné d’une dette n’est pas une avance du ménage" in {f.name for f in check_ledger()}


def test_what_was_paid_goes_first_to_what_is_still_asked(demand):
    """100.00 paid and 300.00 lost of 400.00; 250.00 stay: 150.00 of them are lost."""
    pay(account=demand.account_id, on=TODAY, amount="100.00")
    give_up(demand, EntryKind.LOSS)
    end(demand, MIDDLE)
    assert (open_items(demand), less(demand)) == ({True: 0, False: 0}, ["200.00"])


def test_another_debt_is_not_paid_by_what_was_lost(demand):
    give_up(demand, EntryKind.LOSS)
    owe(lease=demand.lease, due_on=date(2026, 10, 1), amount="50.00")
    end(demand, MIDDLE)
    assert (open_items(demand), less(demand)) == ({True: D("50.00"), False: 0}, ["200.00"])


def test_more_than_is_lost_can_not_have_come_back(demand):
    row = give_up(demand, EntryKind.LOSS)
    pay(account=demand.account_id, on=TODAY, amount="300.00")
    recover(write_off=row, actor=make_actor())
    with pytest.raises(Conflict, match="annulez d’abord la rentrée"):
        end(demand, MIDDLE)


def lost_shortfall() -> tuple[BenefitRight, RentDemand, WriteOff]:
    """November, 480.00: 250.00 of aid were awaited and 150.00 came, the 100.00 that were missing are given up."""
    make_association()
    right = make_right(lease=make_let(), amount="250.00", start=date(2026, 2, 1))
    demand = bill(right.lease)
    came(right, "150.00")
    [posting] = Posting.objects.filter(debit=demand.account_id, nature=Nature.SHORTFALL).values_list("pk", flat=True)
    with clock.travel(LATER):
        row = ask_write_off(
            account=demand.account, kind=WriteOffKind.LOSS, why=WriteOffWhy.UNRECOVERABLE, posting_ids=[posting],
            actor=make_actor(),
        )  # fmt: skip
        row = sign_write_off(write_off=row, actor=make_actor(role=Role.DIRECTOR))
    return right, demand, row


LATER = date(2026, 12, 10)


def came(right: BenefitRight, amount: str) -> None:
    bring(right.payer, (right.beneficiary_number, "11/2026", amount), on=clock.today())


@pytest.mark.parametrize(
    ("amount", "owed", "taken_back"),
    [("60.00", "230.00", "60.00"), ("100.00", "230.00", "100.00"), ("130.00", "200.00", "100.00")],
)
def test_aid_that_comes_after_its_loss_is_no_surplus(amount, owed, taken_back):
    """What was given up of the month is taken back first; only what comes beyond is the household's."""
    right, demand, row = lost_shortfall()
    with clock.travel(LATER):
        came(right, amount)
        assert (open_items(demand), less(demand)) == ({True: D(owed), False: 0}, [taken_back])
        assert for_list().get(pk=row.pk).lessened == D(taken_back)
        assert [(f.name, f.examples) for f in check_ledger()] == []
        # Undone, only what is missing still is owed again.
        undo_write_off(write_off=row, reason="Erreur", actor=make_actor(role=Role.DIRECTOR))
        assert open_items(demand) == {True: D(owed) + D("100.00") - D(taken_back), False: 0}
        assert [(f.name, f.examples) for f in check_ledger()] == []


def test_a_lost_shortfall_of_a_demand_that_awaits_less_is_no_surplus():
    """230.00 were paid. The contract ended on the 15th: 240.00 are due, and no aid for the month of exit."""
    _, demand, _ = lost_shortfall()
    with clock.travel(LATER):
        pay(account=demand.account_id, on=LATER, amount="230.00")
        end(demand, MIDDLE)
        # 230.00 paid and 150.00 of aid, of 240.00.
        assert (open_items(demand), less(demand)) == ({True: 0, False: D("140.00")}, ["100.00"])
        assert [(f.name, f.examples) for f in check_ledger()] == []


def test_a_shortfall_that_came_back_was_paid_by_the_household():
    right, demand, row = lost_shortfall()
    with clock.travel(LATER):
        pay(account=demand.account_id, on=LATER, amount="330.00")
        recover(write_off=row, actor=make_actor())
        came(right, "100.00")
        assert (open_items(demand), less(demand)) == ({True: 0, False: D("100.00")}, [])
        assert [(f.name, f.examples) for f in check_ledger()] == []
