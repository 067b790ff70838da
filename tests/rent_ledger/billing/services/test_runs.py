"""The rent run: whole, once, explained, taken up again."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import Month, period
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease, record_notice
from leases.models import Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.codes import ChunkState, JobState
from office.jobs.services import resume_job
from office.jobs.worker import drain, may_resume
from office.models import Job, JobChunk, RoleGrant
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.services.corrections import correct_all, stale_demands
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.runs import launch_run, produce, resume_run, undo_run
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, Entry, LedgerMonth, OpenItem, RentDemand, RentRun
from stock.models import HeadAgreement
from tests.factories import ANYWAY, make_actor, make_let, make_right, make_user

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


def let_since_2024(**facts) -> Lease:
    """620 + 62 a month, 200 of it paid by the CAF."""
    lease = make_let(rent="620.00", charges="62.00", start=date(2024, 1, 1), **facts)
    make_right(lease=lease, amount="200.00", start=date(2024, 2, 1))
    return lease


# Exactness, cases 19 and 19b. 12 December: 620 × 12/31 = 240, 62 × 12/31 = 24, no aid for the month of exit.
@pytest.mark.parametrize(
    ("last_day", "billed"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 12), [("TERM", Decimal("264.00"), Decimal("0.00"))]),
        (date(2026, 12, 31), [("TERM", Decimal("682.00"), Decimal("200.00"))]),
    ],
)
@pytest.mark.clock("2026-11-26")
def test_nothing_is_billed_beyond_a_notice(last_day, billed):
    lease = let_since_2024()
    other = make_let()
    record_notice(
        actor=make_actor(), lease=lease, received_on=date(2026, 11, 2), last_day=last_day, short_reason="Accord"
    )
    run_month(DEC)
    assert list(RentDemand.objects.filter(lease=lease).values_list("kind", "gross", "benefit")) == billed
    assert RentDemand.objects.filter(lease=other).exists()


# The same without a notice: 19 and 19b of a contract with a term. It is the term that has not come on 26 November.
@pytest.mark.parametrize(
    ("last_day", "billed", "held"),
    [
        (date(2026, 11, 30), [], ["Le contrat finit le 30\u00a0novembre\u00a02026"]),
        (date(2026, 12, 12), [("TERM", Decimal("264.00"))], []),
        (date(2026, 12, 31), [("TERM", Decimal("682.00"))], []),
    ],
)
@pytest.mark.clock("2026-11-26")
def test_nothing_is_billed_beyond_a_term_that_has_not_come(last_day, billed, held):
    lease = let_since_2024()
    lease.period = period(date(2024, 1, 1), last_day + timedelta(days=1))
    lease.save()
    drafts, blocked = draft(month=DEC)
    assert [(d.part.kind, d.part.total) for d in drafts] == billed
    assert [b.reason.text() for b in blocked if b.lease_id == lease.pk] == held


@pytest.mark.clock("2026-12-02")
def test_who_stays_beyond_a_term_that_has_come_owes_an_indemnity():
    lease = let_since_2024()
    lease.period = period(date(2024, 1, 1), date(2026, 12, 1))
    lease.save()
    assert [(d.part.kind, d.part.total) for d in draft(month=DEC)[0]] == [("INDEMNITY", Decimal("682.00"))]


@pytest.mark.clock("2026-12-02")
def test_who_stays_beyond_a_notice_owes_an_indemnity_once_that_is_said():
    lease = let_since_2024()
    record_notice(actor=make_actor(), lease=lease, received_on=date(2026, 10, 2), last_day=date(2026, 11, 30))
    assert draft(month=DEC) == ([], [])
    end_lease(
        actor=make_actor(), lease=lease, last_day=date(2026, 11, 30), reason="UNKNOWN", still_occupied=True
    )  # fmt: skip
    run_month(DEC)
    assert list(RentDemand.objects.filter(lease=lease).values_list("kind", "gross", "benefit")) == [
        ("INDEMNITY", Decimal("682.00"), Decimal("200.00"))
    ]


@pytest.mark.parametrize(("reason", "aid"), [("DEATH", "200.00"), ("UNKNOWN", "0.00")])
@pytest.mark.clock("2026-11-16")
def test_a_death_keeps_the_benefit_of_its_month(reason, aid):
    # CCH R. 823-12 al. 2; 15 days of 30: 310 + 31.
    lease = let_since_2024()
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 15), reason=reason)
    run_month(NOV)
    demand = RentDemand.objects.get(lease=lease)
    assert (demand.gross, demand.benefit) == (Decimal("341.00"), Decimal(aid))
    assert draft(month=DEC) == ([], [])


def test_a_head_agreement_that_ended_is_named_by_its_last_day():
    lease = make_let()
    lease.agreement.period = period(date(2020, 1, 1), date(2026, 12, 1))
    lease.agreement.save()
    drafts, blocked = draft(month=DEC)
    assert (drafts, [b.reason.text() for b in blocked]) == ([], ["Convention terminée le 30\u00a0novembre\u00a02026"])


def test_what_is_not_ready_is_held_with_its_reason_and_cure():
    ready, waiting = make_let(), make_let(state="DRAFT")
    drafts, blocked = draft(month=DEC)
    assert [d.lease_id for d in drafts] == [ready.pk]
    assert [(b.lease_id, b.reason.text()) for b in blocked] == [(waiting.pk, "Préparation à terminer")]


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


def test_who_may_no_more_bill_takes_up_no_run():
    lease = make_let()
    run = run_month(NOV)
    author = make_user()
    undo_run(run=run, actor=Actor.of(author))
    debts = list(OpenItem.objects.filter(account__lease=lease).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind="DISPUTE", reason="Montant contesté", actor=make_actor())
    drain()
    run.refresh_from_db()
    assert run.job is not None
    assert may_resume(run.job, Actor.of(author))
    RoleGrant.objects.filter(user=author).update(role=Role.TECHNICIAN)
    with pytest.raises(NotAllowed):
        resume_job(job_id=run.job.pk, actor=Actor.of(author))
    assert may_resume(run.job, make_actor(role=Role.ADMINISTRATOR))


def _stopped(*, half_way: bool = False) -> tuple[RentRun, Actor]:
    """A run of November whose job failed, before its first demand or after the first of two chunks; its author."""
    author = make_user()
    run = launch_run(month=NOV, actor=Actor.of(author))
    job = run.job
    assert job is not None
    if half_way:
        [chunk] = job.chunks.all()
        first, *rest = chunk.payload["leases"]
        produce(run=run, lease_ids=[first], actor=Actor.of(author))
        JobChunk.objects.filter(pk=chunk.pk).update(payload={"leases": rest}, size=len(rest))
        JobChunk.objects.create(job=job, rank=2, payload={"leases": [first]}, size=1, state=ChunkState.DONE)
    job.chunks.filter(state=ChunkState.OPEN).update(state=ChunkState.FAILED, attempts=3, error="Panne")
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="Panne", ended_at=clock.now())
    run.refresh_from_db()
    return run, Actor.of(author)


def test_another_manager_takes_up_a_run_that_stopped():
    leases = [make_let() for _ in range(3)]
    run, author = _stopped(half_way=True)
    colleague = make_actor()
    assert run.has_stopped
    with pytest.raises(Conflict, match="s’est arrêté. Reprenez-le sur sa page"):
        launch_run(month=NOV, actor=colleague)
    taken = resume_run(run=run, actor=colleague)
    assert (taken.has_stopped, taken.author_id) == (False, author.user_id)
    drain()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    # One demand of each, none twice.
    assert sorted(run.demands.values_list("lease_id", flat=True)) == sorted(lease.pk for lease in leases)
    late = make_let()
    assert [d.lease for d in run_month(NOV).demands.all()] == [late]


def test_who_takes_up_a_run_answers_for_it():
    make_let()
    run, author = _stopped()
    colleague = make_actor()
    assert run.job is not None
    assert not may_resume(run.job, colleague)
    run = resume_run(run=run, actor=colleague)
    assert run.job is not None
    assert (may_resume(run.job, colleague), may_resume(run.job, author)) == (True, False)
    drain()
    assert Entry.objects.get(kind=EntryKind.DEMAND).author_id == colleague.user_id


@pytest.mark.parametrize("state", ["goes", "is done", "is undone"])
def test_only_a_run_that_stopped_is_taken_up(state):
    make_let()
    run = launch_run(month=NOV, actor=make_actor())
    if state != "goes":
        drain()
    if state == "is undone":
        run.refresh_from_db()
        undo_run(run=run, actor=make_actor())
        drain()
    authors = dict(Job.objects.values_list("id", "author_id"))
    with pytest.raises(Conflict, match="il n’y a rien à reprendre"):
        resume_run(run=run, actor=make_actor())
    assert dict(Job.objects.values_list("id", "author_id")) == authors


def test_a_run_and_its_job_are_written_together():
    """No job: no run that would hold its month."""
    make_let()
    lost = make_actor()
    Job.objects.create(kind="other", key=f"rent_run:{_next_run_id()}", title="x", ended_at=None)
    with pytest.raises(Conflict, match="porte déjà cette clé"):
        launch_run(month=NOV, actor=lost)
    assert RentRun.objects.count() == 0
    assert launch_run(month=NOV, actor=lost).state == RunState.RUNNING


def _next_run_id() -> int:
    run = RentRun.objects.create(month=date(2020, 1, 1))
    last = run.pk
    run.delete()
    return last + 1


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
    with django_assert_max_num_queries(80):
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
    assert (drafts, [b.reason.text() for b in blocked]) == ([], ["Un avis de ce mois va au-delà de la fin du bail"])
    assert [s.lease_id for s in stale_demands()] == [lease.pk]
    assert correct_all(actor=make_actor()) == 1
    issued = RentDemand.objects.filter(lease=lease, state=DemandState.ISSUED)
    assert {d.kind: d.gross for d in issued} == {"TERM": Decimal("100.00"), "INDEMNITY": Decimal("200.00")}
    assert stale_demands() == []
    state = AccountState.objects.get(account__lease=lease)
    assert (state.debt, state.credit) == (Decimal("0.00"), Decimal("0.00"))
    assert check_ledger() == []


def _leave(lease, end):
    """The contract and the stay end on `end`, the first day that is not theirs any more."""
    lease.period = period(date(2026, 1, 1), end)
    lease.save()
    lease.occupancies.update(period=period(date(2026, 1, 1), end), main_period=period(date(2026, 1, 1), end))


def test_a_demand_that_no_other_would_replace_is_not_cancelled_and_the_others_are_corrected():
    """15 of the 30 days of November stay due: cancelled without a new avis, 150.00 would be lost."""
    held, other = make_let(rent="300.00", charges="0"), make_let(rent="300.00", charges="0")
    run_month(NOV)
    for lease in (held, other):
        _leave(lease, date(2026, 11, 16))
    # Told late: the agreement with the owner had ended before the month.
    HeadAgreement.objects.filter(pk=held.agreement_id).update(period=period(date(2026, 1, 1), date(2026, 11, 1)))
    with pytest.raises(
        Conflict, match=r"remplacerait\. Convention terminée le 31.octobre.2026. Prolongez la convention"
    ):
        correct_all(actor=make_actor())
    asked = {d.lease_id: d.gross for d in RentDemand.objects.filter(state=DemandState.ISSUED)}
    assert asked == {held.pk: Decimal("300.00"), other.pk: Decimal("150.00")}
    assert [s.lease_id for s in stale_demands()] == [held.pk]
    HeadAgreement.objects.filter(pk=held.agreement_id).update(period=period(date(2026, 1, 1), None))
    assert correct_all(actor=make_actor()) == 1
    assert check_ledger() == []


def test_who_left_gets_back_what_was_billed_beyond_as_credit():
    lease = make_let(rent="300.00", charges="0", end=date(2026, 11, 30))
    run_month(NOV)
    pay(RentDemand.objects.get(lease=lease).account_id, "300.00", date(2026, 11, 2))
    _leave(lease, date(2026, 11, 16))
    correct_all(actor=make_actor())
    state = AccountState.objects.get(account__lease=lease)
    assert (state.debt, state.credit) == (Decimal("0.00"), Decimal("150.00"))
    assert check_ledger() == []


def test_a_month_later_than_the_next_is_asked_about():
    make_let()
    with pytest.raises(Conflict) as refusal:
        launch_run(month=Month(2027, 1), actor=make_actor())
    assert refusal.value.code == "early_month"
    assert not RentRun.objects.exists()
    assert launch_run(month=Month(2027, 1), actor=make_actor(), answers=ANYWAY).state == "RUNNING"


@pytest.mark.parametrize("month", [Month(2026, 10), Month(2026, 11), Month(2026, 12)])
def test_the_next_month_and_those_before_are_not_asked_about(month):
    make_let()
    assert launch_run(month=month, actor=make_actor()).state == "RUNNING"
