"""Steps of a procedure: from the commandement to the truce, what is refused, each step taken back."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from common import clock
from common.errors import Asked, Conflict, InvalidInput
from leases.contracts.codes import ClauseDelay
from leases.models import Lease, LeaseParty
from office.confirmations.models import Confirmation
from office.models import Organisation, Task
from rent_ledger.arrears.codes import CcapexWhy, FreezeKind
from rent_ledger.arrears.queries.legal import weigh_account
from rent_ledger.arrears.services.freezes import note_step as note_freeze
from rent_ledger.arrears.services.freezes import undo_step as undo_freeze
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.social import request_help
from rent_ledger.books.codes import Lane, LaneWhy
from rent_ledger.models import ArrearsCase, HelpRequest, Procedure, ProcedureStep
from rent_ledger.procedures.codes import Item, NextWhy, StandWhy, StepKind, Track
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import facts_of
from rent_ledger.procedures.rules.standing import standing
from rent_ledger.procedures.services.clauses import choose_delay, forget_delay
from rent_ledger.procedures.services.steps import note_step, undo_step
from stock.models import Dwelling, HeadAgreement
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, opened_case, state

D, K = date, StepKind
ALL = tuple(item.value for item in Item)
SERVED = D(2026, 9, 10)  # six weeks: until 22 October
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 200.00, in a dwelling of an HLM body: article 24."""
    make_association()
    case = opened_case(months=(SEP, OCT, NOV), amount="200.00")
    Organisation.objects.filter(owned_agreements__leases=case.account.lease).update(
        body="HLM", is_person=False, is_family_company=False
    )
    return ArrearsCase.objects.select_related("account").get(pk=case.pk)


def note(case: ArrearsCase, kind: str, on: date, **more) -> ProcedureStep:
    return note_step(account=case.account, kind=kind, on=on, actor=make_actor(), **more)


def command(case: ArrearsCase, on: date = SERVED, **more) -> ProcedureStep:
    return note(case, K.COMMAND, on, items=ALL, amount=Decimal("200.00"), **more)


def stands(case: ArrearsCase, day: date = TODAY):
    params = procedure_params(day)
    return standing(facts_of(case.account, day=day, params=params).facts, params)


def refused(case: ArrearsCase, kind: str, on: date, **more) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        note(case, kind, on, **more)
    return caught.value.field, str(caught.value)


def test_from_the_commandement_to_the_hearing(case):
    first = command(case)
    assert command(case).pk == first.pk
    assert stands(case).where.code == StandWhy.COMMAND_OVER
    # Nobody seized the CCAPEX: the association is a legal person.
    assert refused(case, K.WRIT, TODAY, hearing_on=D(2027, 1, 28))[0] == "on"
    note(case, K.SEIZED, D(2026, 9, 3))
    field, text = refused(case, K.WRIT, D(2026, 11, 3), hearing_on=D(2027, 1, 28))
    assert field == "on"
    assert text.startswith("Assignation : premier jour possible le 04/11/2026.")
    assert "(loi n° 89-462, art. 24 II)" in text
    assert refused(case, K.WRIT, TODAY)[0] == "hearing_on"
    note(case, K.WRIT, D(2026, 11, 4), hearing_on=D(2027, 1, 28))
    assert [(n.kind, n.by_on) for n in stands(case).coming] == [(K.PREFECT, D(2026, 12, 17)), (None, None)]
    task = Task.objects.get(kind="PROC_STEP", state="TODO")
    assert task.due_on == D(2026, 12, 17)
    note(case, K.PREFECT, TODAY)
    task.refresh_from_db()
    assert task.state == "DONE"
    assert Procedure.objects.get().track == Track.LEASE


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        (K.COMMAND, {"items": ALL[:5], "amount": Decimal(200)}, "items"),
        (K.COMMAND, {"items": ALL}, "amount"),
        (K.COMMAND, {"items": ALL, "amount": Decimal(200), "on": TODAY + timedelta(days=1)}, "on"),
        # The contract began on 15 March 2024: a year that was mistyped would let all delays be over.
        (K.COMMAND, {"items": ALL, "amount": Decimal(200), "on": D(2024, 3, 14)}, "on"),
        (K.NOTICE, {}, "kind"),
        (K.WRIT, {"hearing_on": D(2027, 1, 28)}, "kind"),
        (K.CLOSED, {"why": "PAID"}, "kind"),
    ],
)
def test_what_opens_no_procedure(case, kind, more, field):
    on = more.pop("on", TODAY)
    assert refused(case, kind, on, **more)[0] == field
    assert not Procedure.objects.exists()


def test_the_delay_of_the_contract(case):
    lease = case.account.lease
    command(case)
    assert stands(case).where.code == StandWhy.COMMAND_OVER
    Lease.objects.filter(pk=lease.pk).update(signed_on=D(2023, 7, 28))
    assert stands(case).where.figures["until"] == D(2026, 11, 10)
    with pytest.raises(InvalidInput):
        choose_delay(lease=lease, delay=ClauseDelay.SIX_WEEKS, reason="  ", actor=make_actor())
    for _ in range(2):
        choose_delay(lease=lease, delay=ClauseDelay.SIX_WEEKS, reason="Renouvelé le 1er août 2025", actor=make_actor())
    assert stands(case).where.code == StandWhy.COMMAND_OVER
    for _ in range(2):
        forget_delay(lease=lease, actor=make_actor())
    assert stands(case).where.code == StandWhy.COMMAND_RUNS


def test_paid_whole_inside_the_delay_it_ends_there(case):
    command(case)
    # The term of September was due; that of October is not of this commandement.
    pay(account=case.account_id, on=D(2026, 10, 22), amount="200.00")
    assert stands(case).where.code == StandWhy.COMMAND_PAID
    assert stands(case).coming == ()
    note(case, K.CLOSED, TODAY, why="PAID")
    assert Procedure.objects.get().ended_on == TODAY


@pytest.mark.parametrize(("on", "amount"), [(D(2026, 10, 23), "200.00"), (D(2026, 10, 22), "199.99")])
def test_paid_too_late_or_in_part_it_goes_on(case, on, amount):
    command(case)
    pay(account=case.account_id, on=on, amount=amount)
    assert stands(case).where.code == StandWhy.COMMAND_OVER


def judged(case: ArrearsCase) -> None:
    """A judgment of March, as if all before had been noted then."""
    with clock.travel(D(2026, 3, 2)):
        procedure = Procedure.objects.create(account=case.account, track=Track.LEASE)
        for kind, on, more in (
            (K.COMMAND, D(2025, 9, 10), {"items": ALL, "amount": 200}),
            (K.WRIT, D(2025, 12, 1), {"hearing_on": D(2026, 3, 2)}),
            (K.TERMINATED, D(2026, 3, 2), {}),
        ):
            ProcedureStep.objects.create(procedure=procedure, kind=kind, on=on, **more)


def test_nobody_is_evicted_in_winter(case):
    judged(case)
    note(case, K.LEAVE, D(2026, 8, 3))
    assert "Préfet" in str(stands(case).coming[0].kind.label)
    note(case, K.LEAVE_PREFECT, D(2026, 8, 3))
    assert stands(case).where.figures == {"from_on": D(2027, 4, 1)}
    field, text = refused(case, K.EVICTED, TODAY)
    assert field == "on"
    assert "premier jour possible le 01/04/2027" in text
    assert "L. 412-6" in text
    # The procedure itself goes on in winter.
    note(case, K.FORCE, TODAY)
    with clock.travel(D(2027, 4, 1)):
        note(case, K.EVICTED, D(2027, 4, 1))
        assert stands(case, D(2027, 4, 1)).where.code == StandWhy.EVICTED


def test_overindebtedness_stops_enforcement_and_is_told(case):
    judged(case)
    person = case.account.lease.parties.get(role="HOLDER").person
    note_freeze(person=person, kind=FreezeKind.ADMISSIBLE, on=D(2026, 10, 20), actor=make_actor())
    assert [n.reason.code for n in stands(case).coming] == [NextWhy.STAYED]
    assert "Surendettement" in refused(case, K.LEAVE, TODAY)[1]
    note(case, K.STAYED, TODAY)
    assert stands(case).coming == ()


def test_while_the_social_service_has_it_one_says_why_and_it_is_told(case):
    request_help(case=case, actor=make_actor())
    assert stands(case).coming == ()
    with pytest.raises(Asked):
        command(case)
    assert not ProcedureStep.objects.exists()
    step = command(case, answers={"proc_q_social": "Prescription dans un mois"})
    kept = Confirmation.objects.get()
    assert (kept.about, kept.about_id, kept.reason) == ("procedure", step.pk, "Prescription dans un mois")
    assert HelpRequest.objects.filter(case=case, withdrawn_at=None).exists()
    # Who must be told of what is done already asks nothing.
    note(case, K.SEIZED, TODAY)


def test_each_step_is_taken_back_the_last_one_first(case):
    first, second = command(case), note(case, K.SEIZED, D(2026, 9, 15))
    third = note(case, K.CLOSED, TODAY, why="AGREED")
    with pytest.raises(Conflict, match="Une autre étape"):
        undo_step(step=second, actor=make_actor())
    for _ in range(2):
        undo_step(step=third, actor=make_actor())
    assert Procedure.objects.get().ended_on is None
    undo_step(step=second, actor=make_actor())
    undo_step(step=first, actor=make_actor())
    assert not Procedure.objects.exists()
    assert not Task.objects.filter(kind="PROC_STEP", state="TODO").exists()
    assert Procedure.pgh_event_model.objects.filter(pgh_label="delete").exists()


def test_an_end_is_not_taken_back_under_another_procedure(case):
    command(case)
    closed = note(case, K.CLOSED, TODAY, why="DROPPED")
    command(case, on=TODAY)
    with pytest.raises(Conflict, match="Une autre procédure"):
        undo_step(step=closed, actor=make_actor())


def test_a_sub_letting_from_another_conventioned_landlord_is_under_article_24(case):
    """CCH, art. L. 353-20."""
    Organisation.objects.update(body="SEM")
    HeadAgreement.objects.update(is_conventioned=True)
    assert {K.COMMAND, K.SEIZED} == {one.kind for one in stands(case).coming}
    assert weigh_account(account_id=case.account_id, day=TODAY).ccapex.reason.code == CcapexWhy.LEGAL_PERSON


def test_a_private_sub_letting_has_its_contract_and_the_judge(case):
    """Loi n° 89-462, art. 8, last paragraph: no article 24, so no CCAPEX."""
    Organisation.objects.update(body="")
    assert weigh_account(account_id=case.account_id, day=TODAY).ccapex.reason.code == CcapexWhy.NO_LEASE
    assert stands(case).coming[0].kind == K.NOTICE
    assert refused(case, K.COMMAND, TODAY, items=ALL, amount=Decimal(200))[0] == "kind"
    assert refused(case, K.NOTICE, D(2026, 10, 1))[0] == "until"
    note(case, K.NOTICE, D(2026, 10, 1), until=D(2026, 11, 3))
    assert refused(case, K.SEIZED, TODAY)[0] == "kind"
    note(case, K.WRIT, D(2026, 11, 4), hearing_on=D(2026, 12, 10))
    assert [n.kind for n in stands(case).coming] == [None]


def test_a_residence_says_which_condition_holds(case):
    """CCH, art. R. 633-3: three whole terms of 200.00; 50.00 on the first one, and the amount decides: 2 × 480.00."""
    Lease.objects.update(kind="OCCUPANCY")
    Dwelling.objects.update(stock_type="RESIDENCE")
    [notice] = stands(case).coming
    assert (notice.kind, notice.reason.code, notice.reason.figures["terms"]) == (K.NOTICE, NextWhy.NOTICE_WHOLE, 3)
    pay(account=case.account_id, on=SEP, amount="50.00")
    [notice] = stands(case).coming
    assert (notice.reason.code, notice.reason.figures) == (
        NextWhy.NOTICE_TOO_LITTLE, {"terms": 2, "wanted": 3, "owed": Decimal(550), "least": Decimal(960)}
    )  # fmt: skip
    # What was received is a fact, noted all the same.
    note(case, K.NOTICE, D(2026, 10, 1))


def test_an_occupation_agreement_has_none_of_it(case):
    Lease.objects.update(kind="OCCUPANCY")
    assert stands(case).coming == ()
    assert refused(case, K.NOTICE, TODAY) == (
        "kind", "Convention d’occupation : ni commandement, ni clause, ni CCAPEX ; le contrat et le juge"
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_same_step_from_two_places_is_one(case):
    both_at_once(partial(command, case), partial(command, case))
    assert ProcedureStep.objects.count() == Procedure.objects.count() == 1


def lane(case: ArrearsCase) -> tuple[str, str]:
    """The lane of the case and why, which the list, the counts, the exports and the API read; as a night finds it."""
    stands = [state(case.account_id)]
    refresh_lanes(account_ids=None, day=TODAY)
    stands.append(state(case.account_id))
    [found] = {(row.lane, row.why.code if row.why else "") for row in stands}
    return found


def test_a_case_is_before_the_judge_while_its_procedure_runs(case):
    # What is to report is told in any lane.
    ArrearsCase.objects.filter(pk=case.pk).update(reported_on=D(2026, 11, 2))
    refresh_lanes(account_ids=None, day=TODAY)
    before = lane(case)
    note(case, K.SEIZED, D(2026, 9, 3))
    assert lane(case) == before
    command(case)
    assert lane(case) == (Lane.LEGAL, LaneWhy.LEGAL_COMMAND)
    writ = note(case, K.WRIT, D(2026, 11, 4), hearing_on=D(2027, 1, 28))
    note(case, K.PREFECT, TODAY)
    assert lane(case) == (Lane.LEGAL, LaneWhy.LEGAL_WRIT)
    # Overindebtedness stops it, for what it freezes; the rent of November is asked as any other.
    person = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER").person
    freeze = note_freeze(person=person, kind=FreezeKind.ADMISSIBLE, on=D(2026, 10, 20), actor=make_actor())
    assert lane(case)[0] not in (Lane.LEGAL, Lane.NONE, Lane.HELD)
    undo_freeze(step=freeze, actor=make_actor())
    assert lane(case) == (Lane.LEGAL, LaneWhy.LEGAL_WRIT)
    undo_step(step=ProcedureStep.objects.get(kind=K.PREFECT), actor=make_actor())
    undo_step(step=writ, actor=make_actor())
    assert lane(case) == (Lane.LEGAL, LaneWhy.LEGAL_COMMAND)
    over = note(case, K.CLOSED, TODAY, why="AGREED")
    assert lane(case) == before
    undo_step(step=over, actor=make_actor())
    assert lane(case)[0] == Lane.LEGAL
    undo_step(step=ProcedureStep.objects.get(kind=K.COMMAND), actor=make_actor())
    undo_step(step=ProcedureStep.objects.get(kind=K.SEIZED), actor=make_actor())
    assert lane(case) == before
