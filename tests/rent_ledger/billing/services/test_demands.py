"""The demands of a run: what is known from the draft alone is what the general way finds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import clock
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.contracts.services.ending import record_notice
from leases.models import RentTerm
from office.access.actor import Actor
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services import settling_alone
from rent_ledger.books.services.accounts import benefit_accounts, tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.books.services.projections import refresh, roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Entry, OpenItem, RentDemand, RentRun
from tests.factories import make_actor, make_let, make_payer, make_right

pytestmark = pytest.mark.django_db
NOV, DEC = Month(2026, 11), Month(2026, 12)

_LAID = """
SELECT d.account_id, c.credit_id, dp.nature, c.nature, sum(l.amount), l.rule
FROM rent_ledger_allocation l JOIN rent_ledger_posting dp ON dp.id = l.debit_posting_id
JOIN rent_ledger_posting c ON c.id = l.credit_posting_id
JOIN (SELECT id, debit_id AS account_id FROM rent_ledger_posting) d ON d.id = dp.id
GROUP BY 1, 2, 3, 4, 6 ORDER BY 1, 2, 3, 4, 6
"""
_ITEMS = (
    "SELECT account_id, is_debit, nature, due_on, for_month, remaining FROM rent_ledger_openitem "
    "ORDER BY 1, 2, 3, 4, 5, 6"
)


def books() -> list[Any]:
    """What lies on what, what is open, and the states, without the ids that a second life draws anew."""
    with connection.cursor() as cursor:
        cursor.execute(_LAID)
        laid = cursor.fetchall()
        cursor.execute(_ITEMS)
        return [laid, cursor.fetchall(), list(AccountState.objects.order_by("pk").values())]


def pay(lease_id: int, amount: str, key: str) -> None:
    posting = NewPosting(
        General.CASH, tenant_accounts([lease_id])[lease_id], Decimal(amount), Nature.PAYMENT, date(2026, 11, 10)
    )
    post(entries=[NewEntry(EntryKind.PAYMENT, key, date(2026, 11, 10), (posting,))], actor=Actor.system())


@pytest.mark.parametrize("launched", [date(2026, 11, 22), date(2026, 12, 3)], ids=["ahead", "late"])
def test_the_short_way_ends_where_the_general_way_does(monkeypatch, launched):
    plain, aided, covered, rich, parked = (make_let(rent="412.60", charges="86.40") for _ in range(5))
    make_right(lease=aided, amount="450.00", start=date(2026, 2, 1))
    make_right(lease=covered, amount="600.00", start=date(2026, 2, 1))
    make_right(lease=rich, amount="100.00", start=date(2026, 2, 1))
    make_right(lease=parked, amount="499.00", start=date(2026, 2, 1))
    RentTerm.objects.create(lease=parked, nature="PARKING", amount=Decimal("30.00"), period=("2026-12-01", None))
    leases = [lease.pk for lease in (plain, aided, covered, rich, parked)]
    with clock.travel(date(2026, 10, 25)):
        produce(run=RentRun.objects.create(month=NOV.first), lease_ids=leases, actor=Actor.system())
    with clock.travel(date(2026, 11, 20)):
        pay(rich.pk, "700.00", "rich")
        pay(aided.pk, "20.00", "aided")

    def december() -> list[Any]:
        with transaction.atomic(), clock.travel(launched):
            roll()  # as each night: the states are of the day, what is still to come can be added to them
            produce(run=RentRun.objects.create(month=DEC.first), lease_ids=leases, actor=Actor.system())
            found = books()
            refresh(account_ids=None)
            assert books() == found
            assert check_ledger() == []
            transaction.set_rollback(True)
        return found

    monkeypatch.setattr(settling_alone, "FEW", 0)
    short = december()
    monkeypatch.setattr(settling_alone, "FEW", 1000)
    assert short == december()
    assert any(rule == "MONTH" for *_, rule in short[0])
    assert any(rule == "OLDEST" for *_, rule in short[0])


# (what, debts of the entry, taken off, aid, whether its accounts' open items need not be read)
WAYS = [
    ("a rent", ["400"], "0", "0", True),
    ("a rent and its aid", ["400", "50"], "0", "300", True),
    ("a line taken off", ["400", "50"], "20", "0", True),
    ("all of it awaited as aid", ["400", "50"], "20", "430", True),
    ("a cent more than is asked", ["400", "50"], "20", "430.01", False),
]


@pytest.mark.parametrize(("debts", "off", "aid", "quick"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
@pytest.mark.parametrize("standing", ["", "money", "older"], ids=["nothing", "money in hand", "an older debt"])
def test_what_an_entry_says_alone_is_laid_without_reading_what_is_open(monkeypatch, debts, off, aid, quick, standing):
    monkeypatch.setattr(settling_alone, "FEW", 0)
    lease, payer = make_let(), make_payer()
    tenant = tenant_accounts([lease.pk])[lease.pk]
    awaited = benefit_accounts([(lease.pk, payer.pk)])[lease.pk, payer.pk]
    if before := standing_entry(standing, tenant, awaited):
        post(entries=[before], actor=Actor.system())
    day = date(2026, 12, 5)
    lines = [NewPosting(tenant, General.RENT_INCOME, Decimal(a), Nature.RENT, day, DEC.first) for a in debts]
    if off != "0":
        lines.append(NewPosting(General.RENT_INCOME, tenant, Decimal(off), Nature.REPAIRS, day, DEC.first))
    if aid != "0":
        lines.append(NewPosting(awaited, tenant, Decimal(aid), Nature.BENEFIT, day, DEC.first))
    assert bool(reads(NewEntry(EntryKind.DEMAND, "d", day, tuple(lines)))) is not (quick and standing != "money")
    assert check_ledger() == []


def reads(*entries: NewEntry) -> list[str]:
    """The statements that read what is open, while `entries` are posted."""
    with CaptureQueriesContext(connection) as seen:
        post(entries=entries, actor=Actor.system())
    return [q["sql"] for q in seen.captured_queries if "o.posting_id, o.is_debit, o.remaining" in q["sql"]]


def test_beside_each_other_some_are_laid_alone_and_some_are_not(monkeypatch):
    monkeypatch.setattr(settling_alone, "FEW", 0)
    first, second = (make_let() for _ in range(2))
    accounts = tenant_accounts([first.pk, second.pk])
    pay(second.pk, "30.00", "before")
    day = date(2026, 12, 5)
    post(
        entries=[
            NewEntry(EntryKind.DEMAND, f"d{account}", day,
                     (NewPosting(account, General.RENT_INCOME, Decimal(400), Nature.RENT, day, DEC.first),))
            for account in accounts.values()
        ],
        actor=Actor.system(),
    )  # fmt: skip
    assert (open_items(first.pk), open_items(second.pk)) == ([("RENT", True, "400.00")], [("RENT", True, "370.00")])
    assert check_ledger() == []


def test_money_and_what_undoes_it_are_never_laid_alone(monkeypatch):
    monkeypatch.setattr(settling_alone, "FEW", 0)
    lease = make_let()
    account, day = tenant_accounts([lease.pk])[lease.pk], date(2026, 11, 10)
    rent = NewPosting(account, General.RENT_INCOME, Decimal(400), Nature.RENT, day, NOV.first)
    post(entries=[NewEntry(EntryKind.DEMAND, "d", day, (rent,))], actor=Actor.system())
    pay(lease.pk, "100.00", "p")
    assert open_items(lease.pk) == [("RENT", True, "300.00")]
    paid = Entry.objects.get(idempotency_key="p")
    reverse(entry_ids=[paid.pk], actor=Actor.system(), kind=EntryKind.RETURN, effective_on=day)
    assert open_items(lease.pk) == [("RENT", True, "400.00")]
    assert check_ledger() == []


def test_only_the_accounts_that_an_entry_does_not_say_all_of_are_read(monkeypatch):
    """A rent of one household, beside a payment of another: the first one's open items are not read."""
    monkeypatch.setattr(settling_alone, "FEW", 0)
    owing, paying = tenant_accounts([make_let().pk, make_let().pk]).values()
    day = date(2026, 11, 10)
    rent = NewPosting(owing, General.RENT_INCOME, Decimal(400), Nature.RENT, day, NOV.first)
    paid = NewPosting(General.CASH, paying, Decimal(100), Nature.PAYMENT, day)
    [statement] = reads(NewEntry(EntryKind.DEMAND, "d", day, (rent,)), NewEntry(EntryKind.PAYMENT, "p", day, (paid,)))
    assert f"{{{paying}}}" in statement
    assert check_ledger() == []


def test_money_that_an_entry_brings_beside_its_debt_pays_the_oldest(monkeypatch):
    """October is owed: the 100.00 that come with November's rent are not for November."""
    monkeypatch.setattr(settling_alone, "FEW", 0)
    lease = make_let()
    account = tenant_accounts([lease.pk])[lease.pk]
    oct_, nov = date(2026, 10, 5), date(2026, 11, 5)
    rents = [
        NewPosting(account, General.RENT_INCOME, Decimal(400), Nature.RENT, day, day.replace(day=1))
        for day in (oct_, nov)
    ]
    paid = NewPosting(General.CASH, account, Decimal(100), Nature.PAYMENT, nov)
    post(entries=[NewEntry(EntryKind.DEMAND, "oct", oct_, (rents[0],))], actor=Actor.system())
    assert reads(NewEntry(EntryKind.ADJUSTMENT, "nov", nov, (rents[1], paid)))
    assert open_items(lease.pk) == [("RENT", True, "300.00"), ("RENT", True, "400.00")]
    assert check_ledger() == []


def test_one_entry_for_two_households_lays_on_each_its_own(monkeypatch):
    """30.00 of repairs pass from one account to the other: a credit that may go to other debts of the second."""
    monkeypatch.setattr(settling_alone, "FEW", 0)
    first, second = (make_let() for _ in range(2))
    one, two = (tenant_accounts([lease.pk])[lease.pk] for lease in (first, second))
    day = date(2026, 11, 10)
    rents = tuple(
        NewPosting(account, General.RENT_INCOME, Decimal(400), Nature.RENT, day, NOV.first) for account in (one, two)
    )
    credits = tuple(
        NewPosting(General.RENT_INCOME, account, Decimal(30), Nature.REPAIRS, day, NOV.first) for account in (one, two)
    )
    assert reads(NewEntry(EntryKind.ADJUSTMENT, "two", day, rents + credits))
    assert {lease.pk: open_items(lease.pk) for lease in (first, second)} == {
        lease.pk: [("RENT", True, "370.00")] for lease in (first, second)
    }
    assert check_ledger() == []


EUROS = st.integers(1, 40_000).map(lambda cents: Decimal(cents) / 100)
DEBTS = st.sampled_from([Nature.RENT, Nature.CHARGES, Nature.INDEMNITY, Nature.PARKING, Nature.SERVICES])
# A line may have a due day of its own: already due, before that of its demand, or after it.
DUE = st.sampled_from([date(2026, 11, 10), date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 15)])
# What stands on the account of a lease: nothing, an older debt, another of the month, money, aid that came already.
STANDING = st.sampled_from(["", "", "older", "of the month", "money", "aid"])


@st.composite
def demands(draw: st.DrawFn) -> list[tuple[int, list[tuple[str, Decimal, date]], Decimal, Decimal, str]]:
    """(place of the lease, lines, aid, deduction, what stands): one or two demands of a lease, aid within its lines."""
    found = []
    for lease in range(3):
        standing = draw(STANDING)
        for _ in range(draw(st.integers(1, 2))):
            lines = draw(st.lists(st.tuples(DEBTS, EUROS, DUE), min_size=1, max_size=3))
            gross = sum((amount for _, amount, _ in lines), Decimal(0))
            taken_off = min(draw(st.sampled_from([Decimal(0), Decimal("7.50")])), gross)
            aid = min(draw(st.just(Decimal(0)) | EUROS), gross - taken_off)
            found.append((lease, lines, aid, taken_off, standing))
    return found


class TestTwoWays(TestCase):
    """Any demands, on accounts in any state: the quick way lays and leaves open what the general one does."""

    @given(demands())
    @settings(max_examples=30)
    def test_the_quick_way_and_the_general_one_are_equal(self, drawn):
        leases = [make_let() for _ in range(3)]
        tenants = tenant_accounts([lease.pk for lease in leases])
        payer = make_payer()
        aids = benefit_accounts([(lease.pk, payer.pk) for lease in leases])
        due, aid_due = date(2026, 12, 5), date(2026, 12, 25)
        entries, before = [], {}
        for rank, (place, lines, aid, taken_off, standing) in enumerate(drawn):
            lease = leases[place]
            tenant, account = tenants[lease.pk], aids[lease.pk, payer.pk]
            postings = [NewPosting(tenant, General.RENT_INCOME, a, n, on, DEC.first) for n, a, on in lines]
            if taken_off:
                postings.append(NewPosting(General.RENT_INCOME, tenant, taken_off, Nature.REPAIRS, due, DEC.first))
            if aid:
                postings.append(NewPosting(account, tenant, aid, Nature.BENEFIT, aid_due, DEC.first))
            entries.append(NewEntry(EntryKind.DEMAND, f"demand:x{rank}", due, tuple(postings)))
            before[place] = standing_entry(standing, tenant, account)
        with clock.travel(date(2026, 11, 22)):
            post(entries=[entry for entry in before.values() if entry], actor=Actor.system())
            found = []
            for few in (0, 1000):
                with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
                    patch.setattr(settling_alone, "FEW", few)
                    post(entries=entries, actor=Actor.system())
                    found.append(books())
                    transaction.set_rollback(True)
        assert found[0] == found[1]


def standing_entry(what: str, tenant: int, account: int) -> NewEntry | None:
    day, hundred = date(2026, 11, 10), Decimal("100.00")
    line = {
        "": None,
        "older": NewPosting(tenant, General.RENT_INCOME, hundred, Nature.RENT, day, NOV.first),
        "of the month": NewPosting(tenant, General.RENT_INCOME, hundred, Nature.RENT, date(2026, 12, 1), DEC.first),
        "money": NewPosting(General.CASH, tenant, hundred, Nature.PAYMENT, day),
        "aid": NewPosting(General.BENEFIT_TRANSIT, account, hundred, Nature.BENEFIT, day, DEC.first),
    }[what]
    return line and NewEntry(EntryKind.ADJUSTMENT, f"before:{tenant}", day, (line,))


def laid_on(lease_id: int) -> list[tuple[str, str, str, str]]:
    """(nature of the debt, nature of the money, amount, rule) of what lies on a lease's tenant account."""
    with connection.cursor() as cursor:
        cursor.execute(_LAID)
        account = tenant_accounts([lease_id])[lease_id]
        return [(d, c, str(amount), rule) for a, _, d, c, amount, rule in cursor.fetchall() if a == account]


def open_items(lease_id: int) -> list[tuple[str, bool, str]]:
    items = OpenItem.objects.filter(account_id=tenant_accounts([lease_id])[lease_id])
    return [(i.nature, i.is_debit, str(i.remaining)) for i in items.order_by("posting_id", "is_debit")]


def test_the_aid_of_a_term_is_laid_before_the_money_in_hand():
    """Decision 5. 300 in hand; 400 + 50, aid 200: 200 of aid and 200 of money on the rent, 50 on the charges."""
    lease = make_let(rent="400.00", charges="50.00")
    make_right(lease=lease, amount="200.00", start=date(2026, 2, 1))
    with clock.travel(date(2026, 11, 10)):
        pay(lease.pk, "300.00", "before")
    with clock.travel(date(2026, 11, 22)):
        produce(run=RentRun.objects.create(month=DEC.first), lease_ids=[lease.pk], actor=Actor.system())
        assert laid_on(lease.pk) == [
            ("CHARGES", "PAYMENT", "50.00", "OLDEST"),
            ("RENT", "BENEFIT", "200.00", "MONTH"),
            ("RENT", "PAYMENT", "200.00", "OLDEST"),
        ]
        assert open_items(lease.pk) == [("PAYMENT", False, "50.00")]
        assert check_ledger() == []


def test_aid_that_came_before_a_demand_that_awaits_none_is_laid_before_the_money_in_hand():
    """Reading 5. Left on 15 December, no aid is expected: 300 of rent by 15/31 = 145.16, 80 of charges = 38.71. The aid
    of 170 that came before pays 145.16 and 24.84, the money in hand the 13.87 of charges that are left."""
    lease, other = make_let(rent="300.00", charges="80.00"), make_let(rent="300.00", charges="80.00")
    right = make_right(lease=lease, amount="170.00", start=date(2026, 2, 1))
    for one in (lease, other):
        with clock.travel(date(2026, 11, 10)):
            pay(one.pk, "300.00", f"before:{one.pk}")
    with clock.travel(date(2026, 11, 22)):
        data = f"allocataire;mois;montant\n{right.beneficiary_number};12/2026;170,00\n".encode()
        import_benefit_statement(
            data=data, name="caf.csv", payer=right.payer, paid_on=date(2026, 11, 22), actor=make_actor()
        )
        record_notice(
            actor=make_actor(), lease=lease, received_on=date(2026, 11, 22), last_day=date(2026, 12, 15),
            short_reason="Accord",
        )  # fmt: skip
        run = RentRun.objects.create(month=DEC.first)
        assert produce(run=run, lease_ids=[lease.pk, other.pk], actor=Actor.system()) == 2
        assert laid_on(lease.pk) == [
            ("CHARGES", "BENEFIT", "24.84", "MONTH"),
            ("CHARGES", "PAYMENT", "13.87", "OLDEST"),
            ("RENT", "BENEFIT", "145.16", "MONTH"),
        ]
        assert open_items(lease.pk) == [("PAYMENT", False, "286.13")]
        assert laid_on(other.pk) == [("RENT", "PAYMENT", "300.00", "OLDEST")]
        state = AccountState.objects.get(account__lease=lease)
        assert (str(state.credit), str(state.upcoming), str(state.gross_term)) == ("286.13", "0.00", "183.87")
        assert check_ledger() == []


def test_aid_pays_the_demand_that_awaits_it_before_the_other_of_the_month():
    """Reading 5. The contract ended on the 15th: term 150 + 40, all of it awaited as aid; indemnity 150 + 40 asked."""
    lease = make_let(rent="300.00", charges="80.00", due_rule="ARREARS", due_day=5)
    make_right(lease=lease, amount="190.00", start=date(2026, 2, 1))
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 11, 16)), "ENDED", "UNKNOWN"
    lease.save()
    with clock.travel(date(2026, 11, 22)):
        produce(run=RentRun.objects.create(month=NOV.first), lease_ids=[lease.pk], actor=Actor.system())
        assert {d.kind: (d.benefit, d.net) for d in RentDemand.objects.all()} == {
            "TERM": (Decimal("190.00"), Decimal("0.00")),
            "INDEMNITY": (Decimal("0.00"), Decimal("190.00")),
        }
        assert laid_on(lease.pk) == [("CHARGES", "BENEFIT", "40.00", "MONTH"), ("RENT", "BENEFIT", "150.00", "MONTH")]
        assert open_items(lease.pk) == [("INDEMNITY", True, "150.00"), ("INDEM_CHG", True, "40.00")]
        assert check_ledger() == []
