"""Quittance or reçu: by itself, from what is allocated, once, the same bytes ever after."""

import hashlib
import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connections

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease
from leases.models import Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.documents.services import render
from office.jobs.schedules import tick
from office.jobs.worker import drain
from office.models import Document
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.billing.codes import ReceiptKind
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.receipts import issue_due_receipts, issue_receipt, receipt_status
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts, tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.models import BenefitRight, OpenItem, Posting, Receipt, RentDemand
from tests.factories import make_actor, make_association, make_bank_account, make_let, make_right, number, pay
from tests.rent_ledger.aids import bring

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
OCT, NOV = Month(2026, 10), Month(2026, 11)
NOV_1 = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


def bill(lease: Lease, month: Month = NOV, kind: str = "TERM") -> RentDemand:
    """The demand of `month`, issued on its first day at the latest."""
    with clock.travel(min(clock.today(), month.first)):
        run = launch_run(month=month, actor=make_actor(), lease_ids=[lease.pk])
        drain(run.job_id)
    return RentDemand.objects.get(run=run, kind=kind)


def receive_aid(right: BenefitRight, amount: str, *, settle: bool = False) -> None:
    """The payer pays `amount` for November; `settle`: what misses moves to the household."""
    pair = (right.lease_id, right.payer_id)
    aid = benefit_accounts([pair])[pair]
    day = date(2026, 11, 25)
    line = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal(amount), Nature.BENEFIT, day, NOV.first)
    entries = [NewEntry(EntryKind.BENEFIT_RECEIVED, f"aid:{number()}", day, (line,))]
    if settle:
        tenant = RentDemand.objects.get(lease=right.lease_id).account_id
        missing = NewPosting(
            tenant, aid, right.amount - Decimal(amount), Nature.SHORTFALL, date(2026, 12, 1), NOV.first
        )
        entries.append(NewEntry(EntryKind.BENEFIT_SETTLED, f"settled:{number()}", day, (missing,)))
    post(entries=entries, actor=Actor.system())


def test_a_term_paid_in_full_gets_its_quittance_once():
    demand = bill(make_let(rent="400.00", charges="80.00"))
    pay(account=demand.account_id, on=NOV_1, amount="480.00")
    first = issue_receipt(demand=demand, actor=make_actor())
    again = issue_receipt(demand=demand, actor=make_actor())
    assert (first.kind, first.number, first.amount) == (ReceiptKind.FULL, 1, Decimal("480.00"))
    assert again.pk == first.pk
    assert Receipt.objects.count() == Document.objects.count() == 1
    data = first.document.data
    assert [(line["label"], line["amount"]) for line in data["lines"]] == [
        ("Loyer", "400.00"),
        ("Provision pour charges", "80.00"),
    ]
    assert first.document.title == "Quittance de loyer de novembre\u00a02026"


def test_a_part_payment_gets_a_recu_and_another_when_more_came():
    demand = bill(make_let(rent="400.00", charges="80.00"))
    pay(account=demand.account_id, on=NOV_1, amount="100.00")
    first = issue_receipt(demand=demand, actor=make_actor())
    assert issue_receipt(demand=demand, actor=make_actor()).pk == first.pk
    pay(account=demand.account_id, on=NOV_1, amount="50.00")
    second = issue_receipt(demand=demand, actor=make_actor())
    assert [(r.kind, r.number, r.amount) for r in (first, second)] == [
        (ReceiptKind.PARTIAL, 1, Decimal("100.00")),
        (ReceiptKind.PARTIAL, 2, Decimal("150.00")),
    ]
    assert second.document.data["tenant_left"] == "330.00"


def test_the_household_part_paid_and_the_aid_awaited_give_a_recu_that_says_so():
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    demand = bill(lease)
    pay(account=demand.account_id, on=NOV_1, amount="230.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    data = receipt.document.data
    assert (receipt.kind, receipt.amount) == (ReceiptKind.PARTIAL, Decimal("230.00"))
    assert (data["tenant_left"], data["aid_left"]) == (None, "250.00")
    receive_aid(right, "250.00")
    full = issue_receipt(demand=demand, actor=make_actor())
    assert (full.kind, full.amount) == (ReceiptKind.FULL, Decimal("480.00"))
    assert (full.document.data["tenant_paid"], full.document.data["aid_paid"]) == ("230.00", "250.00")


def test_a_cent_of_aid_awaited_is_no_quittance_by_hand_nor_by_itself():
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    demand = bill(lease)
    pay(account=demand.account_id, on=NOV_1, amount="230.00")
    receive_aid(right, "249.99")
    assert issue_due_receipts(day=date(2026, 11, 30), actor=Actor.system()) == 0
    assert paper_of(demand) == ("PARTIAL", "479.99", "230.00", "249.99", "479.99", None)
    receive_aid(right, "0.01")
    assert issue_due_receipts(day=date(2026, 11, 30), actor=Actor.system()) == 1
    assert Receipt.objects.get(kind=ReceiptKind.FULL).amount == Decimal("480.00")


def test_aid_paid_short_leaves_the_term_open_until_the_household_paid_the_difference():
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    demand = bill(lease)
    pay(account=demand.account_id, on=NOV_1, amount="230.00")
    receive_aid(right, "200.00", settle=True)
    status = receipt_status(demand)
    assert (status.ruling.kind, status.state.tenant_left, status.state.aid_left) == ("PARTIAL", 50, 0)
    pay(account=demand.account_id, on=date(2026, 11, 30), amount="50.00")
    full = issue_receipt(demand=demand, actor=make_actor())
    assert (full.kind, full.amount, full.document.data["tenant_paid"]) == (ReceiptKind.FULL, 480, "280.00")


def test_an_indemnity_gets_a_recu_and_is_never_called_rent():
    lease = make_let(rent="300.00", charges="0")
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), NOV_1), "ENDED", "UNKNOWN"
    lease.save()
    demand = bill(lease, kind="INDEMNITY")
    pay(account=demand.account_id, on=NOV_1, amount="300.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    assert receipt.kind == ReceiptKind.PARTIAL
    assert receipt.document.title == "Reçu d’indemnité d’occupation de novembre\u00a02026"
    assert "oyer" not in str({k: v for k, v in receipt.document.data.items() if k not in ("word", "recipient")})
    assert issue_due_receipts(day=date(2026, 11, 10), actor=Actor.system()) == 0


def test_nothing_received_gives_nothing_and_a_cancelled_demand_neither():
    demand = bill(make_let())
    with pytest.raises(InvalidInput, match="rien n’est encore reçu"):
        issue_receipt(demand=demand, actor=make_actor())
    drain(undo_run(run=demand.run, actor=make_actor()).job_id)
    with pytest.raises(Conflict, match="annulé"):
        issue_receipt(demand=demand, actor=make_actor())
    assert not Receipt.objects.exists()


def test_what_was_given_up_was_not_paid():
    demand = bill(make_let(rent="400.00", charges="0"))
    pay(account=demand.account_id, on=NOV_1, amount="300.00")
    line = NewPosting(General.WRITE_OFF, demand.account_id, Decimal("100.00"), Nature.PAYMENT, NOV_1)
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "gift", NOV_1, (line,))], actor=Actor.system())
    assert receipt_status(demand).ruling.kind == "PARTIAL"
    assert issue_due_receipts(day=date(2026, 11, 10), actor=Actor.system()) == 0
    assert issue_receipt(demand=demand, actor=make_actor()).amount == Decimal("300.00")


def test_a_returned_debit_takes_no_quittance_back_and_the_term_says_so():
    demand = bill(make_let(rent="400.00", charges="0"))
    entry = pay(account=demand.account_id, on=NOV_1, amount="400.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    reverse(entry_ids=[entry], actor=Actor.system(), effective_on=date(2026, 11, 6), kind=EntryKind.RETURN)
    status = receipt_status(demand)
    assert status.is_undone
    assert status.full == receipt
    assert status.state.tenant_left == Decimal("400.00")
    assert issue_receipt(demand=demand, actor=make_actor()).pk == receipt.pk


def test_older_debt_is_mentioned_and_stops_no_quittance():
    lease = make_let(rent="400.00", charges="0")
    old = bill(lease, OCT)
    demand = bill(lease)
    line = NewPosting(General.CASH, demand.account_id, Decimal("400.00"), Nature.PAYMENT, NOV_1)
    own = Posting.objects.get(debit=demand.account_id, for_month=NOV.first).pk
    post(entries=[NewEntry(EntryKind.PAYMENT, "chosen", NOV_1, (line,), designate=(own,))], actor=Actor.system())
    receipt = issue_receipt(demand=demand, actor=make_actor())
    assert (receipt.kind, receipt.document.data["before"]) == (ReceiptKind.FULL, "400.00")
    assert receipt_status(old).ruling.kind is None


def test_the_quittance_of_a_corrected_demand_is_cancelled_with_it():
    lease = make_let(rent="300.00", charges="0")
    demand = bill(lease)
    pay(account=demand.account_id, on=NOV_1, amount="300.00")
    receipt = issue_receipt(demand=demand, actor=make_actor())
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 9), reason="UNKNOWN")
    correct_all(actor=make_actor())
    receipt.document.refresh_from_db()
    assert receipt.document.cancelled_at is not None
    again = issue_receipt(demand=RentDemand.objects.get(lease=lease, state="ISSUED"), actor=make_actor())
    assert (again.kind, again.document.cancelled_at) == (ReceiptKind.FULL, None)


def test_a_receipt_tells_no_older_term_that_is_not_due_yet():
    lease = make_let(rent="400.00", charges="0", due_rule="ARREARS", due_day=5)
    bill(lease, OCT)
    bill(lease, NOV)
    december = bill(lease, Month(2026, 12))
    pay(account=december.account_id, on=NOV_1, amount="100.00")
    line = NewPosting(General.CASH, december.account_id, Decimal("400.00"), Nature.PAYMENT, NOV_1)
    own = Posting.objects.get(debit=december.account_id, for_month=date(2026, 12, 1)).pk
    post(entries=[NewEntry(EntryKind.PAYMENT, "chosen", NOV_1, (line,), designate=(own,))], actor=Actor.system())
    # October's rest was due on the 5th, November's falls due on 5 December only.
    assert issue_receipt(demand=december, actor=make_actor()).document.data["before"] == "300.00"


def test_the_day_gives_every_settled_term_its_quittance(django_assert_max_num_queries):
    paid = [bill(make_let(rent="400.00", charges="0")) for _ in range(3)]
    late = bill(make_let(rent="400.00", charges="0"))
    for demand in paid:
        pay(account=demand.account_id, on=NOV_1, amount="400.00")
    with django_assert_max_num_queries(25):
        assert issue_due_receipts(day=date(2026, 11, 10), actor=Actor.system()) == 3
    assert sorted(Receipt.objects.values_list("demand_id", "number")) == [(d.pk, i) for i, d in enumerate(paid, 1)]
    assert issue_due_receipts(day=date(2026, 11, 10), actor=Actor.system()) == 0
    pay(account=late.account_id, on=date(2026, 11, 9), amount="400.00")
    assert "receipts" in tick()
    assert Receipt.objects.filter(demand=late, kind=ReceiptKind.FULL).exists()


def test_a_term_paid_in_advance_waits_for_its_due_day():
    demand = bill(make_let(rent="400.00", charges="0"), Month(2026, 12))
    pay(account=demand.account_id, on=NOV_1, amount="400.00")
    assert issue_due_receipts(day=date(2026, 11, 30), actor=Actor.system()) == 0
    assert issue_due_receipts(day=date(2026, 12, 1), actor=Actor.system()) == 1


def test_a_quittance_is_the_same_bytes_for_ever():
    demand = bill(make_let(rent="400.00", charges="80.00", name="Mme Sarr"))
    pay(account=demand.account_id, on=NOV_1, amount="480.00")
    document = issue_receipt(demand=demand, actor=make_actor()).document
    pdf = render(document)
    make_association(name="Un autre nom")
    demand.lease.rent_terms.all()[0].delete()
    assert pdf.startswith(b"%PDF")
    assert render(Document.objects.get(pk=document.pk)) == pdf
    assert document.sha256 == hashlib.sha256(pdf).hexdigest()


def test_only_the_rental_manager_issues():
    demand = bill(make_let())
    pay(account=demand.account_id, on=NOV_1, amount="480.00")
    with pytest.raises(NotAllowed):
        issue_receipt(demand=demand, actor=make_actor(role=Role.SOCIAL_WORKER))


# ---------- a paper never says more than the term ----------


def paper_of(demand: RentDemand) -> tuple[str, ...]:
    """Kind, amount, and what the paper prints: household, aid, in all, left."""
    receipt = issue_receipt(demand=demand, actor=make_actor())
    assert receipt.document is not None
    data = receipt.document.data
    return (
        receipt.kind, str(receipt.amount), data["tenant_paid"], data["aid_paid"], data["received"], data["tenant_left"],
    )  # fmt: skip


def test_money_in_hand_and_aid_make_a_quittance_of_the_term():
    """300 in hand when 400 + 50 are billed, 200 of aid awaited: 250 of it pay the household's share."""
    lease = make_let(rent="400.00", charges="50.00")
    right = make_right(lease=lease, amount="200.00", start=date(2026, 2, 1))
    pay(account=tenant_accounts([lease.pk])[lease.pk], on=date(2026, 10, 20), amount="300.00")
    demand = bill(lease)
    with clock.travel(date(2026, 11, 26)):
        bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"), on=date(2026, 11, 25))
        assert paper_of(demand) == ("FULL", "450.00", "250.00", "200.00", "450.00", None)


@pytest.mark.parametrize(
    ("repaid", "expected"),
    [
        ("100.00", ("FULL", "499.00", "313.00", "186.00", "499.00", None)),
        ("60.00", ("PARTIAL", "459.00", "273.00", "186.00", "459.00", "40.00")),
    ],
)
def test_aid_that_was_taken_back_is_not_printed_as_received(repaid, expected):
    """499, aid of 286 received, of which 100 are taken back: the household owes them."""
    lease = make_let(rent="412.60", charges="86.40")
    right = make_right(lease=lease, amount="286.00", start=date(2026, 2, 1))
    demand = bill(lease)
    pay(account=demand.account_id, on=NOV_1, amount="213.00")
    with clock.travel(date(2026, 11, 26)):
        bring(right.payer, (right.beneficiary_number, "11/2026", "286,00"), on=date(2026, 11, 25))
        bring(right.payer, (right.beneficiary_number, "11/2026", "-100,00"), on=date(2026, 11, 26))
        pay(account=demand.account_id, on=date(2026, 11, 26), amount=repaid)
        assert paper_of(demand) == expected


def test_where_nothing_was_asked_there_is_no_recu_until_the_quittance():
    """450, all of it awaited as aid, of which 300 come first."""
    lease = make_let(rent="400.00", charges="50.00")
    right = make_right(lease=lease, amount="450.00", start=date(2026, 2, 1))
    pay(account=tenant_accounts([lease.pk])[lease.pk], on=date(2026, 10, 20), amount="150.00")
    demand = bill(lease)
    receive_aid(right, "300.00")
    with pytest.raises(InvalidInput, match="rien n’est demandé au ménage"):
        issue_receipt(demand=demand, actor=make_actor())
    receive_aid(right, "150.00")
    assert paper_of(demand) == ("FULL", "450.00", "0.00", "450.00", "450.00", None)


def test_a_shortfall_of_the_indemnity_is_not_the_term_s():
    """The contract ended on the 15th: 240 of term and 240 of indemnity, 300 of aid awaited (240 + 60), 270 come."""
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="300.00", start=date(2026, 2, 1))
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 11, 16)), "ENDED", "UNKNOWN"
    lease.save()
    bill(lease)
    term, indemnity = (RentDemand.objects.get(lease=lease, kind=kind) for kind in ("TERM", "INDEMNITY"))
    assert ((term.net, term.benefit), (indemnity.net, indemnity.benefit)) == ((0, 240), (180, 60))
    with clock.travel(date(2026, 11, 26)):
        bring(right.payer, (right.beneficiary_number, "11/2026", "270,00"), on=date(2026, 11, 25))
        assert (receipt_status(term).state.asked, receipt_status(indemnity).state.asked) == (0, 210)
        assert paper_of(term) == ("FULL", "240.00", "0.00", "240.00", "240.00", None)
        assert paper_of(indemnity) == ("PARTIAL", "30.00", "0.00", "30.00", "30.00", "210.00")


@pytest.mark.parametrize(
    ("lines", "paid", "term", "indemnity"),
    [
        # 200 of the term's 240 come: 40 and 60 lack. The household pays 70 of them.
        (["200,00"], "70.00", ("FULL", "240.00", None), ("PARTIAL", "30.00", "210.00")),
        # All 300 come, 80 are taken back: 60 from the indemnity, 20 from the term. 220 stay.
        (["300,00", "-80,00"], None, ("PARTIAL", "220.00", "20.00"), None),
    ],
)
def test_two_papers_of_a_month_never_say_more_than_came(lines, paid, term, indemnity):
    """The contract ended on the 15th: 240 of term and 240 of indemnity, 300 of aid awaited (240 + 60)."""
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="300.00", start=date(2026, 2, 1))
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 11, 16)), "ENDED", "UNKNOWN"
    lease.save()
    bill(lease)
    demands = [RentDemand.objects.get(lease=lease, kind=kind) for kind in ("TERM", "INDEMNITY")]
    with clock.travel(date(2026, 11, 26)):
        own = OpenItem.objects.filter(account=demands[0].account_id).values_list("posting_id", flat=True)
        hold_debt(posting_ids=list(own), kind="DISPUTE", reason="Demandé", actor=make_actor())
        for day, line in enumerate(lines, 25):
            bring(right.payer, (right.beneficiary_number, "11/2026", line), on=date(2026, 11, day))
        if paid:
            pay(account=demands[0].account_id, on=date(2026, 11, 26), amount=paid)
        for demand, expected in zip(demands, (term, indemnity), strict=True):
            state = receipt_status(demand).state
            if expected is None:
                assert state.received == 0
            else:
                kind, amount, *_, left = paper_of(demand)
                assert (kind, amount, left) == expected


def test_a_month_closed_as_stopped_and_left_in_it_gets_a_quittance_of_what_is_due():
    """400 + 50, aid of 200 stopped, 250 paid; left on the 15th: 225 are due."""
    lease = make_let(rent="400.00", charges="50.00")
    make_right(lease=lease, amount="200.00", start=date(2026, 2, 1))
    pay(account=bill(lease).account_id, on=NOV_1, amount="250.00")
    settle_benefit_month(lease_id=lease.pk, month=NOV, reason="Droit suspendu", actor=make_actor())
    end = period(date(2026, 1, 1), date(2026, 11, 16))
    lease.period, lease.state, lease.end_reason = end, "ENDED", "UNKNOWN"
    lease.save()
    lease.occupancies.update(period=end, main_period=end)
    correct_all(actor=make_actor())
    demand = RentDemand.objects.get(lease=lease, state="ISSUED")
    assert paper_of(demand) == ("FULL", "225.00", "225.00", None, "225.00", None)


@pytest.mark.django_db(transaction=True)
def test_two_people_ask_for_the_same_quittance_and_there_is_one():
    demand = bill(make_let(rent="400.00", charges="0"))
    pay(account=demand.account_id, on=NOV_1, amount="400.00")
    actors, barrier, found = [make_actor(), make_actor()], threading.Barrier(2), []

    def ask(actor: Actor) -> None:
        try:
            barrier.wait()
            found.append(issue_receipt(demand=demand, actor=actor).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert Receipt.objects.count() == 1
