"""Reports to the payer: prepared with frozen facts, sent once, answered, each taken back; departures told."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from leases.contracts.services.ending import end_lease, undo_end
from leases.models import Lease, Person
from office.access.codes import Role
from office.documents.services import render
from office.models import Task
from office.tasks.services.checking import check_tasks
from rent_ledger.arrears.codes import ArrearsDuty, PayerRoute, ReportKind, SentBy
from rent_ledger.arrears.queries.reports import deadlines, departures_to_tell, open_reports, waiting
from rent_ledger.arrears.services.decisions import decide, record_report
from rent_ledger.arrears.services.report_proofs import add_proof, remove_proof
from rent_ledger.arrears.services.reports import (
    note_answer,
    note_sent,
    prepare_departure,
    prepare_report,
    prepare_reports,
    take_back_answer,
    take_back_sent,
    withdraw_report,
)
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.arrears.services.taking_back import undo_decision
from rent_ledger.books.codes import Action
from rent_ledger.models import ArrearsCase, CaseDecision, PayerReport
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, make_let, make_picture, make_right, owe, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, TODAY, opened_case, state

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def case() -> ArrearsCase:
    """Two terms of 213.00: 2 × the net month since 1 November, to report by 1 January."""
    make_association()
    return opened_case(months=(OCT, NOV))


def sent(report: PayerReport, on: date = TODAY) -> PayerReport:
    return note_sent(report=report, sent_on=on, sent_by=SentBy.PORTAL, actor=make_actor())


def tasks(kind: str, about: int) -> list[tuple[str, date, str]]:
    rows = Task.objects.filter(kind=kind, about_id=about).order_by("pk")
    return list(rows.values_list("state", "due_on", "why"))


# ---------- prepared ----------


def test_a_report_holds_the_facts_of_its_day(case: ArrearsCase) -> None:
    report = prepare_report(case=case, actor=make_actor())
    assert (report.since_on, report.due_on, report.drawn_on) == (NOV, date(2027, 1, 1), TODAY)
    assert report.facts["months"] == [{"month": "2026-10", "left": "213.00"}, {"month": "2026-11", "left": "213.00"}]
    assert (report.facts["total"], report.facts["threshold"]) == ("426.00", "426.00")
    assert report.facts["aid"]["amount"] == "267.00"
    pay(account=case.account_id, on=TODAY, amount="100.00")
    report.refresh_from_db()
    assert report.facts["total"] == "426.00"
    assert report.document is not None
    assert render(report.document).startswith(b"%PDF")


def test_the_same_facts_give_back_the_same_report(case: ArrearsCase) -> None:
    first = prepare_report(case=case, actor=make_actor())
    assert prepare_report(case=case, actor=make_actor()).pk == first.pk
    # What is owed has changed: the one that nobody sent makes place.
    pay(account=case.account_id, on=TODAY, amount="100.00")
    other = prepare_report(case=case, actor=make_actor())
    first.refresh_from_db()
    assert (other.facts["total"], other.pk == first.pk, first.withdrawn_at is not None) == ("326.00", False, True)
    # One that was sent stays, whatever is paid.
    sent(other)
    pay(account=case.account_id, on=TODAY, amount="50.00")
    assert prepare_report(case=case, actor=make_actor()).pk == other.pk


def test_the_database_keeps_what_was_told(case: ArrearsCase) -> None:
    report = prepare_report(case=case, actor=make_actor())
    for change in ({"facts": {}}, {"since_on": OCT}, {"due_on": None}, {"kind": "CCAPEX"}):
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
            PayerReport.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(IntegrityError, match="payer_report_once"), transaction.atomic():
        PayerReport.objects.create(
            kind=report.kind, lease_id=report.lease_id, case=case, payer=report.payer, since_on=NOV, drawn_on=TODAY,
            facts={},
        )  # fmt: skip


def test_all_reports_of_a_day_are_prepared_together(case: ArrearsCase) -> None:
    other, below = opened_case(months=(OCT, NOV)), opened_case(months=(NOV,))
    made = prepare_reports(cases=[case, other, below], actor=make_actor())
    assert {report.case_id for report in made.done} == {case.pk, other.pk}
    assert [(one.pk, "seuil légal" in why) for one, why in made.refused] == [(below.pk, True)]
    assert [(row.case, row.prepared) for row in deadlines(day=TODAY)] == [(report.case, report) for report in made.done]


def test_a_benefit_paid_to_the_household_is_not_ours_to_report(case: ArrearsCase) -> None:
    ArrearsCase.objects.filter(pk=case.pk).update(report_due_on=None)
    with pytest.raises(Conflict, match="qui la reçoit"):
        prepare_report(case=case, actor=make_actor())
    with pytest.raises(Conflict, match="CCAPEX"):
        prepare_report(case=case, kind=ReportKind.CCAPEX, actor=make_actor())


@pytest.mark.django_db(transaction=True)
def test_prepared_twice_at_once_there_is_one_report() -> None:
    make_association()
    case = opened_case(months=(OCT, NOV))
    actor = make_actor()
    found = both_at_once(*[partial(prepare_report, case=case, actor=actor)] * 2)
    assert len({report.pk for report in found}) == 1  # type: ignore[attr-defined]
    [report] = PayerReport.objects.all()
    # Sent twice at once, by two ways: one of them stands.
    works: list[Callable[[], object]] = [
        partial(note_sent, report=report, sent_on=TODAY, sent_by=way, actor=actor)
        for way in (SentBy.PORTAL, SentBy.LETTER)
    ]
    told = both_at_once(*works)
    assert sum(isinstance(one, Conflict) for one in told) == 1
    assert CaseDecision.objects.count() == 1


# ---------- sent, and taken back ----------


def test_a_report_that_was_sent_is_declared_and_asks_no_more(case: ArrearsCase) -> None:
    report = prepare_report(case=case, actor=make_actor())
    assert tasks(ArrearsDuty.REPORT, case.pk) == [("TODO", date(2027, 1, 1), "")]
    for wrong in (NOV - DAY, TODAY + DAY):
        with pytest.raises(InvalidInput, match="jour des faits"):
            sent(report, wrong)
    sent(report, NOV)
    case.refresh_from_db()
    assert (case.reported_on, state(case.account_id).action == Action.REPORT_PAYER) == (NOV, False)
    assert [state for state, *_ in tasks(ArrearsDuty.REPORT, case.pk)] == ["DONE"]
    assert sent(report, NOV).decision_id == CaseDecision.objects.get().pk
    with pytest.raises(Conflict, match="déjà noté"):
        sent(report, TODAY)
    with pytest.raises(Conflict, match="annulez d’abord l’envoi"):
        withdraw_report(report=report, actor=make_actor())
    assert list(check_tasks()) == []


@pytest.mark.parametrize("way", ["the report", "the decision"])
def test_a_sending_noted_by_mistake_is_taken_back(case: ArrearsCase, way: str) -> None:
    report = sent(prepare_report(case=case, actor=make_actor()))
    if way == "the report":
        # Whatever was decided since.
        decide(case=case, decision="REFUSE", reason="Vu", actor=make_actor())
        take_back_sent(report=report, actor=make_actor())
    else:
        undo_decision(decision=CaseDecision.objects.get(), actor=make_actor())
    report.refresh_from_db()
    case.refresh_from_db()
    assert (report.sent_on, report.sent_by, report.decision, case.reported_on) == (None, "", None, None)
    assert state(case.account_id).action == Action.REPORT_PAYER
    assert [state for state, *_ in tasks(ArrearsDuty.REPORT, case.pk)] == ["TODO"]
    assert take_back_sent(report=report, actor=make_actor()).sent_on is None
    withdraw_report(report=report, actor=make_actor())
    assert withdraw_report(report=report, actor=make_actor()).withdrawn_at is not None
    with pytest.raises(Conflict, match="écartée"):
        sent(report)


def test_a_day_that_was_noted_without_a_report_stands(case: ArrearsCase) -> None:
    """Noted before there were reports, or with a letter of before."""
    record_report(case=case, reported_on=NOV, actor=make_actor())
    report = sent(prepare_report(case=case, actor=make_actor()), TODAY)
    take_back_sent(report=report, actor=make_actor())
    case.refresh_from_db()
    assert case.reported_on == NOV


def test_a_report_is_late_after_its_day(case: ArrearsCase) -> None:
    report = prepare_report(case=case, actor=make_actor())
    with clock.travel(date(2027, 1, 2)):
        late = sent(report, date(2027, 1, 2))
        in_time = PayerReport(due_on=date(2027, 1, 1), sent_on=date(2027, 1, 1))
    assert (late.is_late, in_time.is_late) == (True, False)


# ---------- answered ----------


def test_the_clock_of_the_payer_runs_from_its_answer(case: ArrearsCase) -> None:
    report = prepare_report(case=case, actor=make_actor())
    plan = partial(note_answer, report=report, route=PayerRoute.PLAN, actor=make_actor())
    with pytest.raises(Conflict, match="jour de l’envoi"):
        plan(answered_on=TODAY)
    sent(report, TODAY)
    with pytest.raises(InvalidInput, match="entre l’envoi"):
        plan(answered_on=NOV)
    with pytest.raises(InvalidInput, match="jour de la suite"):
        plan(answered_on=TODAY, stage_on=TODAY + DAY)
    plan(answered_on=TODAY)
    assert [one.step.due_on for one in waiting(open_reports(), day=TODAY)] == [date(2027, 5, 5)]
    assert tasks(ArrearsDuty.PAYER_PLAN, report.pk) == [("TODO", date(2027, 5, 5), "")]
    with pytest.raises(Conflict, match="suite donnée"):
        take_back_sent(report=report, actor=make_actor())
    with pytest.raises(Conflict, match="page de la déclaration"):
        undo_decision(decision=CaseDecision.objects.get(), actor=make_actor())
    # Direct payment refused: two months instead of six.
    plan(answered_on=TODAY, refused_on=TODAY)
    assert [due for _, due, _ in tasks(ArrearsDuty.PAYER_PLAN, report.pk)] == [date(2027, 1, 5)]
    plan(answered_on=TODAY, plan_sent_on=TODAY)
    assert [state for state, *_ in tasks(ArrearsDuty.PAYER_PLAN, report.pk)] == ["DONE"]
    take_back_answer(report=report, actor=make_actor())
    assert take_back_answer(report=report, actor=make_actor()).route == ""
    assert take_back_sent(report=report, actor=make_actor()).sent_on is None


# ---------- proofs ----------


def test_a_proof_is_there_once_and_taken_back(case: ArrearsCase, own_media: None) -> None:
    report = prepare_report(case=case, actor=make_actor())
    picture = make_picture().getvalue()
    first = add_proof(report=report, file=_named(picture, "accusé.jpg"), actor=make_actor())
    assert add_proof(report=report, file=_named(picture, "encore.jpg"), actor=make_actor()).pk == first.pk
    with pytest.raises(InvalidInput, match="note.txt"):
        add_proof(report=report, file=_named(b"bonjour", "note.txt"), actor=make_actor())
    remove_proof(report=report, proof=first.uuid, actor=make_actor())
    remove_proof(report=report, proof=first.uuid, actor=make_actor())
    assert report.proofs.count() == 0


def _named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


# ---------- departures ----------


def leaves(last_day: date, *, direct: bool = True) -> Lease:
    make_association()
    lease = make_let(start=date(2024, 3, 15))
    right = make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    right.is_direct = direct
    right.save()
    end_lease(actor=make_actor(), lease=lease, last_day=last_day, reason="UNKNOWN")
    return lease


def test_a_departure_is_told_within_a_month_and_asks_no_more() -> None:
    lease = leaves(date(2026, 10, 31))
    assert [(one.lease_id, one.due_on) for one in departures_to_tell(None, day=TODAY)] == [
        (lease.pk, date(2026, 11, 30))
    ]
    assert tasks(ArrearsDuty.DEPARTURE, lease.pk) == [("TODO", date(2026, 11, 30), "")]
    report = prepare_departure(lease=lease, actor=make_actor())
    assert prepare_departure(lease=lease, actor=make_actor()).pk == report.pk
    assert report.document is not None
    assert render(report.document).startswith(b"%PDF")
    sent(report)
    assert departures_to_tell(None, day=TODAY) == []
    assert [state for state, *_ in tasks(ArrearsDuty.DEPARTURE, lease.pk)] == ["DONE"]
    with pytest.raises(Conflict, match="a une suite"):
        note_answer(report=report, route=PayerRoute.PLAN, answered_on=TODAY, actor=make_actor())
    take_back_sent(report=report, actor=make_actor())
    assert [state for state, *_ in tasks(ArrearsDuty.DEPARTURE, lease.pk)] == ["TODO"]


def test_a_departure_that_is_taken_back_asks_nothing() -> None:
    lease = leaves(date(2026, 10, 31))
    undo_end(actor=make_actor(), lease=lease)
    assert [state for state, *_ in tasks(ArrearsDuty.DEPARTURE, lease.pk)] == ["DROPPED"]
    assert departures_to_tell(None, day=TODAY) == []
    with pytest.raises(Conflict, match="occupe encore"):
        prepare_departure(lease=lease, actor=make_actor())


def test_a_departure_without_a_benefit_of_ours_is_nobodys_to_tell() -> None:
    lease = leaves(date(2026, 10, 31), direct=False)
    assert tasks(ArrearsDuty.DEPARTURE, lease.pk) == []
    with pytest.raises(Conflict, match="Aucune aide"):
        prepare_departure(lease=lease, actor=make_actor())


# ---------- what a report may say ----------


def test_a_report_holds_no_word_of_the_social_side(case: ArrearsCase) -> None:
    record_social_answer(
        case=case, contact_made=True, cause="JOB_LOSS", next_step="OVERDEBT", next_step_on=TODAY + DAY,
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    report = prepare_report(case=case, actor=make_actor())
    said = json.dumps([report.facts, report.document and report.document.data], ensure_ascii=False).lower()
    for word in ("emploi", "job_loss", "surendettement", "social", "cause", "alerte"):
        assert word not in said


def test_a_protected_address_is_in_no_report(case: ArrearsCase) -> None:
    street = case.account.lease.unit.dwelling.building.street  # type: ignore[union-attr]
    shown = prepare_report(case=case, actor=make_actor())
    assert shown.facts["home"][0].startswith(street)
    Person.objects.filter(memberships__household=case.account.household).update(is_address_protected=True)
    report = prepare_report(case=case, actor=make_actor())
    assert (report.facts["home"], report.pk == shown.pk) == ([], False)
    assert street not in json.dumps(report.document and report.document.data)


def test_the_total_is_what_counts_for_the_payer(case: ArrearsCase) -> None:
    """Parking is no housing expense."""
    assert case.account.lease is not None
    owe(lease=case.account.lease, due_on=NOV, amount="40.00", nature="PARKING")
    assert Decimal(prepare_report(case=case, actor=make_actor()).facts["total"]) == Decimal("426.00")
