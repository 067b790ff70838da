"""The rent run: whole, once, explained, undone."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections

from common.errors import Conflict, InvalidInput
from common.periods import Month, period
from office.actor import Actor
from office.jobs import drain
from office.models import Job
from rent_ledger.enums import DemandKind, DemandState, EntryKind, General, Nature, RunState
from rent_ledger.models import AccountState, LedgerMonth, OpenItem, RentDemand, RentRun
from rent_ledger.services.accounts import benefit_accounts
from rent_ledger.services.checking import check_ledger
from rent_ledger.services.corrections import correct_all, stale_demands
from rent_ledger.services.drafting import draft
from rent_ledger.services.posting import NewEntry, NewPosting, post
from rent_ledger.services.runs import launch_run, mark_sent, obstacles, undo_run
from tests.factories import make_actor, make_let, make_right

pytestmark = pytest.mark.django_db
NOV, DEC = Month(2026, 11), Month(2026, 12)


def run_month(month: Month) -> RentRun:
    run = launch_run(month=month, actor=make_actor())
    drain(run.job_id)
    run.refresh_from_db()
    return run


def pay(account: int, amount: str, on: date, key: str = "p") -> None:
    posting = NewPosting(General.CASH, account, Decimal(amount), Nature.PAYMENT, on)
    post(entries=[NewEntry(EntryKind.PAYMENT, key, on, (posting,))], actor=Actor.system())


def test_a_run_bills_rent_and_charges_less_the_benefit_that_is_awaited():
    lease = make_let(rent="412.60", charges="86.40")
    make_right(lease=lease, amount="286.00", start=date(2026, 2, 1))
    run = run_month(DEC)
    demand = RentDemand.objects.get(lease=lease)
    assert run.state == RunState.DONE
    assert (demand.gross, demand.benefit, demand.net) == (Decimal("499.00"), Decimal("286.00"), Decimal("213.00"))
    assert (demand.due_on, demand.month, demand.reference) == (date(2026, 12, 1), date(2026, 12, 1), "AVIS-2612-0001")
    state = AccountState.objects.get(account=demand.account)
    assert (state.upcoming, state.debt, state.aid_pending) == (Decimal("213.00"), Decimal("0.00"), Decimal("0.00"))
    aid = OpenItem.objects.get(account__kind="BENEFIT")
    assert (aid.remaining, aid.due_on) == (Decimal("286.00"), date(2026, 12, 25))
    assert check_ledger() == []


def test_the_same_month_again_has_nothing_to_bill():
    make_let()
    run_month(DEC)
    with pytest.raises(InvalidInput, match="Aucun avis à produire"):
        launch_run(month=DEC, actor=make_actor())
    assert RentDemand.objects.count() == 1


def test_a_lease_made_ready_later_is_billed_by_a_second_run_of_the_month():
    make_let()
    run_month(DEC)
    late = make_let()
    run_month(DEC)
    assert list(RentDemand.objects.filter(lease=late).values_list("number", flat=True)) == [2]


def test_the_month_of_entry_is_prorated_and_without_benefit():
    lease = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
    make_right(lease=lease, amount="200.00", start=date(2026, 11, 1))
    run_month(NOV)
    demand = RentDemand.objects.get(lease=lease)
    # 14 days of 30: 310 × 14/30 = 144.67, 31 × 14/30 = 14.47
    assert (demand.gross, demand.benefit, demand.due_on) == (Decimal("159.14"), Decimal("0.00"), date(2026, 11, 17))


def test_after_the_lease_ended_the_household_that_stays_owes_an_indemnity():
    lease = make_let(rent="300.00", charges="0", start=date(2026, 1, 1))
    lease.period = period(date(2026, 1, 1), date(2026, 11, 11))
    lease.state, lease.end_reason = "ENDED", "UNKNOWN"
    lease.save()
    run_month(NOV)
    billed = {d.kind: d.gross for d in RentDemand.objects.filter(lease=lease)}
    assert billed == {DemandKind.TERM: Decimal("100.00"), DemandKind.INDEMNITY: Decimal("200.00")}
    natures = set(OpenItem.objects.filter(account__lease=lease).values_list("nature", flat=True))
    assert natures == {Nature.RENT, Nature.INDEMNITY}


def test_what_is_not_ready_is_held_with_its_reason_and_cure():
    ready, waiting = make_let(), make_let()
    waiting.state = "DRAFT"
    waiting.save()
    drafts, blocked = draft(month=DEC)
    assert [d.lease_id for d in drafts] == [ready.pk]
    assert [(b.lease_id, b.reason) for b in blocked] == [(waiting.pk, "Préparation à terminer")]


def test_a_closed_month_is_not_billed():
    make_let()
    LedgerMonth.objects.create(month=DEC.first, closed_at="2027-01-10T09:00:00Z")
    with pytest.raises(Conflict, match="clôturé"):
        launch_run(month=DEC, actor=make_actor())


def test_credit_waits_for_the_next_term_and_pays_it():
    lease = make_let(rent="400.00", charges="0")
    run_month(NOV)
    account = RentDemand.objects.get(lease=lease).account_id
    pay(account, "500.00", date(2026, 11, 2))
    run_month(DEC)
    assert AccountState.objects.get(account_id=account).upcoming == Decimal("300.00")


def test_an_undone_run_leaves_the_books_as_if_it_had_not_been_and_bills_again():
    lease = make_let(rent="400.00", charges="0")
    make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    run_month(NOV)
    account = RentDemand.objects.get(lease=lease).account_id
    pay(account, "300.00", date(2026, 11, 2))
    before = AccountState.objects.filter(account_id=account).values("credit", "upcoming", "debt", "aid_pending").get()
    assert before["credit"] == Decimal("50.00")
    run = run_month(DEC)
    undo = undo_run(run=run, actor=make_actor())
    drain(undo.job_id)
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    after = AccountState.objects.filter(account_id=account).values("credit", "upcoming", "debt", "aid_pending").get()
    assert after == before
    assert check_ledger() == []
    run_month(DEC)
    states = list(RentDemand.objects.filter(lease=lease, month=DEC.first).order_by("id").values_list("state", "number"))
    assert states == [(DemandState.CANCELLED, 1), (DemandState.ISSUED, 2)]
    assert AccountState.objects.get(account_id=account).upcoming == Decimal("200.00")
    assert check_ledger() == []


def test_money_received_after_the_launch_stands_in_the_way_by_name():
    lease = make_let(rent="400.00", charges="0", name="Mme Fatou Sarr")
    run = run_month(DEC)
    pay(RentDemand.objects.get(lease=lease).account_id, "10.00", date(2026, 11, 5))
    assert [(o.household_name, o.what) for o in obstacles(run)] == [
        ("Mme Fatou Sarr", "Paiement reçu depuis le lancement, imputé sur cet avis")
    ]
    with pytest.raises(Conflict, match="Mme Fatou Sarr"):
        undo_run(run=run, actor=make_actor())
    assert RentRun.objects.get(pk=run.pk).state == RunState.DONE


def test_a_sent_demand_stands_in_the_way():
    make_let(name="M. Roy")
    run = run_month(DEC)
    mark_sent(run=run, actor=make_actor())
    with pytest.raises(Conflict, match="M. Roy : Avis envoyé le 05/11/2026"):
        undo_run(run=run, actor=make_actor())


def test_a_benefit_received_for_the_month_stands_in_the_way():
    lease = make_let(rent="400.00", charges="0")
    right = make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    run = run_month(DEC)
    pair = (lease.pk, right.payer_id)
    aid = benefit_accounts([pair])[pair]
    posting = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal("150.00"), Nature.BENEFIT, date(2026, 12, 25), DEC.first)
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "b", date(2026, 12, 25), (posting,))], actor=Actor.system())
    assert [o.what for o in obstacles(run)] == ["Aide du mois déjà reçue ou soldée"]


@pytest.mark.django_db(transaction=True)
def test_two_people_launch_the_same_run_one_wins_the_other_is_told():
    make_let()
    actors = [make_actor(), make_actor()]
    barrier, outcomes = threading.Barrier(2), []

    def launch(actor: Actor) -> None:
        try:
            barrier.wait()
            outcomes.append(launch_run(month=DEC, actor=actor))
        except Conflict as refused:
            outcomes.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=launch, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [o for o in outcomes if isinstance(o, Conflict)]
    assert len(refused) == 1
    assert "déjà en cours" in refused[0].message
    drain()
    assert RentDemand.objects.count() == 1
    assert Job.objects.count() == 1
    assert check_ledger() == []


@pytest.mark.parametrize("leases", [3, 12])
def test_a_chunk_costs_a_constant_number_of_queries(leases, django_assert_max_num_queries):
    for _ in range(leases):
        make_right(lease=make_let(), start=date(2026, 2, 1))
    run = launch_run(month=DEC, actor=make_actor())
    with django_assert_max_num_queries(75):
        drain(run.job_id)
    assert connection.vendor == "postgresql"
    assert RentDemand.objects.count() == leases


def test_an_end_inside_a_billed_month_is_corrected_never_billed_twice():
    lease = make_let(rent="300.00", charges="0")
    run_month(NOV)
    pay(RentDemand.objects.get(lease=lease).account_id, "300.00", date(2026, 11, 2))
    lease.period = period(date(2026, 1, 1), date(2026, 11, 11))
    lease.state, lease.end_reason = "ENDED", "UNKNOWN"
    lease.save()
    drafts, blocked = draft(month=NOV)
    assert (drafts, [b.reason for b in blocked]) == ([], ["Un avis de ce mois va au-delà de la fin du bail"])
    assert [s.lease_id for s in stale_demands()] == [lease.pk]
    assert correct_all(actor=make_actor()) == 1
    issued = RentDemand.objects.filter(lease=lease, state=DemandState.ISSUED)
    assert {d.kind: d.gross for d in issued} == {"TERM": Decimal("100.00"), "INDEMNITY": Decimal("200.00")}
    assert stale_demands() == []
    state = AccountState.objects.get(account__lease=lease)
    assert (state.debt, state.credit) == (Decimal("0.00"), Decimal("0.00"))
    assert check_ledger() == []


def test_who_left_gets_back_what_was_billed_beyond_as_credit():
    lease = make_let(rent="300.00", charges="0", end=date(2026, 11, 30))
    run_month(NOV)
    pay(RentDemand.objects.get(lease=lease).account_id, "300.00", date(2026, 11, 2))
    end = date(2026, 11, 16)
    lease.period = period(date(2026, 1, 1), end)
    lease.save()
    lease.occupancies.update(period=period(date(2026, 1, 1), end), main_period=period(date(2026, 1, 1), end))
    correct_all(actor=make_actor())
    state = AccountState.objects.get(account__lease=lease)
    assert (state.debt, state.credit) == (Decimal("0.00"), Decimal("150.00"))
    assert check_ledger() == []
