"""The door into the books: once, whole, allocated, projected."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import clock
from common.errors import Conflict
from office.actor import Actor
from rent_ledger.enums import EntryKind, General, Nature
from rent_ledger.models import AccountState, Allocation, Entry, LedgerMonth, OpenItem, Posting
from rent_ledger.services.accounts import tenant_accounts
from rent_ledger.services.checking import check_ledger
from rent_ledger.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.services.projections import refresh
from tests.factories import make_let

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)


def tenant() -> int:
    lease = make_let()
    return tenant_accounts([lease.pk])[lease.pk]


def debt(account: int, *, key: str, due_on: date, amount: str = "100.00", nature: str = Nature.RENT) -> NewEntry:
    month = due_on.replace(day=1)
    return NewEntry(
        kind=EntryKind.DEMAND, key=key, effective_on=due_on,
        postings=(NewPosting(account, General.RENT_INCOME, Decimal(amount), nature, due_on, month),),
    )  # fmt: skip


def money(account: int, *, key: str, on: date, amount: str = "100.00", designate: tuple[int, ...] = ()) -> NewEntry:
    return NewEntry(
        kind=EntryKind.PAYMENT, key=key, effective_on=on, designate=designate,
        postings=(NewPosting(General.CASH, account, Decimal(amount), Nature.PAYMENT, on),),
    )  # fmt: skip


def remaining(account: int) -> dict[int, Decimal]:
    return {i.posting_id: i.remaining for i in OpenItem.objects.filter(account_id=account, is_debit=True)}


def test_the_same_fact_twice_is_entered_once():
    account = tenant()
    [first] = post(entries=[debt(account, key="d1", due_on=date(2026, 10, 1))], actor=SYSTEM)
    [again] = post(entries=[debt(account, key="d1", due_on=date(2026, 10, 1))], actor=SYSTEM)
    assert (again.id, again.posting_ids, again.replayed) == (first.id, first.posting_ids, True)
    assert Entry.objects.count() == 1


def test_another_content_under_the_same_key_is_refused():
    account = tenant()
    post(entries=[debt(account, key="d1", due_on=date(2026, 10, 1))], actor=SYSTEM)
    with pytest.raises(Conflict, match="autre contenu"):
        post(entries=[debt(account, key="d1", due_on=date(2026, 10, 1), amount="100.01")], actor=SYSTEM)


def test_money_pays_the_oldest_due_first_and_the_state_says_so():
    account = tenant()
    post(
        entries=[
            debt(account, key="oct", due_on=date(2026, 10, 1)),
            debt(account, key="nov", due_on=date(2026, 11, 1)),
            debt(account, key="dec", due_on=date(2026, 12, 1)),
            money(account, key="p", on=date(2026, 11, 3), amount="150.00"),
        ],
        actor=SYSTEM,
    )
    state = AccountState.objects.get(account_id=account)
    assert (state.debt, state.arrears, state.upcoming, state.credit) == (
        Decimal("50.00"), Decimal("50.00"), Decimal("100.00"), Decimal("0.00"),
    )  # fmt: skip
    assert (state.oldest_due, state.in_debt_since) == (date(2026, 11, 1), date(2026, 10, 1))
    assert (state.last_payment_on, state.last_payment) == (date(2026, 11, 3), Decimal("150.00"))
    assert check_ledger() == []


def test_a_designation_is_followed_before_the_oldest():
    account = tenant()
    _, nov = post(
        entries=[
            debt(account, key="oct", due_on=date(2026, 10, 1)),
            debt(account, key="nov", due_on=date(2026, 11, 1)),
        ],
        actor=SYSTEM,
    )
    post(entries=[money(account, key="p", on=date(2026, 11, 3), designate=nov.posting_ids)], actor=SYSTEM)
    assert AccountState.objects.get(account_id=account).oldest_due == date(2026, 10, 1)
    assert Allocation.objects.get().rule == "DESIGNATED"


def test_a_return_gives_the_debt_its_first_due_date_back_and_moves_no_other_payment():
    account = tenant()
    oct_, nov = post(
        entries=[
            debt(account, key="oct", due_on=date(2026, 10, 1)),
            debt(account, key="nov", due_on=date(2026, 11, 1)),
        ],
        actor=SYSTEM,
    )
    [returned] = post(entries=[money(account, key="p1", on=date(2026, 10, 2))], actor=SYSTEM)
    post(entries=[money(account, key="p2", on=date(2026, 11, 2))], actor=SYSTEM)
    assert remaining(account) == {}
    reverse(entry_ids=[returned.id], actor=SYSTEM, effective_on=date(2026, 11, 4), kind=EntryKind.RETURN)
    assert remaining(account) == {oct_.posting_ids[0]: Decimal("100.00")}
    state = AccountState.objects.get(account_id=account)
    assert (state.oldest_due, state.in_debt_since, state.last_return_on) == (
        date(2026, 10, 1), date(2026, 11, 4), date(2026, 11, 4),
    )  # fmt: skip
    assert state.last_payment_on == date(2026, 11, 2)
    assert not Allocation.objects.filter(debit_posting_id=nov.posting_ids[0], amount__lt=0).exists()
    assert check_ledger() == []


def test_money_freed_by_a_cancelled_debt_pays_what_stands_open():
    account = tenant()
    [oct_] = post(entries=[debt(account, key="oct", due_on=date(2026, 10, 1))], actor=SYSTEM)
    post(entries=[money(account, key="p", on=date(2026, 10, 2))], actor=SYSTEM)
    [nov] = post(entries=[debt(account, key="nov", due_on=date(2026, 11, 1), amount="60.00")], actor=SYSTEM)
    assert remaining(account) == {nov.posting_ids[0]: Decimal("60.00")}
    reverse(entry_ids=[oct_.id], actor=SYSTEM)
    assert remaining(account) == {}
    assert AccountState.objects.get(account_id=account).credit == Decimal("40.00")
    assert check_ledger() == []


def test_an_entry_is_reversed_once():
    account = tenant()
    [oct_] = post(entries=[debt(account, key="oct", due_on=date(2026, 10, 1))], actor=SYSTEM)
    reverse(entry_ids=[oct_.id], actor=SYSTEM)
    with pytest.raises(Conflict, match="déjà été annulée"):
        reverse(entry_ids=[oct_.id], actor=SYSTEM)


def test_a_closed_month_takes_nothing_and_the_fact_is_booked_in_the_next_open_one():
    account = tenant()
    LedgerMonth.objects.create(month=date(2026, 10, 1), closed_at=clock.now())
    [entry] = post(entries=[money(account, key="p", on=date(2026, 10, 20))], actor=SYSTEM)
    stored = Entry.objects.get(pk=entry.id)
    assert (stored.effective_on, stored.booked_on) == (date(2026, 10, 20), date(2026, 11, 1))
    with pytest.raises(DatabaseError, match="clôturé"), transaction.atomic():
        Entry.objects.create(
            kind=EntryKind.PAYMENT, effective_on=date(2026, 10, 20), booked_on=date(2026, 10, 20),
            month_id=date(2026, 10, 1), recorded_at=clock.now(), idempotency_key="x",
        )  # fmt: skip


# Days of October on which money comes, in the order in which it is known; "R": the last one is returned.
@pytest.mark.parametrize(
    ("moves", "last"),
    [(["3", "9"], 9), (["9", "3"], 9), (["9", "9"], 9), (["9", "R", "3"], 3), (["3", "9", "R"], 3), (["3", "R"], None)],
)
def test_the_last_payment_is_of_the_last_day_whatever_came_last(moves, last):
    account, made = tenant(), []
    post(entries=[debt(account, key="oct", due_on=date(2026, 10, 1), amount="900.00")], actor=SYSTEM)
    for rank, move in enumerate(moves):
        if move == "R":
            reverse(entry_ids=[made.pop()], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=date(2026, 10, 20))
        else:
            paid = money(account, key=str(rank), on=date(2026, 10, int(move)), amount=str(100 + rank))
            made.append(post(entries=[paid], actor=SYSTEM)[0].id)
    state = AccountState.objects.filter(account_id=account).values_list("last_payment_on", "last_payment")
    kept = state.get()
    refresh(account_ids=[account])
    assert kept == state.get()
    assert kept[0] == (date(2026, 10, last) if last else None)


def test_of_two_payments_of_a_day_the_last_stands():
    account = tenant()
    on = date(2026, 10, 9)
    post(entries=[money(account, key=a, on=on, amount=a) for a in ("10.00", "20.00", "15.00")], actor=SYSTEM)
    state = AccountState.objects.get(account_id=account)
    assert (state.last_payment_on, state.last_payment) == (on, Decimal("15.00"))
    assert check_ledger() == []


def test_an_entry_is_of_a_month_of_the_books():
    with pytest.raises(IntegrityError, match="Le mois 02/2031 n’est pas ouvert"):
        Entry.objects.create(
            kind=EntryKind.PAYMENT, effective_on=date(2031, 2, 3), booked_on=date(2031, 2, 3),
            month_id=date(2031, 2, 1), recorded_at=clock.now(), idempotency_key="x",
        )  # fmt: skip


@pytest.mark.parametrize(
    "change", ["DELETE FROM {table}", "UPDATE {table} SET month = '2031-01-01'", "TRUNCATE {table} CASCADE"]
)
def test_a_month_of_the_books_stays(change):
    LedgerMonth.objects.create(month=date(2031, 2, 1))
    connection.check_constraints()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="ne se modifie pas"):
        cursor.execute(change.format(table=LedgerMonth._meta.db_table))


@pytest.mark.parametrize("model", [Entry, Posting, Allocation])
@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"])
def test_the_books_are_append_only(model, change):
    account = tenant()
    post(
        entries=[debt(account, key="d", due_on=date(2026, 10, 1)), money(account, key="p", on=date(2026, 10, 1))],
        actor=SYSTEM,
    )
    connection.check_constraints()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="ne se modifie pas"):
        cursor.execute(change.format(table=model._meta.db_table))


STEP = st.tuples(st.sampled_from(["debt", "money", "reverse"]), st.integers(1, 30_000), st.integers(0, 120))


class TestAnyLife(TestCase):
    """Whatever happens to an account, the books stay exact and a rebuild changes nothing."""

    @given(st.lists(STEP, min_size=1, max_size=14))
    @settings(max_examples=25)
    def test_invariants_hold(self, steps):
        with clock.travel(date(2026, 11, 5)):
            account = tenant()
            entries: list[int] = []
            for rank, (what, cents, offset) in enumerate(steps):
                amount = str(Decimal(cents) / 100)
                day = date.fromordinal(date(2026, 8, 10).toordinal() + offset)
                if what == "reverse":
                    if entries:
                        reverse(entry_ids=[entries.pop(cents % len(entries))], actor=SYSTEM, effective_on=day)
                    continue
                make = debt(account, key=str(rank), due_on=day, amount=amount) if what == "debt" else money(
                    account, key=str(rank), on=day, amount=amount
                )  # fmt: skip
                entries.append(post(entries=[make], actor=SYSTEM)[0].id)
            assert check_ledger() == []
            balance = sum(
                (i.remaining if i.is_debit else -i.remaining for i in OpenItem.objects.filter(account_id=account)),
                Decimal(0),
            )
            moved = sum((p.amount for p in Posting.objects.filter(debit_id=account)), Decimal(0)) - sum(
                (p.amount for p in Posting.objects.filter(credit_id=account)), Decimal(0)
            )
            assert balance == moved
