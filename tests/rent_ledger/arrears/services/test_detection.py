"""Cases and the law, through the books: what constitutes them, when it could be known, what keeps them open."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common import clock
from common.periods import period
from leases.contracts.codes import LeaseKind
from leases.contracts.natures import Nature
from leases.contracts.services.terms import set_rent_term
from leases.models import Lease
from office.access.actor import Actor
from office.access.idle import mark_used
from office.house.codes import HeldFor
from office.models import ParameterValue
from rent_ledger.arrears.codes import LegalWhy
from rent_ledger.arrears.queries.defaults import default_facts
from rent_ledger.arrears.queries.legal import weigh_account
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.term import term_on
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.detection import CaseLine, detect_arrears
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.books.codes import (
    FIRST_SUBLEDGER_ID,
    AccountKind,
    Action,
    EntryKind,
    General,
    HoldKind,
    Lane,
    LaneWhy,
)
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.checking.services.arrears import wrong_regimes
from rent_ledger.models import Account, AccountState, ArrearsCase, OpenItem
from tests.factories import make_bank_known, make_let, make_payer, make_right, make_user, owe, pay
from tests.pages import plain

SYSTEM = Actor.system()
D = Decimal

pytestmark = pytest.mark.django_db


def detect(day: date, **kwargs):
    return detect_arrears(day=day, actor=SYSTEM, **kwargs)


def let(*, aid: str | None = "267.00", direct: bool = True, **facts) -> Lease:
    """480.00 a month since 2024; `aid` of it paid by the CAF."""
    lease = make_let(start=date(2024, 3, 15), **facts)
    if aid:
        right = make_right(lease=lease, amount=aid, start=date(2024, 4, 1))
        right.is_direct = direct
        right.save()
    return lease


def case_of(account: int) -> ArrearsCase:
    return ArrearsCase.objects.get(account_id=account, closed_on=None)


# -- when it could be known -----------------------------------------------------------------------------------------


@pytest.mark.clock("2027-12-21")
def test_a_debt_that_stands_again_counts_for_the_law_from_the_day_of_its_return():
    # D3: due 5 August 2027, paid, returned on 20 December: constituted on 20 December, reported by 20 February.
    due, paid, returned = date(2027, 8, 5), date(2027, 8, 6), date(2027, 12, 20)
    with clock.travel(paid):
        account = owe(lease=let(), due_on=due, amount="480.00")
        entry = pay(account=account, on=paid, amount="480.00")
    with clock.travel(returned):
        reverse_entries(entry_ids=[entry], actor=SYSTEM, effective_on=returned, kind=EntryKind.RETURN)
        detect(returned)
    detect(date(2027, 12, 21))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (returned, date(2028, 2, 20))
    # The queue and the statement keep the due date.
    assert (case.first_default_on, AccountState.objects.get(pk=account).oldest_due) == (date(2027, 8, 6), due)
    assert case.legal_reason.parts[0].parts[0].code == LegalWhy.DUE_AGAIN
    # The stored explanation is read back by the page.
    assert "à partir du jour où cela a été connu, le 20 déc." in page(case)


@pytest.mark.clock("2027-08-05")
def test_a_debt_that_was_held_counts_for_the_law_from_its_release():
    # Due 1 March 2027, disputed from 19 May to 4 August: three months old in its dispute, constituted on 4 August.
    due, released = date(2027, 3, 1), date(2027, 8, 4)
    with clock.travel(date(2027, 5, 19)):
        account = owe(lease=let(), due_on=due, amount="20.00")
        debts = list(OpenItem.objects.filter(account=account).values_list("posting_id", flat=True))
        hold_debt(posting_ids=debts, kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM)
    with clock.travel(released):
        release_debt(posting_ids=debts, actor=SYSTEM)
    detect(date(2027, 8, 5))
    assert (case_of(account).constituted_on, case_of(account).report_due_on) == (released, date(2027, 10, 4))


@pytest.mark.clock("2026-11-06")
def test_on_the_morning_of_the_due_day_nothing_is_constituted():
    # Case 27: the search runs at 5 in the morning, the household pays at 11.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 10, 5))
    with clock.travel(date(2026, 11, 5)):
        owe(lease=lease, due_on=date(2026, 11, 5))
        assert detect(date(2026, 11, 5)).constituted == []
        pay(account=account, on=date(2026, 11, 5))
    assert detect(date(2026, 11, 6)).constituted == []
    assert case_of(account).constituted_on is None


@pytest.mark.clock("2026-11-06")
def test_the_day_after_the_due_day_the_case_is_constituted_on_it():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 10, 5))
    owe(lease=lease, due_on=date(2026, 11, 5))
    detect(date(2026, 11, 6))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (date(2026, 11, 5), date(2027, 1, 5))


# -- the figures of the day -------------------------------------------------------------------------------------------


def value(key: str, raw: str, start: date | None, end: date | None = None) -> int:
    row = ParameterValue.objects.create(key=key, value=raw, period=period(start, end), source="Décret")
    return row.pk


@pytest.mark.clock("2026-11-12")
def test_a_search_run_late_reads_the_figures_of_the_day_that_it_finds():
    # Net 213: twice is 426, reached on 5 October; three times from 1 November. 800 is twice the rent of 400.
    changed, due = date(2026, 11, 1), date(2026, 10, 5)
    old = value("arrears.threshold_multiple", "2", None, changed)
    value("arrears.threshold_multiple", "3", changed)
    value("arrears.report_months", "1", changed)
    value("ccapex.multiple", "3", changed)
    account = owe(lease=let(), due_on=due, amount="426.00")
    signalled = owe(lease=managed(aid=None), due_on=due, amount="800.00")
    detect(date(2026, 11, 12))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (due, date(2026, 12, 5))
    assert case.found_by["legal"]["parameters"]["arrears.threshold_multiple"] == old
    assert case.found_by["legal"]["parameters"]["arrears.report_months"] is None
    case = case_of(signalled)
    assert (case.ccapex_on, case.found_by["ccapex"]["parameters"]["ccapex.multiple"]) == (due, None)


@pytest.mark.clock("2026-11-12")
def test_a_lower_threshold_dates_no_case_before_its_day():
    changed = date(2026, 11, 1)
    value("arrears.threshold_multiple", "3", None, changed)
    new = value("arrears.threshold_multiple", "2", changed)
    account = owe(lease=let(), due_on=date(2026, 10, 5), amount="426.00")
    detect(date(2026, 11, 12))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (changed, date(2027, 1, 1))
    assert case.found_by["legal"]["parameters"]["arrears.threshold_multiple"] == new


@pytest.mark.clock("2027-02-02")
def test_a_switch_put_off_later_leaves_the_regime_of_a_case():
    # 960 is twice the gross: 500 is an impayé by the regime of 2027 only, in force in January here.
    changed, due = date(2027, 2, 1), date(2027, 1, 5)
    value("arrears.switch_on", "2027-01-01", None, changed)
    value("arrears.switch_on", "2027-04-01", changed)
    account = owe(lease=let(direct=False), due_on=due, amount="500.00")
    detect(date(2027, 2, 2))
    assert (case_of(account).constituted_on, case_of(account).regime) == (due, "R2027")
    assert wrong_regimes(date(2027, 2, 2)) is None


# -- the month of the day -------------------------------------------------------------------------------------------


@pytest.mark.clock("2026-11-10")
def test_a_benefit_that_began_since_does_not_date_the_impaye_back():
    # D4: gross 450, benefit 300 from 1 November, 350 owed since 5 October: 1 November, not 5 October.
    lease = make_let(start=date(2024, 3, 15), rent="400.00", charges="50.00")
    make_right(lease=lease, amount="300.00", start=date(2026, 11, 1))
    account = owe(lease=lease, due_on=date(2026, 10, 5), amount="350.00")
    detect(date(2026, 11, 10))
    assert case_of(account).constituted_on == date(2026, 11, 1)


@pytest.mark.clock("2026-11-08")
def test_one_late_term_of_the_month_of_entry_is_no_impaye():
    # D4 (A000301): a right entered from the day of entry; nothing is expected for that month.
    lease = make_let(start=date(2026, 11, 1), rent="400.00", charges="50.00")
    make_right(lease=lease, amount="450.00", start=date(2026, 11, 1))
    account = owe(lease=lease, due_on=date(2026, 11, 5), amount="450.00")
    detect(date(2026, 11, 8))
    assert case_of(account).constituted_on is None


@pytest.mark.clock("2026-11-06")
def test_after_the_contract_s_end_the_benefit_of_the_occupation_is_counted():
    # D6: ended on 21 August, still there, benefit again since 1 October: 2 × net on 5 November.
    lease = make_let(start=date(2024, 3, 15), rent="400.00", charges="50.00")
    lease.period = type(lease.period)(date(2024, 3, 15), date(2026, 8, 22), "[)")
    lease.save()
    make_right(lease=lease, amount="300.00", start=date(2026, 10, 1))
    account = owe(lease=lease, due_on=date(2026, 10, 5), amount="150.00", nature=Nature.INDEMNITY)
    owe(lease=lease, due_on=date(2026, 11, 5), amount="150.00", nature=Nature.INDEMNITY)
    detect(date(2026, 11, 6))
    assert case_of(account).constituted_on == date(2026, 11, 5)


# -- who it concerns ------------------------------------------------------------------------------------------------


def test_what_a_clock_ahead_has_left_is_read_anew() -> None:
    """The states stayed on that day until it came, and a case that it had opened could not be closed."""
    account = owe(lease=make_let(), due_on=date(2026, 12, 1), amount="213.00")
    today = clock.today()
    with clock.travel(date(2026, 12, 15)):
        make_bank_known(until=date(2026, 12, 15))
        detect_arrears(day=clock.today(), actor=Actor.system())
    assert AccountState.objects.get(pk=account).arrears == Decimal("213.00")
    assert ArrearsCase.objects.get().opened_on == date(2026, 12, 2)
    detect_arrears(day=today, actor=Actor.system())
    state = AccountState.objects.get(pk=account)
    assert (state.as_of, state.arrears, state.lane) == (today, Decimal(0), "NONE")
    assert ArrearsCase.objects.get().closed_on == date(2026, 12, 2)


def test_a_household_without_any_benefit_has_nothing_to_report():
    # Case 24.
    lease = let(aid=None)
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    owe(lease=lease, due_on=date(2026, 10, 1), amount="480.00")
    detect(date(2026, 11, 5))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (None, None)
    assert weigh_account(account_id=account, day=date(2026, 11, 5)).legal.reason.rule.code == LegalWhy.NO_BENEFIT
    assert AccountState.objects.get(pk=account).action != "REPORT"


def test_where_the_household_receives_its_benefit_the_impaye_has_no_day_to_report_by():
    lease = let(direct=False)
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    owe(lease=lease, due_on=date(2026, 10, 1), amount="480.00")
    detect(date(2026, 11, 5))
    case = case_of(account)
    assert (case.constituted_on, case.report_due_on) == (date(2026, 10, 1), None)


# -- the CCAPEX -----------------------------------------------------------------------------------------------------


def managed(*, person: bool = True, **facts) -> Lease:
    lease = let(**facts)
    lease.kind, lease.collected_for = LeaseKind.MANAGED, HeldFor.MANDANTS
    lease.save()
    owner = lease.agreement.owner
    owner.is_person = person
    owner.save()
    return lease


def test_the_debt_of_a_private_owner_s_tenant_is_signalled_with_or_without_a_benefit():
    account = owe(lease=managed(aid=None), due_on=date(2026, 10, 1), amount="800.00")
    report = detect(date(2026, 11, 5))
    case = case_of(account)
    assert (case.ccapex_on, case.constituted_on) == (date(2026, 10, 1), None)
    assert [(line.account_id, line.on) for line in report.signalled] == [(account, date(2026, 10, 1))]
    assert case.ccapex_reason.amount is None
    assert set(case.found_by["ccapex"]["parameters"]) == {"ccapex.months", "ccapex.multiple", "ccapex.writ_months"}
    assert detect(date(2026, 11, 5)).signalled == []


@pytest.mark.parametrize(
    "lease", [lambda: managed(person=False), lambda: let(aid=None)], ids=["company", "sub-letting"]
)
def test_a_legal_person_s_debt_is_not_signalled(lease):
    account = owe(lease=lease(), due_on=date(2026, 6, 1), amount="2000.00")
    detect(date(2026, 11, 5))
    assert case_of(account).ccapex_on is None


def test_two_months_without_interruption_though_each_term_is_paid_in_the_end():
    lease = managed(aid=None)
    account = owe(lease=lease, due_on=date(2026, 8, 1), amount="480.00")
    for month in (9, 10, 11):
        owe(lease=lease, due_on=date(2026, month, 1), amount="480.00")
        pay(account=account, on=date(2026, month, 3), amount="480.00")
    detect(date(2026, 11, 5))
    # One term is owed since August without a break: two months on 1 October.
    assert case_of(account).ccapex_on == date(2026, 10, 1)


def test_a_debt_that_stopped_in_between_starts_again():
    lease = managed(aid=None)
    account = owe(lease=lease, due_on=date(2026, 8, 1), amount="480.00")
    pay(account=account, on=date(2026, 9, 20), amount="480.00")
    owe(lease=lease, due_on=date(2026, 10, 1), amount="480.00")
    detect(date(2026, 11, 5))
    assert case_of(account).ccapex_on is None


# -- lanes that the day moves ---------------------------------------------------------------------------------------


@pytest.mark.clock("2026-11-05")
def test_who_left_is_in_partis_the_same_evening_whatever_was_touched_before():
    # D10: a payment in the morning, the stay recorded as ended in the afternoon. The case was opened before.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 10, 1), amount="480.00")
    detect(date(2026, 11, 5))
    pay(account=account, on=date(2026, 11, 5), amount="10.00")
    stay = lease.occupancies.get()
    stay.period = stay.main_period = period(stay.period.lower, date(2026, 11, 5))
    stay.save()
    assert AccountState.objects.get(pk=account).lane == Lane.NEW
    detect(date(2026, 11, 5))
    assert AccountState.objects.get(pk=account).lane == Lane.GONE


@pytest.mark.clock("2026-11-05")
def test_a_debt_without_a_break_keeps_its_age_though_its_oldest_term_is_paid_each_month():
    # Walk 13: twelve « message courtois » for a household in debt since February.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 2, 1))
    for month in range(3, 12):
        owe(lease=lease, due_on=date(2026, month, 1))
        pay(account=account, on=date(2026, month, 3))
    detect(date(2026, 11, 5))
    state = AccountState.objects.get(pk=account)
    assert (state.oldest_due, state.in_debt_since) == (date(2026, 11, 1), date(2026, 2, 1))
    assert (state.action, state.why.code) == (Action.CALL, LaneWhy.UNBROKEN)


# -- one month for all ----------------------------------------------------------------------------------------------


@pytest.mark.clock("2026-11-05")
def test_lanes_cases_alerts_and_pages_say_the_same_month():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="500.00")
    detect(date(2026, 11, 5))
    month = term_on(month_terms_of([account], day=date(2026, 11, 5))[account], date(2026, 11, 5))
    state = AccountState.objects.get(pk=account)
    assert month.asked == D("213.00")
    assert default_facts([account], day=date(2026, 11, 5))[account].net_term == month.asked
    assert state.terms == D("2.35")
    # A rent of its own from today on is the month of all of them, without a new demand.
    set_rent_term(actor=SYSTEM, lease=lease, nature=Nature.RENT, amount=D("500.00"), from_day=date(2026, 11, 5))
    refresh_lanes(account_ids=[account], day=date(2026, 11, 5))
    state.refresh_from_db()
    assert state.terms == D("1.60")


# -- the page -------------------------------------------------------------------------------------------------------


def page(case: ArrearsCase) -> str:
    client = Client()
    client.force_login(make_user())
    session = client.session
    mark_used(session)  # signed in by the machine's clock, which is another one
    session.save()
    return plain(client.get(reverse("rent_ledger:case", args=[case.pk]))).replace("<sup>er</sup>", "er")


# -- which debts, of whom -------------------------------------------------------------------------------------------


def test_a_held_debt_neither_opens_a_case_nor_dates_it():
    # 213.00 of September are disputed; the first default is that of October. Held alone, nothing opens.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1))
    debts = list(OpenItem.objects.filter(account=account).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM)
    assert detect(date(2026, 11, 5)).opened == []
    owe(lease=lease, due_on=date(2026, 10, 5))
    # Nor is what is due today: 213.00 are late.
    owe(lease=lease, due_on=date(2026, 11, 5))
    report = detect(date(2026, 11, 5))
    assert report.opened == [CaseLine(account, lease.household.name, D("213.00"), date(2026, 10, 6))]
    assert case_of(account).first_default_on == date(2026, 10, 6)


@pytest.mark.clock("2027-04-10")
def test_a_debt_that_was_held_when_its_default_began_opens_a_case_once_it_is_free():
    # Due 5 March 2027: 25.00, of which 5.00 are paid that day, and 10.00. The 30.00 left are disputed from the 6th to
    # 9 April. On 6 March nothing else was past due.
    with clock.travel(date(2027, 3, 6)):
        lease = let()
        account = owe(lease=lease, due_on=date(2027, 3, 5), amount="25.00")
        pay(account=account, on=date(2027, 3, 5), amount="5.00")
        owe(lease=lease, due_on=date(2027, 3, 5), amount="10.00")
        debts = list(OpenItem.objects.filter(account=account).values_list("posting_id", flat=True))
        hold_debt(posting_ids=debts, kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM)
        assert detect(date(2027, 3, 6)).opened == []
    with clock.travel(date(2027, 4, 9)):
        release_debt(posting_ids=debts, actor=SYSTEM)
    assert [line.account_id for line in detect(date(2027, 4, 10)).opened] == [account]
    assert (case_of(account).first_default_on, case_of(account).opening_debt) == (date(2027, 3, 6), D("30.00"))


@pytest.mark.clock("2027-04-10")
def test_a_debt_that_was_held_is_not_of_the_opening_beside_one_that_was_free():
    # Both due 5 March 2027; on the 6th 30.00 are disputed, 20.00 are not.
    lease = let()
    with clock.travel(date(2027, 3, 6)):
        account = owe(lease=lease, due_on=date(2027, 3, 5), amount="30.00")
        debts = list(OpenItem.objects.filter(account=account).values_list("posting_id", flat=True))
        hold_debt(posting_ids=debts, kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM)
        owe(lease=lease, due_on=date(2027, 3, 5), amount="20.00")
    with clock.travel(date(2027, 4, 9)):
        release_debt(posting_ids=debts, actor=SYSTEM)
    detect(date(2027, 4, 10))
    assert case_of(account).opening_debt == D("20.00")


def test_a_few_cents_are_a_default():
    account = owe(lease=let(), due_on=date(2026, 10, 5), amount="0.40")
    detect(date(2026, 11, 5))
    assert case_of(account).opening_debt == D("0.40")
    assert detect(date(2026, 11, 5)).closed == []


def test_aid_that_the_payer_owes_is_no_default_of_the_household():
    lease = let()
    pair = (lease.pk, make_payer().pk)
    account = benefit_accounts([pair])[pair]
    line = NewPosting(account, General.BENEFIT_TRANSIT, D("267.00"), Nature.BENEFIT, date(2026, 9, 25))
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "aid", date(2026, 9, 1), (line,))], actor=SYSTEM)
    assert OpenItem.objects.filter(account=account, is_debit=True).exists()
    assert detect(date(2026, 11, 5)).opened == []


def prior_debt(**owner: object) -> int:
    """20.00 due on 1 October on an account of old debt, without a contract; it is the first of the households'."""
    account = Account.objects.create(
        id=FIRST_SUBLEDGER_ID, kind=AccountKind.PRIOR_DEBT, code="411", label="Ancien", **owner
    )
    line = NewPosting(account.pk, General.RENT_INCOME, D("20.00"), Nature.PRIOR, date(2026, 10, 1))
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "prior", date(2026, 10, 1), (line,))], actor=SYSTEM)
    return account.pk


def test_old_debt_without_a_contract_makes_a_case_that_no_law_weighs():
    household = let().household
    account = prior_debt(household=household)
    report = detect(date(2026, 11, 5))
    assert report.opened == [CaseLine(account, household.name, D("20.00"), date(2026, 10, 2))]
    assert (report.constituted, report.signalled) == ([], [])
    assert case_of(account).opening_debt == D("20.00")
    assert detect(date(2026, 11, 5)).opened == []


def test_old_debt_of_nobody_known_makes_a_case_without_a_name():
    account = prior_debt()
    assert detect(date(2026, 11, 5)).opened == [CaseLine(account, "", D("20.00"), date(2026, 10, 2))]


def test_the_report_says_who_how_much_from_which_day():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    owe(lease=lease, due_on=date(2026, 10, 5), amount="480.00")
    owe(lease=lease, due_on=date(2026, 10, 5), amount="10.00", nature=Nature.PARKING)
    report = detect(date(2026, 11, 5))
    name = lease.household.name
    assert report.opened == [CaseLine(account, name, D("970.00"), date(2026, 9, 2))]
    # Twice 213.00 net are reached by the first term. Of the debt, the law counts what is not parking.
    assert report.constituted == [
        CaseLine(account, name, D("960.00"), date(2026, 9, 1), "R2026", date(2026, 11, 1)),
    ]  # fmt: skip


def test_one_account_is_searched_alone():
    first, second = (owe(lease=let(), due_on=date(2026, 10, 5)) for _ in range(2))
    assert [line.account_id for line in detect(date(2026, 11, 5), account_ids=[second]).opened] == [second]
    assert [line.account_id for line in detect(date(2026, 11, 5), account_ids=[]).opened] == []
    assert [line.account_id for line in detect(date(2026, 11, 5)).opened] == [first]


@pytest.mark.clock("2026-11-06")
def test_a_search_of_all_brings_the_states_to_its_day_and_one_of_some_leaves_them():
    with clock.travel(date(2026, 10, 20)):
        accounts = [owe(lease=let(), due_on=date(2026, 11, 5)) for _ in range(2)]
    states = AccountState.objects.order_by("pk").values_list("as_of", "debt", "arrears")
    detect(date(2026, 11, 6), account_ids=accounts[:1])
    assert list(states.all()) == [(date(2026, 10, 20), 0, 0)] * 2
    detect(date(2026, 11, 6))
    assert list(states.all()) == [(date(2026, 11, 6), D("213.00"), D("213.00"))] * 2


# -- what a search wakes, and what it waits for ---------------------------------------------------------------------


def test_a_search_wakes_the_alerts_where_it_found_something():
    def rings() -> int:
        connection.run_on_commit.clear()
        detect(date(2026, 11, 5))
        return len(connection.run_on_commit)

    account = owe(lease=let(aid=None), due_on=date(2026, 10, 5))
    # The case opens, and nothing else; then nothing; then it closes.
    assert (rings(), rings()) == (1, 0)
    pay(account=account, on=date(2026, 11, 5))
    assert (rings(), rings()) == (1, 0)


def test_one_search_at_a_time():
    """Two at once are played in test_arrears; here, what a second one waits for until the first is committed."""
    detect(date(2026, 11, 5))
    with connection.cursor() as cursor:
        cursor.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert (int.from_bytes(b"ARRE"),) in cursor.fetchall()
