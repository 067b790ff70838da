"""What R1 and R2 read of the books: terms of a day, held debts, the month's term, the household."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from office.access.actor import Actor
from rent_ledger.arrears.parameters import default_params
from rent_ledger.arrears.queries.defaults import default_facts, unpaid_terms
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.defaults import default_of
from rent_ledger.arrears.rules.term import MonthTerm, term_on
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.books.codes import DefaultRule, EntryKind, HoldKind
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import OpenItem
from tests.factories import make_actor, make_bank_known, make_let, make_right, owe, pay

D = Decimal
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def month_term_of(account: int, *, day: date) -> MonthTerm | None:
    return term_on(month_terms_of([account], day=day)[account], day)


def test_the_terms_of_a_day_leave_out_what_is_no_term_what_is_held_and_what_is_not_past_due():
    lease = make_let()
    account = owe(lease=lease, due_on=OCT)
    owe(lease=lease, due_on=OCT, amount="80.00", nature="CHARGES")
    owe(lease=lease, due_on=OCT, amount="50.00", nature="REPAIRS")
    held = owe(lease=lease, due_on=NOV)
    owe(lease=lease, due_on=TODAY)
    pay(account=account, on=date(2026, 10, 12), amount="120.00")
    [disputed] = OpenItem.objects.filter(account_id=held, due_on=NOV).values_list("posting_id", flat=True)
    hold_debt(posting_ids=[disputed], kind=HoldKind.DISPUTE, reason="Montant contesté", actor=make_actor())
    [term] = unpaid_terms([account], day=TODAY)[account]
    assert (term.month, term.due_on, term.asked, term.remaining) == (OCT, OCT, D("293.00"), D("173.00"))


def test_the_terms_of_a_past_day_are_those_that_stood_then():
    account = owe(lease=make_let(), due_on=OCT)
    with clock.travel(date(2026, 10, 5)):
        entry = pay(account=account, on=date(2026, 10, 5))
    with clock.travel(date(2026, 10, 12)):
        reverse(entry_ids=[entry], actor=Actor.system(), effective_on=date(2026, 10, 12), kind=EntryKind.RETURN)
    assert unpaid_terms([account], day=date(2026, 10, 8)) == {}
    assert [t.remaining for t in unpaid_terms([account], day=date(2026, 10, 13))[account]] == [D("213.00")]


def test_the_facts_say_the_household_the_month_and_how_far_the_bank_is_known():
    lease = make_let(start=date(2024, 3, 15))
    lease.household.support_type = "T2"
    lease.household.save()
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    make_bank_known(until=date(2026, 11, 4))
    account = owe(lease=lease, due_on=NOV)
    facts = default_facts([account], day=TODAY)[account]
    assert (facts.net_term, facts.known_until, facts.entered_on) == (D("213.00"), date(2026, 11, 4), date(2024, 3, 15))
    assert (facts.is_type_1, facts.is_type_2, facts.is_sublet, facts.is_intermediation) == (False, True, True, False)


def test_a_default_stands_from_the_day_on_which_the_term_is_late_enough():
    lease = make_let(start=date(2024, 3, 15))
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    account = owe(lease=lease, due_on=OCT, amount="10.00")
    owe(lease=lease, due_on=date(2026, 10, 31), amount="250.00")
    eve, found = (
        default_of(default_facts([account], day=day)[account], day=day, params=default_params(day))
        for day in (date(2026, 11, 4), TODAY)
    )
    assert eve is None
    assert (found.rule, found.total, found.trigger_on) == (DefaultRule.SECOND, D("260.00"), date(2026, 10, 31))


def test_the_month_of_an_account_is_the_contract_s():
    lease = make_let(start=date(2024, 3, 15), rent="400.00", charges="80.00")
    account = owe(lease=lease, due_on=NOV)
    assert month_term_of(account, day=TODAY).gross == D("480.00")
    make_right(lease=lease, amount="267.00", start=date(2026, 12, 1))
    assert month_term_of(account, day=date(2026, 11, 30)).net == D("480.00")
    assert month_term_of(account, day=date(2026, 12, 1)).net == D("213.00")


def test_many_accounts_cost_as_many_queries_as_one(django_assert_num_queries):
    accounts = [owe(lease=make_let(), due_on=OCT) for _ in range(4)]
    with django_assert_num_queries(7):
        default_facts(accounts[:1], day=TODAY)
    with django_assert_num_queries(7):
        assert len(default_facts(accounts, day=TODAY)) == 4
