"""Cases: opened, constituted, closed, held, decided, answered; and two people at once."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.arrears.codes import LaneTrace, LegalWhy
from rent_ledger.arrears.queries.arrears import explain_proposals
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.social import request_help
from rent_ledger.books.codes import LaneWhy
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import (
    AccountState,
    Allocation,
    ArrearsCase,
    BankStatement,
    DebtHold,
    HelpRequest,
    OpenItem,
    Posting,
)
from tests.factories import make_actor, make_association, make_bank_known, make_let, make_right, owe, pay

SYSTEM = Actor.system()
TODAY = date(2026, 11, 5)
SEP, OCT, NOV = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
pytestmark = pytest.mark.django_db


def state(account: int) -> AccountState:
    return AccountState.objects.get(account_id=account)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def detect(day: date = TODAY, **kwargs):
    return detect_arrears(day=day, actor=SYSTEM, **kwargs)


def aided() -> Lease:
    """A contract of 2024 of 480.00 a month, 267.00 of it paid to us by the CAF."""
    lease = make_let(start=date(2024, 3, 15))
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    return lease


def opened_case(*, months: tuple[date, ...] = (NOV,), amount: str = "213.00") -> ArrearsCase:
    """A household of 2024 that owes these terms (480.00 gross, 213.00 net), its case opened."""
    lease = aided()
    for month in months:
        account = owe(lease=lease, due_on=month, amount=amount)
    detect()
    return ArrearsCase.objects.get(account_id=account)


# -- detection ------------------------------------------------------------------------------------------------------


def test_a_case_opens_the_day_after_the_due_date():
    account = owe(lease=make_let(), due_on=TODAY)
    assert not detect().opened
    with clock.travel(TODAY + timedelta(days=1)):
        report = detect(TODAY + timedelta(days=1))
    case = ArrearsCase.objects.get()
    assert (case.account_id, case.first_default_on, case.opened_on) == (account, date(2026, 11, 6), date(2026, 11, 6))
    assert (case.opening_debt, case.regime) == (Decimal("213.00"), "R2026")
    assert [line.debt for line in report.opened] == [Decimal("213.00")]


def test_a_case_found_later_opens_with_what_was_owed_on_its_day():
    # 213.00 due on 1 November, 113.00 paid on the 3rd, found on the 5th: 213.00 were owed on the 2nd.
    account = owe(lease=make_let(), due_on=NOV)
    pay(account=account, on=date(2026, 11, 3), amount="113.00")
    report = detect()
    case = ArrearsCase.objects.get()
    assert (case.opened_on, case.opening_debt) == (date(2026, 11, 2), Decimal("213.00"))
    assert [line.debt for line in report.opened] == [Decimal("100.00")]


def test_a_case_opens_with_no_payment_that_came_back():
    # Paid on the due day, returned on the 4th: nothing was paid on the 2nd.
    account = owe(lease=make_let(), due_on=NOV)
    entry = pay(account=account, on=NOV)
    reverse(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 4), kind="RETURN")
    detect()
    assert ArrearsCase.objects.get().opening_debt == Decimal("213.00")


def test_nothing_opens_beyond_the_day_to_which_the_bank_is_known():
    owe(lease=make_let(), due_on=NOV)
    make_bank_known(until=NOV)
    assert not detect().opened
    make_bank_known(until=date(2026, 11, 2))
    # Two accounts of the same kind: the least known one decides.
    assert not detect().opened
    BankStatement.objects.update(last_day=date(2026, 11, 2))
    assert len(detect().opened) == 1


def test_the_bank_account_of_the_lease_decides_alone():
    lease = make_let()
    ours, other = make_bank_known(until=date(2026, 11, 2)).bank_account, make_bank_known(until=OCT).bank_account
    lease.bank_account = ours
    lease.save()
    owe(lease=lease, due_on=NOV)
    assert other.pk != ours.pk
    assert len(detect().opened) == 1


def test_a_statement_kept_aside_tells_nothing():
    make_bank_known(until=date(2026, 11, 4), state="ASIDE")
    owe(lease=make_let(), due_on=NOV)
    assert not detect().opened


def test_running_again_changes_nothing():
    case = opened_case(months=(OCT, NOV))
    before = list(ArrearsCase.objects.values())
    report = detect()
    assert [*report.opened, *report.closed, *report.constituted] == []
    assert list(ArrearsCase.objects.values()) == before
    assert case.constituted_on == NOV


def test_dry_writes_nothing():
    owe(lease=make_let(), due_on=NOV)
    assert len(detect(dry=True).opened) == 1
    assert not ArrearsCase.objects.exists()


def test_the_past_is_read_never_written():
    account = owe(lease=make_let(), due_on=OCT)
    pay(account=account, on=date(2026, 10, 20))
    assert not detect(dry=True).opened
    assert [line.account_id for line in detect(date(2026, 10, 15), dry=True).opened] == [account]
    with pytest.raises(Conflict, match="à la date du jour"):
        detect(date(2026, 10, 15))


def test_as_of_a_day_before_a_return_the_payment_still_stands():
    account = owe(lease=make_let(), due_on=OCT)
    with clock.travel(date(2026, 10, 5)):
        entry = pay(account=account, on=date(2026, 10, 5))
    with clock.travel(date(2026, 10, 12)):
        reverse(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 10, 12), kind="RETURN")
    assert detect(date(2026, 10, 3), dry=True).opened
    assert not detect(date(2026, 10, 8), dry=True).opened
    assert detect(date(2026, 10, 13), dry=True).opened


def test_a_case_closes_at_zero_and_the_list_moves_at_once():
    case = opened_case()
    assert state(case.account_id).lane == "NEW"
    pay(account=case.account_id, on=TODAY)
    assert state(case.account_id).lane == "NONE"
    assert [line.account_id for line in detect().closed] == [case.account_id]
    case.refresh_from_db()
    assert case.closed_on == TODAY


def test_a_return_opens_another_case_at_the_original_due_date():
    case = opened_case()
    entry = pay(account=case.account_id, on=TODAY)
    detect()
    reverse(entry_ids=[entry], actor=SYSTEM, effective_on=TODAY, kind="RETURN")
    detect()
    again = ArrearsCase.objects.get(closed_on=None)
    assert (again.pk != case.pk, again.first_default_on) == (True, date(2026, 11, 2))
    assert (state(case.account_id).lane, state(case.account_id).action) == ("TECHNICAL", "WAIT")


def test_the_legal_threshold_is_kept_with_its_explanation_and_deadline():
    case = opened_case(months=(OCT, NOV))
    assert (case.regime, case.constituted_on, case.report_due_on) == ("R2026", NOV, date(2027, 1, 1))
    assert case.legal_reason.rule.code == LegalWhy.TEXT_2026
    assert case.found_by["legal"]["version"] == 4
    assert set(case.found_by["legal"]["parameters"]) >= {"arrears.threshold_multiple", "arrears.switch_on"}
    assert state(case.account_id).action == "REPORT"


def test_the_base_is_the_contract_not_a_part_of_a_month():
    lease = make_let(start=date(2024, 3, 15), end=date(2026, 10, 6))
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    owe(lease=lease, due_on=OCT, amount="77.42")
    AccountState.objects.filter(account_id=account).update(gross_term=Decimal("77.42"), net_term=Decimal("77.42"))
    detect()
    assert ArrearsCase.objects.get().constituted_on is None


def test_an_occupation_agreement_is_never_constituted():
    lease = make_let(kind="OCCUPANCY", start=date(2024, 1, 1))
    for month in range(1, 11):
        owe(lease=lease, due_on=date(2026, month, 1), amount="480.00")
    detect()
    case = ArrearsCase.objects.get()
    assert (case.constituted_on, case.report_due_on) == (None, None)


def test_other_natures_make_a_case_but_no_impaye():
    lease = make_let(start=date(2024, 1, 1))
    owe(lease=lease, due_on=OCT, amount="2000.00", nature="REPAIRS")
    detect()
    assert ArrearsCase.objects.get().constituted_on is None


@pytest.mark.clock("2027-01-02")
def test_the_switch_constitutes_what_is_three_months_old_and_what_was_constituted_keeps_its_regime():
    day = date(2026, 12, 20)
    with clock.travel(day):
        young = owe(lease=aided(), due_on=date(2026, 9, 15), amount="20.00")
        old = owe(lease=aided(), due_on=date(2026, 9, 1), amount="960.00")
        unaided = owe(lease=make_let(), due_on=date(2026, 9, 15), amount="20.00")
        detect(day)
        assert ArrearsCase.objects.get(account_id=young).constituted_on is None
    detect(date(2027, 1, 2))
    cases = {c.account_id: c for c in ArrearsCase.objects.all()}
    assert (cases[young].regime, cases[young].constituted_on) == ("R2027", date(2027, 1, 1))
    assert (cases[old].regime, cases[old].constituted_on) == ("R2026", date(2026, 9, 1))
    assert (cases[unaided].regime, cases[unaided].constituted_on) == ("R2027", None)


def test_as_many_queries_for_many_accounts_as_for_few(django_assert_max_num_queries):
    def run(count: int) -> int:
        for _ in range(count):
            lease = aided()
            owe(lease=lease, due_on=OCT, amount="480.00")
            owe(lease=lease, due_on=NOV, amount="480.00")
        with django_assert_max_num_queries(40) as seen:
            assert len(detect().constituted) == count
        return len(seen)

    assert run(2) == run(7)


# -- lanes, from the books ------------------------------------------------------------------------------------------


def test_what_waited_for_the_bank_moves_when_it_is_known() -> None:
    bank = make_bank_known(until=NOV).bank_account
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=OCT)
    detect()
    pay(account=account, on=date(2026, 10, 20))
    owe(lease=lease, due_on=NOV)
    assert ArrearsCase.objects.get().closed_on is None
    assert state(account).lane == "TECHNICAL"
    make_bank_known(until=date(2026, 11, 4), bank_account=bank)
    assert not detect().opened
    assert state(account).lane == "NEW"


def test_a_habit_is_read_from_the_payments() -> None:
    lease = make_let(start=date(2024, 3, 15))
    for month in (8, 9, 10):
        account = owe(lease=lease, due_on=date(2026, month, 1))
        pay(account=account, on=date(2026, month, 6 if month < 10 else 7))
    owe(lease=lease, due_on=NOV)
    assert state(account).action == "WAIT"
    assert plain(state(account).why.text()).startswith("Paie d’habitude le 6, 3 mois sur 3")
    refresh_lanes(account_ids=[account], day=date(2026, 11, 10))
    assert state(account).action != "WAIT"


def test_a_newcomer_waits_for_the_first_aid_without_being_dunned() -> None:
    lease = make_let(start=date(2026, 9, 10))
    make_right(lease=lease, amount="250.00", start=date(2026, 10, 1))
    account = owe(lease=lease, due_on=NOV)
    assert (state(account).lane, state(account).action) == ("TECHNICAL", "NOTHING")
    assert state(account).why.code == LaneWhy.FIRST_AID


def test_who_left_is_in_its_own_lane_and_still_owes() -> None:
    account = owe(lease=make_let(start=date(2024, 3, 15), end=date(2026, 10, 16)), due_on=OCT)
    assert (state(account).lane, state(account).action) == ("GONE", "WRITE_GONE")
    assert plain(state(account).why.text()) == "Parti depuis le 15 oct. 2026, dette gardée"


# -- holds of debts -------------------------------------------------------------------------------------------------


def test_a_held_debt_is_out_of_the_queue_and_its_legal_case_goes_on():
    case = opened_case(months=(OCT, NOV))
    manager = make_actor()
    debts = list(OpenItem.objects.filter(account_id=case.account_id).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind="PLAN", reason="Plan de 6 × 71,00 €", actor=manager)
    held = state(case.account_id)
    assert (held.arrears, held.held, held.debt, held.lane) == (Decimal(0), Decimal("426.00"), Decimal("426.00"), "HELD")
    detect()
    case.refresh_from_db()
    assert (case.closed_on, case.report_due_on) == (None, date(2027, 1, 1))
    assert release_debt(posting_ids=debts, actor=manager) == 2
    assert state(case.account_id).arrears == Decimal("426.00")
    assert not DebtHold.objects.exists()


def test_a_plan_that_was_not_kept_is_told_with_what_is_left_of_it():
    case = opened_case(months=(OCT, NOV))
    manager = make_actor()
    items = OpenItem.objects.filter(account_id=case.account_id).order_by("due_on")
    october, november = items.values_list("posting_id", flat=True)

    def told() -> list[str]:
        trace = explain_proposals([case.account_id], day=clock.today())[case.account_id].trace
        return [plain(line.text()) for line in trace if line.code == LaneTrace.PLAN_BROKEN]

    hold_debt(posting_ids=[october], kind="DISPUTE", reason="Montant contesté", actor=manager)
    hold_debt(posting_ids=[november], kind="PLAN", reason="Plan de 3 × 71,00 €", actor=manager)
    with clock.travel(date(2026, 11, 10)):
        release_debt(posting_ids=[october], actor=manager)
        assert told() == []  # the plan runs, and a dispute is no plan
        release_debt(posting_ids=[november], actor=manager)
        assert told() == ["Plan d’apurement rompu le 10 nov. 2026 : 213,00 € de nouveau comptés dans l’impayé"]
        pay(account=case.account_id, on=date(2026, 11, 10), amount="313.00")
        assert told() == ["Plan d’apurement rompu le 10 nov. 2026 : 113,00 € de nouveau comptés dans l’impayé"]
    with clock.travel(date(2026, 11, 12)):
        owe(lease=case.account.lease, due_on=date(2026, 11, 11))
        hold_debt(posting_ids=[november], kind="PLAN", reason="Nouveau plan", actor=manager)
        assert told() == []


def test_a_debt_is_held_once_and_only_while_it_is_due():
    case = opened_case()
    manager = make_actor()
    [debt] = OpenItem.objects.filter(account_id=case.account_id).values_list("posting_id", flat=True)
    hold_debt(posting_ids=[debt], kind="DISPUTE", reason="Montant contesté", actor=manager)
    with pytest.raises(Conflict, match="déjà hors file"):
        hold_debt(posting_ids=[debt], kind="FREEZE", reason="Recevabilité", actor=manager)
    with pytest.raises(InvalidInput, match="plus due"):
        hold_debt(posting_ids=[debt, 0], kind="FREEZE", reason="Recevabilité", actor=manager)


# -- what the database refuses --------------------------------------------------------------------------------------


def test_an_account_has_one_open_case():
    case = opened_case()
    with pytest.raises(IntegrityError, match="arrears_case_(one_open|no_overlap)"), transaction.atomic():
        ArrearsCase.objects.create(
            account_id=case.account_id, opened_on=TODAY, first_default_on=TODAY, opening_debt=1, regime="R2026"
        )


def test_a_case_never_writes_in_the_books():
    make_association()
    case = opened_case()
    before = (Posting.objects.count(), Allocation.objects.count())
    decide(case=case, decision="CONFIRM", actor=make_actor())
    assert (Posting.objects.count(), Allocation.objects.count()) == before


# -- two people at once ---------------------------------------------------------------------------------------------


def together(*calls):
    """Run the calls at the same moment, each on its own connection; what each returned or raised."""
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def work(place, call):
        try:
            with clock.travel(TODAY):
                barrier.wait()
                results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=work, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_detections_at_once_open_one_case():
    owe(lease=make_let(), due_on=NOV)
    results = together(detect, detect)
    assert sorted(len(r.opened) for r in results) == [0, 1]
    assert ArrearsCase.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_deciding_at_once_one_is_told():
    case = opened_case(months=(SEP, OCT), amount="212.00")
    first, second = make_actor(), make_actor()
    results = together(
        lambda: decide(case=case, decision="CONFIRM", expected="ALERT", actor=first),
        lambda: decide(case=case, decision="CONFIRM", expected="ALERT", actor=second),
    )
    assert sorted(type(r).__name__ for r in results) == ["CaseDecision", "Conflict"]
    assert HelpRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_are_one():
    case, manager = opened_case(), make_actor()
    first, second = together(
        lambda: request_help(case=case, actor=manager), lambda: request_help(case=case, actor=manager)
    )
    assert first.pk == second.pk
