"""A plan: prepared, signed, paid, missed, broken, kept; and each gesture of it taken back."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput
from office.messages.gate import ask_gates
from office.models import Message
from rent_ledger.arrears.codes import LaneTrace
from rent_ledger.arrears.queries.arrears import explain_proposals, held_debts
from rent_ledger.arrears.queries.plan_standing import judged_plans
from rent_ledger.arrears.queries.plans import shown_plan
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.plan_judging import judge_plans
from rent_ledger.arrears.services.plan_paper import plan_document
from rent_ledger.arrears.services.plans import (
    STILL_LATE,
    discard_plan,
    end_plan,
    propose_plan,
    resume_plan,
    resume_refusal,
    sign_plan,
    undo_signature,
)
from rent_ledger.arrears.services.social import open_requests, record_social_answer
from rent_ledger.books.queries.plans import plans_without_object
from rent_ledger.books.services.posting import reverse
from rent_ledger.books.services.projections import roll
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import (
    Allocation,
    ArrearsCase,
    DebtHold,
    OpenItem,
    PlanDebt,
    PlanInstalment,
    Posting,
    RepaymentPlan,
)
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, owe, pay
from tests.rent_ledger.arrears.services.test_arrears import (
    NOV,
    OCT,
    SEP,
    SYSTEM,
    TODAY,
    detect,
    opened_case,
    plain,
    state,
)

D = Decimal
pytestmark = pytest.mark.django_db
DEC, JAN = date(2026, 12, 5), date(2027, 1, 5)


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 200.00: 600.00."""
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


def draft(case: ArrearsCase, *, months: int = 6, first_on: date = DEC) -> RepaymentPlan:
    return propose_plan(case=case, months=months, first_on=first_on, actor=make_actor())


def signed(case: ArrearsCase, *, months: int = 6, first_on: date = DEC) -> RepaymentPlan:
    """Signed today."""
    return sign_plan(plan=draft(case, months=months, first_on=first_on), signed_on=TODAY, actor=make_actor())


def left(case: ArrearsCase) -> Decimal:
    return sum(
        OpenItem.objects.filter(account=case.account_id, is_debit=True).values_list("remaining", flat=True), D(0)
    )


def test_a_draft_changes_nothing_and_is_replaced_or_discarded(case):
    plan = draft(case)
    assert [str(i.amount) for i in plan.instalments.all()] == ["100.00"] * 6
    assert state(case.account_id).arrears == D("600.00")
    assert draft(case).pk == plan.pk
    other = draft(case, months=12)
    assert [p.pk for p in RepaymentPlan.objects.all()] == [other.pk]
    discard_plan(plan=other, actor=make_actor())
    discard_plan(plan=other, actor=make_actor())
    assert not RepaymentPlan.objects.exists()


@pytest.mark.parametrize(
    ("months", "first_on", "field"),
    [(0, DEC, "months"), (37, DEC, "months"), (6, TODAY - timedelta(days=1), "first_on"),
     (6, date(2027, 2, 6), "first_on")],
)  # fmt: skip
def test_a_plan_beyond_all_sense_is_refused(case, months, first_on, field):
    with pytest.raises(InvalidInput) as refusal:
        draft(case, months=months, first_on=first_on)
    assert refusal.value.field == field


def test_a_plan_may_cover_named_terms(case):
    oldest = OpenItem.objects.filter(account=case.account_id).order_by("due_on").first()
    plan = propose_plan(case=case, months=2, first_on=DEC, posting_ids=[oldest.posting_id], actor=make_actor())
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    # What it leaves out is owed as before, and breaks it not.
    assert (state(case.account_id).held, state(case.account_id).arrears) == (D("200.00"), D("400.00"))
    assert judge_plans(day=TODAY, account_ids=None) == []
    assert plan.debts.get().posting_id == oldest.posting_id


def test_a_signed_plan_holds_its_debts_and_signing_twice_changes_nothing(case):
    plan = signed(case)
    found = state(case.account_id)
    assert (found.whole_debt, found.held, found.arrears, found.lane) == (D("600.00"), D("600.00"), D(0), "PLAN")
    # Its first instalment is to come.
    assert (found.debt, found.spread) == (D(0), D("600.00"))
    assert sign_plan(plan=plan, signed_on=TODAY, actor=make_actor()).pk == plan.pk
    with pytest.raises(Conflict, match="déjà signé"):
        sign_plan(plan=plan, signed_on=TODAY - timedelta(days=1), actor=make_actor())
    assert DebtHold.objects.count() == 3
    with pytest.raises(Conflict, match="mettez fin au plan"):
        release_debt(posting_ids=list(plan.debts.values_list("posting_id", flat=True)), actor=make_actor())


def test_what_was_paid_or_disputed_since_is_prepared_again(case):
    plan = draft(case)
    pay(account=case.account_id, on=TODAY, amount="50.00")
    with pytest.raises(Conflict, match="a changé"):
        sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    plan = draft(case)
    hold_debt(posting_ids=[plan.debts.first().posting_id], kind="DISPUTE", reason="Contestée", actor=make_actor())
    with pytest.raises(Conflict, match="a changé"):
        sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    assert not DebtHold.objects.filter(kind="PLAN").exists()


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), date(2026, 10, 4)])
def test_a_signature_is_of_the_last_month(case, on):
    with pytest.raises(InvalidInput, match="La signature est du"):
        sign_plan(plan=draft(case), signed_on=on, actor=make_actor())


def test_money_pays_the_term_then_the_instalment_and_the_rest_waits(case):
    plan = signed(case)
    with clock.travel(DEC):
        owe(lease=case.account.lease, due_on=DEC, amount="213.00")
        pay(account=case.account_id, on=DEC, amount="400.00")
        by_rule = dict(Allocation.objects.values_list("rule", "amount"))
        assert by_rule == {"OLDEST": D("213.00"), "PLAN": D("100.00")}
        assert state(case.account_id).credit == D("87.00")
        assert broken_states(day=DEC) == []
        detect(DEC)
    # On the 1st, what waited pays the instalment of January.
    with clock.travel(date(2027, 1, 1)):
        roll()
        assert state(case.account_id).credit == D(0)
        assert left(case) == D("413.00")
        detect(date(2027, 1, 1))
    assert RepaymentPlan.objects.get(pk=plan.pk).is_running


def test_what_stands_again_beyond_the_plan_is_paid_first_and_once(case):
    """A payment of before the signature comes back: 120.00 of what the plan covers for 480.00."""
    before = pay(account=case.account_id, on=TODAY, amount="120.00")
    plan = signed(case, months=2)
    back = date(2026, 11, 20)
    with clock.travel(back):
        reverse(entry_ids=[before], actor=SYSTEM, effective_on=back, kind="RETURN")
        pay(account=case.account_id, on=back, amount="130.00")
        assert (left(case), state(case.account_id).credit) == (D("480.00"), D("10.00"))
    with clock.travel(DEC):
        # The ten that waited lie on the first instalment since the 1st, and what comes pays it to its end.
        roll()
        pay(account=case.account_id, on=DEC, amount="240.00")
        assert (left(case), state(case.account_id).credit) == (D("240.00"), D("10.00"))
        detect(DEC)
        plan.refresh_from_db()
        assert plan.is_running


def test_nothing_leaves_while_a_plan_runs(case):
    oldest = OpenItem.objects.filter(account=case.account_id).order_by("due_on").first()
    plan = propose_plan(case=case, months=2, first_on=DEC, posting_ids=[oldest.posting_id], actor=make_actor())
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    decide(case=case, decision="CHANGE", action="COURTESY", reason="Terme courant", actor=make_actor())
    message = Message.objects.get(about_id=case.pk)
    assert "Un plan d’apurement court" in ask_gates([message])[message.pk].why
    end_plan(plan=plan, reason="Autre accord", actor=make_actor())
    assert "a changé" in ask_gates([message])[message.pk].why


def test_a_plan_that_is_paid_is_kept_and_one_whose_payment_comes_back_runs_again(case):
    plan = signed(case, months=1)
    with clock.travel(DEC):
        entry = pay(account=case.account_id, on=DEC, amount="600.00")
        detect(DEC)
        plan.refresh_from_db()
        assert (plan.end, plan.ended_on) == ("KEPT", DEC)
        assert ArrearsCase.objects.get(pk=case.pk).closed_on == DEC
    back = date(2026, 12, 8)
    with clock.travel(back):
        reverse(entry_ids=[entry], actor=SYSTEM, effective_on=back, kind="RETURN")
        detect(back)
        plan.refresh_from_db()
        assert plan.is_running
        assert state(case.account_id).held == D("600.00")
    with clock.travel(date(2026, 12, 11)):
        detect(date(2026, 12, 11))
        plan.refresh_from_db()
    assert (plan.end, plan.broken_due_on, plan.broken_missing) == ("BROKEN", DEC, D("600.00"))


def test_a_missed_instalment_breaks_the_plan_and_asks_the_social_service_before_any_letter(case):
    plan = signed(case)
    with clock.travel(date(2026, 12, 10)):
        detect(date(2026, 12, 10))
        plan.refresh_from_db()
        assert plan.is_running
        assert open_requests([case.pk]) == {}
    broken = date(2026, 12, 11)
    with clock.travel(broken):
        detect(broken)
        plan.refresh_from_db()
        assert (plan.end, plan.ended_on, plan.broken_missing) == ("BROKEN", broken, D("100.00"))
        assert (state(case.account_id).arrears, state(case.account_id).lane) == (D("600.00"), "BROKEN")
        assert case.pk in open_requests([case.pk])
        detect(broken)
        assert case.help_requests.count() == 1
        record_social_answer(case=case, contact_made=True, cause="BUDGET", actor=make_actor(role="SOCIAL_WORKER"))
        assert open_requests([case.pk]) == {}


def proposed(case: ArrearsCase) -> tuple[str, str, str]:
    """Lane, action and reason, as the lists say them."""
    found = state(case.account_id)
    return found.lane, found.action, plain(found.why.text()) if found.why else ""


def test_a_plan_is_in_its_lanes_from_the_signature_to_the_answer(case):
    ArrearsCase.objects.filter(pk=case.pk).update(reported_on=TODAY)
    signed(case)
    assert proposed(case) == (
        "PLAN", "NOTHING", "Plan jusqu’au 5 mai 2027, prochaine mensualité le 5 déc. 2026 : 100,00 €"
    )  # fmt: skip
    assert broken_states(TODAY) == []
    with clock.travel(DEC):
        pay(account=case.account_id, on=DEC, amount="60.00")
        assert proposed(case)[2] == "Plan jusqu’au 5 mai 2027, prochaine mensualité le 5 déc. 2026 : 40,00 €"
    late = date(2026, 12, 8)
    with clock.travel(late):
        roll()
        assert proposed(case)[:2] == ("PLAN", "WAIT")
        assert proposed(case)[2].startswith("Mensualité du 5 déc. 2026 pas reçue : sans paiement, plan rompu le 11 ")
        assert broken_states(late) == []
        owe(lease=case.account.lease, due_on=date(2026, 12, 1), amount="213.00")
        assert proposed(case)[:2] == ("PLAN", "WAIT")
        assert proposed(case)[2].startswith("Terme du 1er déc. 2026 pas payé : sans paiement, plan rompu le 7 ")
    broken = date(2026, 12, 11)
    with clock.travel(broken):
        detect(broken)
        assert proposed(case)[:2] == ("BROKEN", "WAIT_ANSWER")
        record_social_answer(case=case, contact_made=True, cause="BUDGET", actor=make_actor(role="SOCIAL_WORKER"))
        assert proposed(case) == ("BROKEN", "CALL", "Plan rompu le 11 déc. 2026 : 540,00 € de nouveau comptés")
        assert broken_states(broken) == []


def test_nothing_is_decided_while_all_is_in_a_plan_but_what_is_owed_to_the_payer(case):
    signed(case)
    # Constituted by its three terms, before the plan.
    assert proposed(case)[:2] == ("PLAN", "REPORT")
    with pytest.raises(Conflict, match="dans un plan qui court"):
        decide(case=case, decision="CHANGE", action="COURTESY", reason="Écrire", actor=make_actor())
    ArrearsCase.objects.filter(pk=case.pk).update(reported_on=TODAY)
    refresh_lanes(account_ids=[case.account_id], day=TODAY)
    assert proposed(case)[:2] == ("PLAN", "NOTHING")
    with pytest.raises(Conflict, match="dans un plan qui court"):
        decide(case=case, decision="CHANGE", action="CALL", reason="Parler", actor=make_actor())


def test_what_a_signed_plan_holds_is_said_with_its_last_day(case):
    plan = signed(case)
    [held] = held_debts([case.account_id], day=TODAY)[case.account_id]
    assert (held.until, held.is_signed) == (date(2027, 5, 5), True)
    assert plain(held.why.text(today=TODAY)) == "Plan d’apurement tenu jusqu’au 5 mai"
    end_plan(plan=plan, reason="Autre accord", actor=make_actor())
    assert held_debts([case.account_id], day=TODAY) == {}


def test_an_unpaid_current_term_breaks_it_too(case):
    plan = signed(case)
    owed = date(2026, 12, 1)
    with clock.travel(owed):
        owe(lease=case.account.lease, due_on=owed, amount="213.00")
    with clock.travel(date(2026, 12, 7)):
        detect(date(2026, 12, 7))
        plan.refresh_from_db()
    assert (plan.end, plan.broken_due_on, plan.broken_missing) == ("BROKEN", owed, D("100.00"))


def test_the_next_version_replaces_the_one_that_runs_and_may_be_taken_back(case):
    first = signed(case)
    second = draft(case, months=12)
    assert second.replaces_id == first.pk
    sign_plan(plan=second, signed_on=TODAY, actor=make_actor())
    first.refresh_from_db()
    assert (first.end, first.ended_on) == ("REPLACED", TODAY)
    assert state(case.account_id).held == D("600.00")
    undo_signature(plan=second, actor=make_actor())
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.is_running
    assert second.signed_on is None
    assert state(case.account_id).held == D("600.00")


def test_a_signature_is_taken_back_until_an_instalment_is_paid(case):
    plan = signed(case, first_on=TODAY)
    undo_signature(plan=plan, actor=make_actor())
    undo_signature(plan=plan, actor=make_actor())
    assert state(case.account_id).arrears == D("600.00")
    assert not DebtHold.objects.exists()
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    pay(account=case.account_id, on=TODAY, amount="100.00")
    with pytest.raises(Conflict, match="déjà payée"):
        undo_signature(plan=plan, actor=make_actor())


def test_a_plan_is_stopped_with_a_reason_and_runs_again(case):
    plan = signed(case)
    with pytest.raises(InvalidInput, match="pourquoi"):
        end_plan(plan=plan, reason=" ", actor=make_actor())
    end_plan(plan=plan, reason="Surendettement", actor=make_actor())
    end_plan(plan=plan, reason="Surendettement", actor=make_actor())
    assert state(case.account_id).arrears == D("600.00")
    resume_plan(plan=plan, actor=make_actor())
    plan.refresh_from_db()
    assert plan.is_running
    assert (state(case.account_id).arrears, plan.end_reason) == (D(0), "")


def test_a_broken_plan_runs_again_only_once_its_money_was_found(case):
    plan = signed(case)
    broken = date(2026, 12, 11)
    with clock.travel(broken):
        detect(broken)
        plan.refresh_from_db()
        with pytest.raises(Conflict, match="aussitôt rompu"):
            resume_plan(plan=plan, actor=make_actor())
        assert str(resume_refusal(plan, day=broken)) == STILL_LATE
        assert not RepaymentPlan.objects.get(pk=plan.pk).is_running
        pay(account=case.account_id, on=broken, amount="100.00")
        assert resume_refusal(plan, day=broken) is None
        resume_plan(plan=plan, actor=make_actor())
        assert RepaymentPlan.objects.get(pk=plan.pk).is_running
        assert state(case.account_id).held == D("500.00")


def test_one_plan_at_a_time_runs_again_or_is_a_draft(case):
    first = signed(case)
    end_plan(plan=first, reason="Autre accord", actor=make_actor())
    second = signed(case, months=12)
    with pytest.raises(Conflict, match="un plan à la fois"):
        resume_plan(plan=first, actor=make_actor())
    draft(case, months=3)
    with pytest.raises(Conflict, match="écartez-le d’abord"):
        undo_signature(plan=second, actor=make_actor())
    assert RepaymentPlan.objects.get(signed_on__isnull=False, ended_on=None).pk == second.pk


def told(case: ArrearsCase, day: date) -> list[str]:
    """What the trace of the case says of its plan."""
    codes = (LaneTrace.PLAN_BROKEN, LaneTrace.PLAN_STOPPED)
    trace = explain_proposals([case.account_id], day=day)[case.account_id].trace
    return [plain(line.text()) for line in trace if line.code in codes]


def test_the_trace_says_how_the_plan_ended(case):
    plan, later = signed(case), date(2026, 11, 20)
    with clock.travel(later):
        end_plan(plan=plan, reason="Autre accord", actor=make_actor())
        assert told(case, later) == [
            "Plan d’apurement arrêté le 20 nov. 2026 : 600,00 € de nouveau comptés dans l’impayé"
        ]
        resume_plan(plan=plan, actor=make_actor())
    broken = date(2026, 12, 11)
    with clock.travel(broken):
        detect(broken)
        assert told(case, broken) == [
            "Plan d’apurement rompu le 11 déc. 2026 : 600,00 € de nouveau comptés dans l’impayé"
        ]


def test_a_signature_taken_back_days_later_was_no_plan(case):
    plan, later = signed(case), date(2026, 11, 20)
    with clock.travel(later):
        undo_signature(plan=plan, actor=make_actor())
        assert told(case, later) == []
        assert state(case.account_id).arrears == D("600.00")


def test_a_debt_that_is_cancelled_shortens_the_plan_and_pays_nothing_of_it(case):
    plan = signed(case)
    term = Posting.objects.filter(plans__plan=plan).latest("due_on")
    [cancelled] = reverse(entry_ids=[term.entry_id], actor=SYSTEM, effective_on=TODAY)
    shown = shown_plan(plan, day=TODAY)
    assert (shown.total, shown.left) == (D("400.00"), D("400.00"))
    assert [(row.left, row.off, row.after) for row in shown.rows] == [
        (D("100.00"), D(0), D(after)) for after in (300, 200, 100, 0)
    ] + [(D(0), D("100.00"), D(0))] * 2
    with clock.travel(date(2026, 12, 11)):
        ((_, _, judged),) = judged_plans(day=date(2026, 12, 11), account_ids=[case.account_id])
        assert (judged.standing, judged.due_on, judged.missing) == ("BROKEN", DEC, D("100.00"))
    # It stands again: so does the plan, and nothing is paid of it.
    reverse(entry_ids=[cancelled.id], actor=SYSTEM, effective_on=TODAY)
    assert shown_plan(plan, day=TODAY).left == D("600.00")
    undo_signature(plan=plan, actor=make_actor())
    assert state(case.account_id).held == D(0)


def test_a_plan_of_which_every_debt_is_cancelled_is_over(case):
    plan = signed(case)
    entries = Posting.objects.filter(plans__plan=plan).values_list("entry_id", flat=True)
    reverse(entry_ids=list(entries), actor=SYSTEM, effective_on=TODAY)
    assert shown_plan(plan, day=TODAY).left == D(0)
    judge_plans(day=TODAY, account_ids=None)
    plan.refresh_from_db()
    assert plan.end == "KEPT"
    # Nobody kept it: it is said so.
    assert plans_without_object([plan.pk]) == {plan.pk}


def test_a_plan_that_was_paid_is_no_plan_without_object(case):
    plan = signed(case, months=1, first_on=TODAY)
    pay(account=case.account_id, on=TODAY, amount="600.00")
    judge_plans(day=TODAY, account_ids=None)
    plan.refresh_from_db()
    assert (plan.end, plans_without_object([plan.pk])) == ("KEPT", set())


def test_the_paper_says_what_was_agreed(case):
    plan = signed(case)
    [first, *_] = Posting.objects.filter(plans__plan=plan).order_by("due_on")
    reverse(entry_ids=[first.entry_id], actor=SYSTEM, effective_on=TODAY)
    assert shown_plan(plan, day=TODAY).total == D(400)
    told = plan_document(plan=plan, actor=make_actor()).data
    assert told["total"] == "600.00"
    assert [(row["amount"], row["left"]) for row in told["instalments"]][::5] == [
        ("100.00", "500.00"),
        ("100.00", "0.00"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_sign_at_once_sign_one_plan():
    make_association()
    case = opened_case(months=(SEP, OCT), amount="200.00")
    plan, actors = draft(case), (make_actor(), make_actor())
    both = both_at_once(*(partial(sign_plan, plan=plan, signed_on=TODAY, actor=actor) for actor in actors))
    assert both == [plan, plan]
    assert DebtHold.objects.count() == 2
    # Nor does one sign what the other puts aside.
    undo_signature(plan=plan, actor=actors[0])
    both_at_once(
        partial(sign_plan, plan=plan, signed_on=TODAY, actor=actors[0]),
        partial(discard_plan, plan=plan, actor=actors[1]),
    )
    assert DebtHold.objects.count() == 2 * RepaymentPlan.objects.filter(signed_on=TODAY).count()


def sign_past_the_service(plan: RepaymentPlan, day: date) -> None:
    """As at the end of a transaction: then the database looks at what is signed."""
    RepaymentPlan.objects.filter(pk=plan.pk).update(signed_on=day)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_what_is_no_plan(case):
    plan = signed(case)
    for change in (
        lambda: PlanInstalment.objects.filter(plan=plan).update(amount=D("1.00")),
        lambda: PlanDebt.objects.filter(plan=plan).delete(),
        lambda: PlanInstalment.objects.create(plan=plan, due_on=date(2028, 1, 5), amount=D("1.00")),
        lambda: RepaymentPlan.objects.create(account_id=plan.account_id, signed_on=TODAY),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    other = draft(case, months=3)
    end_plan(plan=plan, reason="Autre plan", actor=make_actor())
    # Neither another sum than its debts, nor an instalment of before the signature.
    for day, amount in ((TODAY, D("1.00")), (date(2026, 12, 6), D("200.00"))):
        PlanInstalment.objects.filter(plan=other, due_on=DEC).update(amount=amount)
        with pytest.raises(IntegrityError, match="instalments"), transaction.atomic():
            sign_past_the_service(other, day)


def test_plans_are_judged_by_a_fixed_number_of_queries():
    make_association()
    counts = []
    for _ in range(2):
        for _ in range(2):
            signed(opened_case(months=(OCT,)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert judge_plans(day=TODAY, account_ids=None) == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
