"""The door into the books: once, whole, allocated, projected."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import clock
from common.errors import Conflict, InvalidInput
from leases.contracts.natures import Nature
from office.access.actor import Actor
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts, tenant_accounts
from rent_ledger.books.services.posting import (
    JointAllocation,
    NewEntry,
    NewPosting,
    PostedEntry,
    lock_accounts,
    post,
    reverse,
)
from rent_ledger.books.services.projections import refresh
from rent_ledger.books.services.settling import OpenBooks
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Allocation, Entry, LedgerMonth, OpenItem, Posting
from tests.factories import make_actor, make_let, make_payer

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


def test_of_one_call_what_is_known_is_replayed_and_the_rest_is_entered():
    account = tenant()
    oct_, nov, dec = (debt(account, key=f"d{month}", due_on=date(2026, month, 1)) for month in (10, 11, 12))
    [known] = post(entries=[nov], actor=SYSTEM)
    posted = post(entries=[oct_, nov, dec], actor=SYSTEM)
    assert [entry.replayed for entry in posted] == [False, True, False]
    assert posted[1].id == known.id
    keys = dict(Entry.objects.values_list("id", "idempotency_key"))
    assert [keys[entry.id] for entry in posted] == ["d10", "d11", "d12"]
    assert check_ledger() == []


def asked(what: Callable[[], object]) -> list[str]:
    """The statements of a call, without those that open and end it."""
    with CaptureQueriesContext(connection) as seen:
        what()
    return [sql for query in seen.captured_queries if "SAVEPOINT" not in (sql := query["sql"])]


def test_nothing_to_post_is_nothing():
    assert (post(entries=[], actor=SYSTEM), lock_accounts([])) == ([], {})
    assert asked(lambda: post(entries=[], actor=SYSTEM)) == []
    assert asked(lambda: OpenBooks({})) == []


def test_what_is_sent_again_is_read_and_writes_nothing():
    entry = debt(tenant(), key="d", due_on=OCT)
    post(entries=[entry], actor=SYSTEM)
    connection.run_on_commit.clear()
    statements = asked(lambda: post(entries=[entry], actor=SYSTEM))
    assert len(statements) == 2  # the accounts' locks, the entries' keys
    assert all(sql.lstrip().startswith("SELECT") for sql in statements)
    assert connection.run_on_commit == []


def test_accounts_that_the_caller_locked_are_not_locked_again():
    account = tenant()
    locked = lock_accounts([account])
    statements = asked(lambda: post(entries=[debt(account, key="d", due_on=OCT)], actor=SYSTEM, locked=locked))
    assert not [sql for sql in statements if "FOR NO KEY UPDATE" in sql]
    assert AccountState.objects.get(account_id=account).debt == Decimal("100.00")


def test_who_owes_more_wakes_the_alerts_and_a_move_within_the_house_does_not():
    account = tenant()
    connection.run_on_commit.clear()
    line = NewPosting(General.CASH, General.RENT_INCOME, Decimal("5.00"), Nature.FEES, OCT)
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "house", OCT, (line,))], actor=SYSTEM)
    assert connection.run_on_commit == []
    post(entries=[debt(account, key="d", due_on=OCT)], actor=SYSTEM)
    assert len(connection.run_on_commit) == 1


def test_aid_in_hand_is_first_for_its_month_and_money_for_the_oldest():
    """Decision 5. 60.00 of aid for November and 40.00 of money came before any debt."""
    account = tenant()
    aid = NewPosting(General.BENEFIT_TRANSIT, account, Decimal("60.00"), Nature.BENEFIT, OCT, NOV)
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "aid", OCT, (aid,))], actor=SYSTEM)
    paid = money(account, key="p", on=OCT, amount="40.00")
    [line] = paid.postings
    # Money bears a month too where it was received for one: it is no aid for all that.
    post(entries=[paid._replace(postings=(line._replace(for_month=NOV),))], actor=SYSTEM)
    oct_, nov = post(
        entries=[debt(account, key="oct", due_on=OCT), debt(account, key="nov", due_on=NOV)], actor=SYSTEM
    )  # fmt: skip
    assert remaining(account) == {oct_.posting_ids[0]: Decimal("60.00"), nov.posting_ids[0]: Decimal("40.00")}
    assert set(Allocation.objects.values_list("debit_posting_id", "rule")) == {
        (oct_.posting_ids[0], "OLDEST"), (nov.posting_ids[0], "MONTH"),
    }  # fmt: skip
    assert check_ledger() == []


# (what, the day and amount of each entry by its key, error, its words)
REFUSED = [
    ("one key twice in a call", [("d1", "10.00"), ("d1", "10.00")], Conflict, "deux fois"),
    ("no line", [("d1", None)], InvalidInput, "sans montant"),
    ("a line of zero", [("d1", "10.00"), ("d2", "0.00")], InvalidInput, "supérieur à zéro"),
    ("a line below zero", [("d1", "-0.01")], InvalidInput, "supérieur à zéro"),
]


@pytest.mark.parametrize(("wanted", "error", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_cannot_be_entered_is_refused_whole(wanted, error, words):
    account = tenant()
    entries = [
        debt(account, key=key, due_on=OCT, amount=amount or "1.00")._replace(**({} if amount else {"postings": ()}))
        for key, amount in wanted
    ]
    with pytest.raises(error, match=words) as refusal:
        post(entries=entries, actor=SYSTEM)
    assert refusal.value.field == ("amount" if "zéro" in words else None)
    assert not Entry.objects.exists()


def test_a_cent_is_entered():
    account = tenant()
    post(entries=[debt(account, key="d", due_on=OCT, amount="0.01")], actor=SYSTEM)
    assert AccountState.objects.get(account_id=account).debt == Decimal("0.01")


def test_what_nobody_can_send_again_is_neither_looked_up_nor_hashed():
    account = tenant()
    once = debt(account, key="once", due_on=OCT)
    post(entries=[once], actor=SYSTEM, is_replayable=False)
    post(entries=[debt(account, key="again", due_on=OCT)], actor=SYSTEM)
    hashes = dict(Entry.objects.values_list("idempotency_key", "payload_hash"))
    assert (hashes["once"], len(hashes["again"])) == ("", 32)
    # The constraint is the last net, and says so in French.
    with pytest.raises(Conflict, match="par quelqu’un d’autre"), transaction.atomic():
        post(entries=[once], actor=SYSTEM, is_replayable=False)


def test_the_constraints_say_that_an_entry_was_reversed_meanwhile_and_leave_other_faults_as_they_are():
    """Reversed once under whatever key; a payment that says that it reverses is a fault of ours, not of a neighbour."""
    account = tenant()
    [owed] = post(entries=[debt(account, key="d", due_on=OCT)], actor=SYSTEM)
    mirror = money(account, key="m", on=OCT)._replace(kind=EntryKind.REVERSAL, reverses=owed.id)
    post(entries=[mirror], actor=SYSTEM, is_replayable=False)
    with pytest.raises(Conflict, match="par quelqu’un d’autre"), transaction.atomic():
        post(entries=[mirror._replace(key="again")], actor=SYSTEM, is_replayable=False)
    with pytest.raises(IntegrityError, match="entry_reverses_only_reversal"), transaction.atomic():
        post(entries=[mirror._replace(key="wrong", kind=EntryKind.PAYMENT)], actor=SYSTEM, is_replayable=False)


def test_an_open_month_takes_the_facts_of_each_of_its_days():
    account, days = tenant(), [date(2026, 10, 2), date(2026, 10, 20)]
    for day in days:
        post(entries=[debt(account, key=str(day), due_on=day)], actor=SYSTEM)
    assert list(Entry.objects.order_by("id").values_list("booked_on", flat=True)) == days


def test_a_label_is_cut_to_its_column():
    account = tenant()
    labels = ["é" * 140, "é" * 141, ""]
    posted = post(
        entries=[debt(account, key=str(n), due_on=OCT)._replace(label=label) for n, label in enumerate(labels)],
        actor=SYSTEM,
    )
    stored = dict(Entry.objects.values_list("id", "label"))
    assert [len(stored[entry.id]) for entry in posted] == [140, 140, 0]


def test_who_entered_it_and_when():
    account, actor = tenant(), make_actor()
    with clock.travel(NOV):
        post(entries=[debt(account, key="d", due_on=OCT)], actor=actor)
        post(entries=[debt(account, key="e", due_on=OCT)], actor=SYSTEM)
        now = clock.now()
    assert sorted(Entry.objects.values_list("idempotency_key", "author_id", "recorded_at")) == [
        ("d", actor.user_id, now), ("e", None, now),
    ]  # fmt: skip


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


def test_a_cancelled_demand_frees_the_money_of_each_of_its_lines():
    """100.00 of rent and 40.00 of charges were paid by 140.00: all of it is in hand again, and nothing is owed."""
    account = tenant()
    demand = debt(account, key="nov", due_on=NOV)
    charges = NewPosting(account, General.CHARGES_INCOME, Decimal("40.00"), Nature.CHARGES, NOV, NOV)
    [billed] = post(entries=[demand._replace(postings=(*demand.postings, charges))], actor=SYSTEM)
    [paid] = post(entries=[money(account, key="p", on=NOV, amount="140.00")], actor=SYSTEM)
    [mirror] = reverse(entry_ids=[billed.id], actor=SYSTEM)
    rows = Allocation.objects.values_list("debit_posting_id", "credit_posting_id", "amount", "rule")
    rent_id, charges_id = billed.posting_ids
    assert set(rows.exclude(rule="OLDEST")) == {
        (rent_id, *paid.posting_ids, Decimal("-100.00"), "UNDONE"),
        (charges_id, *paid.posting_ids, Decimal("-40.00"), "UNDONE"),
        (rent_id, mirror.posting_ids[0], Decimal("100.00"), "REVERSAL"),
        (charges_id, mirror.posting_ids[1], Decimal("40.00"), "REVERSAL"),
    }
    assert AccountState.objects.get(account_id=account).credit == Decimal("140.00")
    assert check_ledger() == []


def test_aid_freed_by_a_cancelled_debt_goes_to_the_others_of_its_month_first():
    """Decision 5. 60.00 of aid for November lie on a rent of November that is cancelled; October is owed too."""
    account = tenant()
    [wrong] = post(entries=[debt(account, key="wrong", due_on=NOV, amount="60.00")], actor=SYSTEM)
    aid = NewPosting(General.BENEFIT_TRANSIT, account, Decimal("60.00"), Nature.BENEFIT, NOV, NOV)
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "aid", NOV, (aid,))], actor=SYSTEM)
    oct_, nov = post(
        entries=[debt(account, key="oct", due_on=OCT), debt(account, key="nov", due_on=NOV)], actor=SYSTEM
    )  # fmt: skip
    reverse(entry_ids=[wrong.id], actor=SYSTEM)
    assert remaining(account) == {oct_.posting_ids[0]: Decimal("100.00"), nov.posting_ids[0]: Decimal("40.00")}
    assert check_ledger() == []


def test_entries_of_one_act_are_allocated_as_one():
    """100.00 paid October, November is owed: October billed again at 60.00 is paid first, and 40.00 go to November."""
    account = tenant()
    [oct_] = post(entries=[debt(account, key="oct", due_on=OCT)], actor=SYSTEM)
    post(entries=[money(account, key="p", on=OCT)], actor=SYSTEM)
    [nov] = post(entries=[debt(account, key="nov", due_on=NOV)], actor=SYSTEM)
    connection.run_on_commit.clear()
    joint = JointAllocation()
    reverse(entry_ids=[oct_.id], actor=SYSTEM, joint=joint)
    post(entries=[debt(account, key="again", due_on=OCT, amount="60.00")], actor=SYSTEM, joint=joint)
    assert remaining(account) == {nov.posting_ids[0]: Decimal("100.00")}  # nothing is allocated yet, nobody is woken
    assert connection.run_on_commit == []
    joint.finish(actor=SYSTEM)
    assert remaining(account) == {nov.posting_ids[0]: Decimal("60.00")}
    assert AccountState.objects.get(account_id=account).debt == Decimal("60.00")
    assert len(connection.run_on_commit) == 1
    assert check_ledger() == []


def test_what_is_awaited_and_received_in_one_act_meets_on_the_account_of_its_benefit():
    """100.00 of rent, 60.00 of it awaited as aid and received at once: the tenant owes 40.00, the payer nothing."""
    lease, payer = make_let(), make_payer()
    account = tenant_accounts([lease.pk])[lease.pk]
    aid = benefit_accounts([(lease.pk, payer.pk)])[lease.pk, payer.pk]
    demand, sixty = debt(account, key="nov", due_on=NOV), Decimal("60.00")
    awaited = NewPosting(aid, account, sixty, Nature.BENEFIT, NOV, NOV)
    received = NewPosting(General.BENEFIT_TRANSIT, aid, sixty, Nature.BENEFIT, NOV, NOV)
    joint = JointAllocation()
    post(entries=[demand._replace(postings=(*demand.postings, awaited))], actor=SYSTEM, joint=joint)
    assert list(remaining(aid).values()) == [sixty]  # at once: what settles the month of the aid reads it
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "aid", NOV, (received,))], actor=SYSTEM, joint=joint)
    joint.finish(actor=SYSTEM)
    assert (remaining(aid), list(remaining(account).values())) == ({}, [Decimal("40.00")])
    assert Allocation.objects.count() == 2
    assert check_ledger() == []


@pytest.mark.parametrize("meets", ["debt", "aid"])
def test_a_posting_open_on_two_accounts_is_closed_on_the_one_where_it_is_met(meets):
    """50.00 of rent, 60.00 awaited as aid: by one posting, the tenant has 10.00 in hand and the payer owes 60.00."""
    lease, payer = make_let(), make_payer()
    account = tenant_accounts([lease.pk])[lease.pk]
    aid = benefit_accounts([(lease.pk, payer.pk)])[lease.pk, payer.pk]
    demand, sixty = debt(account, key="nov", due_on=NOV, amount="50.00"), Decimal("60.00")
    awaited = NewPosting(aid, account, sixty, Nature.BENEFIT, NOV, NOV)
    received = NewPosting(General.BENEFIT_TRANSIT, aid, sixty, Nature.BENEFIT, NOV, NOV)
    post(entries=[demand._replace(postings=(*demand.postings, awaited))], actor=SYSTEM)
    items = OpenItem.objects.values_list("account_id", "is_debit", "remaining")
    in_hand, owed = (account, False, Decimal("10.00")), (aid, True, sixty)
    assert set(items.all()) == {in_hand, owed}
    if meets == "debt":
        post(entries=[debt(account, key="d", due_on=OCT, amount="10.00")], actor=SYSTEM)
    else:
        post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "aid", NOV, (received,))], actor=SYSTEM)
    assert set(items.all()) == ({owed} if meets == "debt" else {in_hand})
    assert check_ledger() == []


def test_what_is_open_and_does_not_change_is_not_written_again():
    """60.00 go to October: the row of November stays as it was, and no row is looked for where none was open."""
    account = tenant()
    [oct_] = post(entries=[debt(account, key="oct", due_on=OCT)], actor=SYSTEM)
    statements = asked(lambda: post(entries=[debt(account, key="nov", due_on=NOV)], actor=SYSTEM))
    assert not [sql for sql in statements if sql.startswith("DELETE")]
    before = row_places()
    statements = asked(lambda: post(entries=[money(account, key="p", on=OCT, amount="60.00")], actor=SYSTEM))
    assert len([sql for sql in statements if sql.startswith("DELETE")]) == 1
    after = row_places()
    assert {posting for posting in after if after[posting] != before[posting]} == set(oct_.posting_ids)


def row_places() -> dict[int, str]:
    """By open posting: where its row lies in the table, which is elsewhere once it is written again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT posting_id, ctid::text FROM rent_ledger_openitem")
        return dict(cursor.fetchall())


def test_documents_are_written_once_their_entries_point_to_accounts_that_exist():
    """Others wait for the number of a document: what is wrong is told before it is drawn."""
    written: list[PostedEntry] = []
    account = tenant()
    [posted] = post(entries=[debt(account, key="d", due_on=OCT)], actor=SYSTEM, documents=written.extend)
    assert written == [posted]
    wrong = debt(account + 1000, key="wrong", due_on=OCT)
    with pytest.raises(IntegrityError, match="debit_id"), transaction.atomic():
        post(entries=[wrong], actor=SYSTEM, documents=written.extend)
    assert written == [posted]


def test_an_entry_is_reversed_once():
    account = tenant()
    [oct_] = post(entries=[debt(account, key="oct", due_on=date(2026, 10, 1))], actor=SYSTEM)
    reverse(entry_ids=[oct_.id], actor=SYSTEM)
    with pytest.raises(Conflict, match="déjà été annulée"):
        reverse(entry_ids=[oct_.id], actor=SYSTEM)


def test_what_does_not_exist_is_not_reversed():
    [oct_] = post(entries=[debt(tenant(), key="oct", due_on=OCT)], actor=SYSTEM)
    with pytest.raises(InvalidInput, match="n’existe pas"):
        reverse(entry_ids=[oct_.id, oct_.id + 1], actor=SYSTEM)
    assert Entry.objects.count() == 1


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


def test_of_two_payments_known_at_once_the_last_is_of_the_last_day():
    account = tenant()
    days = (date(2026, 10, 9), date(2026, 10, 3))
    post(entries=[money(account, key=str(on), on=on, amount=f"{on.day}.00") for on in days], actor=SYSTEM)
    state = AccountState.objects.get(account_id=account)
    assert (state.last_payment_on, state.last_payment) == (date(2026, 10, 9), Decimal("9.00"))


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
