"""What reverses an entry, and closed months."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from common import clock
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import (
    post,
    reverse,
)
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Entry, LedgerMonth, Posting
from tests.rent_ledger.books.services.test_posting import OCT, SYSTEM, debt, money, tenant

pytestmark = pytest.mark.django_db


# A debt due and a payment received on 2 October, reversed on 5 November: the day between the parties, the day in the
# books and the due day of the mirror. A return counts from the bank's day for money; a debt undone never was.
MIRRORS = [
    ("a debt, as if it had never been", "debt", {}, "10-02", "11-05", "10-02"),
    ("a payment, as if it had never been", "money", {}, "10-02", "11-05", "10-02"),
    ("a payment returned", "money", {"effective_on": date(2026, 11, 4)}, "11-04", "11-04", "11-04"),
    ("a debt undone from a day on keeps its due day", "debt", {"effective_on": date(2026, 11, 4)}, "11-04", "11-04",
     "10-02"),
    ("booked on a day that is asked", "money", {"booked_on": date(2026, 11, 2)}, "10-02", "11-02", "10-02"),
    ("returned, and booked on a day that is asked", "money",
     {"effective_on": date(2026, 11, 4), "booked_on": date(2026, 11, 2)}, "11-04", "11-02", "11-04"),
]  # fmt: skip


@pytest.mark.clock("2026-11-05")
@pytest.mark.parametrize(
    ("what", "days", "effective", "booked", "due"), [m[1:] for m in MIRRORS], ids=[m[0] for m in MIRRORS]
)
def test_the_days_of_a_mirror(what, days, effective, booked, due):
    account, day = tenant(), date(2026, 10, 2)
    make = debt(account, key="o", due_on=day) if what == "debt" else money(account, key="o", on=day)
    [original] = post(entries=[make._replace(label="Loyer d’octobre")], actor=SYSTEM)
    [mirror] = reverse(entry_ids=[original.id], actor=SYSTEM, **days)
    stored, [line] = Entry.objects.get(pk=mirror.id), Posting.objects.filter(entry_id=mirror.id)
    assert [f"{on:%m-%d}" for on in (stored.effective_on, stored.booked_on, line.due_on)] == [effective, booked, due]
    [first] = make.postings
    assert (line.debit_id, line.credit_id, line.amount, line.nature, line.for_month) == (
        first.credit, first.debit, first.amount, first.nature, first.for_month,
    )  # fmt: skip
    assert (stored.kind, stored.label, stored.reverses_id, stored.idempotency_key) == (
        EntryKind.REVERSAL, "Annulation : Loyer d’octobre", original.id, f"reversal:{original.id}",
    )  # fmt: skip
    assert check_ledger() == []


def test_the_label_of_a_mirror_is_the_caller_s_or_fits_its_column():
    account = tenant()
    posted = post(entries=[debt(account, key=key, due_on=OCT)._replace(label="é" * 140) for key in "ab"], actor=SYSTEM)
    [mirror] = reverse(entry_ids=[posted[0].id], actor=SYSTEM)
    [named] = reverse(entry_ids=[posted[1].id], actor=SYSTEM, label="Rejet")
    assert Entry.objects.get(pk=mirror.id).label == "Annulation : " + "é" * 127
    assert Entry.objects.get(pk=named.id).label == "Rejet"


def test_after_two_closed_months_the_third_takes_it():
    account = tenant()
    for month in (10, 11):
        LedgerMonth.objects.create(month=date(2026, month, 1), closed_at=clock.now())
    wished = date(2026, 10, 20)
    entries = [
        money(account, key="p", on=wished),
        money(account, key="q", on=wished)._replace(booked_on=date(2026, 12, 9)),
    ]
    post(entries=entries, actor=SYSTEM)
    assert list(Entry.objects.order_by("id").values_list("booked_on", "month_id")) == [
        (date(2026, 12, 1), date(2026, 12, 1)), (date(2026, 12, 9), date(2026, 12, 1)),
    ]  # fmt: skip


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
