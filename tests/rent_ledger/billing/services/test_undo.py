"""A run is undone whole or refused by name, also beside what others write at once."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connections, transaction

from common import clock
from common.errors import Conflict
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.jobs.codes import JobState
from office.jobs.services import resume_job
from office.jobs.worker import drain
from office.models import Job
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.services.corrections import correct_demand
from rent_ledger.billing.services.runs import launch_run, obstacles, undo_run
from rent_ledger.billing.services.sending import mark_sent
from rent_ledger.billing.services.settlement import settle_months
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Entry, OpenItem, RentDemand, RentRun
from tests.factories import make_actor, make_let, make_right
from tests.rent_ledger.billing.services.test_runs import DEC, NOV, _leave, pay, run_month

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("received", "in_the_way"),
    [("180.00", ["Aide versée en plus depuis le lancement, imputée sur cet avis"]), ("150.00", [])],
)
def test_a_surplus_of_aid_of_another_month_received_since_stands_in_the_way(received, in_the_way):
    lease = make_let(rent="400.00", charges="0")
    right = make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    run_month(NOV)
    account = RentDemand.objects.get(lease=lease).account_id
    pay(account, "250.00", date(2026, 11, 2))
    run = run_month(DEC)
    pair = (lease.pk, right.payer_id)
    aid, day = benefit_accounts([pair])[pair], date(2026, 11, 25)
    came = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal(received), Nature.BENEFIT, day, NOV.first)
    with clock.travel(day):
        post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "b", day, (came,))], actor=Actor.system())
        settle_months(pairs={(aid, NOV.first)}, on=day, actor=Actor.system())
    assert [o.what for o in obstacles(run)] == in_the_way


def test_a_surplus_of_aid_known_before_the_launch_is_no_obstacle():
    lease = make_let(rent="400.00", charges="0")
    right = make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    run_month(NOV)
    account = RentDemand.objects.get(lease=lease).account_id
    pay(account, "250.00", date(2026, 11, 2))
    pair = (lease.pk, right.payer_id)
    aid, day = benefit_accounts([pair])[pair], date(2026, 11, 25)
    came = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal("180.00"), Nature.BENEFIT, day, NOV.first)
    with clock.travel(day):
        post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "b", day, (came,))], actor=Actor.system())
        settle_months(pairs={(aid, NOV.first)}, on=day, actor=Actor.system())
        run = run_month(DEC)
    assert AccountState.objects.get(account_id=account).upcoming == Decimal("220.00")
    assert obstacles(run) == []


def test_a_dispute_stands_in_the_way_while_it_lasts():
    # Reading 5: refused where the demand is in a plan or a dispute, not where it was.
    lease = make_let(rent="400.00", charges="0", name="Mme Fatou Sarr")
    run = run_month(NOV)
    debts = list(OpenItem.objects.filter(account__lease=lease).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind="DISPUTE", reason="Montant contesté", actor=make_actor())
    assert [o.what for o in obstacles(run)] == ["Avis contesté"]
    with clock.travel(date(2026, 11, 20)):
        release_debt(posting_ids=debts, actor=make_actor())
        assert obstacles(run) == []


def _undo_refused_by_a_dispute() -> tuple[RentRun, list[int]]:
    """A run whose undo was launched, then refused: somebody disputed a demand before the job ran."""
    lease = make_let(rent="400.00", charges="0", name="Mme Fatou Sarr")
    run = run_month(NOV)
    undo_run(run=run, actor=make_actor())
    debts = list(OpenItem.objects.filter(account__lease=lease).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind="DISPUTE", reason="Montant contesté", actor=make_actor())
    drain()
    run.refresh_from_db()
    return run, debts


def test_what_comes_between_an_undo_and_its_job_leaves_the_run_done_and_its_month_free():
    run, debts = _undo_refused_by_a_dispute()
    assert run.state == RunState.DONE
    assert run.job is not None
    assert run.job.state == JobState.FAILED
    # The administrator and the direction read it.
    assert run.job.error == "Ce quittancement ne peut pas être annulé : sa page nomme ce qui l’empêche."
    with pytest.raises(Conflict, match="Mme Fatou Sarr : Avis contesté"):
        undo_run(run=run, actor=make_actor())
    make_let(name="M. Roy")
    assert run_month(NOV).state == RunState.DONE
    release_debt(posting_ids=debts, actor=make_actor())
    undo_run(run=run, actor=make_actor())
    drain()
    run.refresh_from_db()
    assert (run.state, run.demands.filter(state=DemandState.ISSUED).count()) == (RunState.UNDONE, 0)
    assert check_ledger() == []


def test_a_refused_undo_is_taken_up_again_once_and_refused_after_another_did_it():
    run, debts = _undo_refused_by_a_dispute()
    refused = run.job_id
    assert refused is not None
    resume_job(job_id=refused, actor=Actor.system())
    drain()
    assert Job.objects.get(pk=refused).error.startswith("Ce quittancement ne peut pas être annulé")
    release_debt(posting_ids=debts, actor=make_actor())
    resume_job(job_id=refused, actor=Actor.system())
    drain()
    run.refresh_from_db()
    assert (run.state, Job.objects.get(pk=refused).state) == (RunState.UNDONE, JobState.DONE)
    assert check_ledger() == []


def test_a_refused_undo_that_another_did_since_has_nothing_left_to_do():
    run, debts = _undo_refused_by_a_dispute()
    refused = run.job_id
    assert refused is not None
    release_debt(posting_ids=debts, actor=make_actor())
    undo_run(run=run, actor=make_actor())
    drain()
    resume_job(job_id=refused, actor=Actor.system())
    drain()
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert "il est déjà annulé" in Job.objects.get(pk=refused).error


def test_no_undo_begins_while_another_run_of_the_month_goes():
    make_let()
    run = run_month(NOV)
    make_let(name="M. Roy")
    launch_run(month=NOV, actor=make_actor())
    with pytest.raises(Conflict, match="Le quittancement de novembre.2026 est déjà en cours"):
        undo_run(run=run, actor=make_actor())


def test_a_sent_demand_stands_in_the_way():
    make_let(name="M. Roy")
    run = run_month(DEC)
    mark_sent(run=run, actor=make_actor())
    with pytest.raises(Conflict, match="M. Roy : Avis envoyé le 5\u00a0novembre\u00a02026"):
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


def _beside_an_undo(act: Callable[[], object]) -> Exception | None:
    """`act` has written and not committed when the worker undoes; what `act` raised."""
    written, go_on = threading.Event(), threading.Event()
    raised: list[Exception] = []

    def other() -> None:
        try:
            with transaction.atomic():
                act()
                written.set()
                go_on.wait(20)
        except Exception as error:
            raised.append(error)
        finally:
            written.set()
            connections.close_all()

    def work() -> None:
        try:
            drain()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=other), threading.Thread(target=work)]
    threads[0].start()
    written.wait(20)
    threads[1].start()
    # The worker ends here, or waits for what is written.
    threads[1].join(1)
    go_on.set()
    for thread in threads:
        thread.join(20)
    return raised[0] if raised else None


@pytest.mark.django_db(transaction=True)
def test_a_correction_that_is_being_written_when_an_undo_is_taken_up_is_undone_with_the_rest():
    run, debts = _undo_refused_by_a_dispute()
    release_debt(posting_ids=debts, actor=make_actor())
    demand = run.demands.get()
    _leave(demand.lease, date(2026, 11, 16))
    actor = make_actor()
    resume_job(job_id=run.job_id or 0, actor=Actor.system())
    assert _beside_an_undo(lambda: correct_demand(demand=demand, actor=actor)) is None
    run.refresh_from_db()
    assert (run.state, run.demands.filter(state=DemandState.ISSUED).count()) == (RunState.UNDONE, 0)
    assert run.demands.count() == 2
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_being_sent_or_paid_by_the_payer_while_an_undo_works_refuses_it():
    lease = make_let(rent="400.00", charges="0")
    right = make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    run = run_month(DEC)
    pair = (lease.pk, right.payer_id)
    aid = benefit_accounts([pair])[pair]
    line = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal("150.00"), Nature.BENEFIT, date(2026, 12, 25), DEC.first)
    entry = NewEntry(EntryKind.BENEFIT_RECEIVED, "b", date(2026, 12, 25), (line,))
    actor = make_actor()
    undo_run(run=run, actor=actor)
    assert _beside_an_undo(lambda: post(entries=[entry], actor=Actor.system())) is None
    run.refresh_from_db()
    assert run.state == RunState.DONE
    reverse(entry_ids=[Entry.objects.get(idempotency_key="b").pk], actor=actor)
    undo_run(run=run, actor=actor)
    assert _beside_an_undo(lambda: mark_sent(run=run, actor=actor)) is None
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert check_ledger() == []
