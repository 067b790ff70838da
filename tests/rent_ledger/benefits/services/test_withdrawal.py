"""A bordereau that was wrong is taken out whole, and its file may come again."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput
from rent_ledger.bank.services.inbox import undo_match
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.queries import statement_view
from rent_ledger.benefits.services.benefit_statements import assign_benefit_line
from rent_ledger.benefits.services.withdrawal import withdraw_benefit_statement
from rent_ledger.billing.services.settlement import settle_received_months
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, BankLine, BenefitLine, BenefitStatement, Entry, LedgerMonth
from tests.at_once import both_at_once
from tests.factories import make_actor, make_bank_account, make_user, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.aids import NOV, SYSTEM, bill, bring, housed
from tests.rent_ledger.banking import balance, camt, drop, movement, written

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]
WRONG = "Bordereau d’un autre mois"
D = Decimal


def state(lease) -> AccountState:
    return AccountState.objects.get(account__lease=lease)


def aid(right) -> Decimal:
    return balance(benefit_accounts([(right.lease_id, right.payer_id)])[right.lease_id, right.payer_id])


def take_out(**of):
    pk = BenefitStatement.objects.filter(withdrawn_at=None, **of).latest("pk").pk
    return withdraw_benefit_statement(statement_id=pk, reason=WRONG, actor=make_actor())


@pytest.mark.parametrize("amount", ["250,00", "200,00", "300,00", "0,00"])
def test_its_month_awaits_its_aid_again(amount):
    lease, right = housed()
    before = [(s.debt, s.upcoming, s.credit, s.aid_pending, aid(right)) for s in [state(lease)]]
    bring(right.payer, (right.beneficiary_number, "11/2026", amount))
    withdrawn = take_out()
    assert (withdrawn.is_withdrawn, withdrawn.withdrawn_why) == (True, WRONG)
    after = [(s.debt, s.upcoming, s.credit, aid(right)) for s in [state(lease)]]
    assert after == [(debt, upcoming, credit, awaited) for debt, upcoming, credit, _, awaited in before]
    assert balance(General.BENEFIT_TRANSIT) == 0
    assert set(BenefitLine.objects.values_list("state", flat=True)) == {BenefitLineState.WITHDRAWN}
    # Nothing came any more: no run, no night settles the month.
    assert settle_received_months(actor=SYSTEM) == 0
    assert check_ledger() == []


def test_the_same_file_enters_again():
    _, right = housed()
    line = (right.beneficiary_number, "11/2026", "200,00")
    bring(right.payer, line)
    with pytest.raises(Conflict, match="déjà été importé"):
        bring(right.payer, line)
    take_out()
    report = bring(right.payer, line)
    assert (len(report.matched), report.settled, report.repeated) == (1, 1, [])
    assert state(right.lease).upcoming == D("50.00")
    assert check_ledger() == []


def test_money_of_the_household_is_laid_as_before():
    lease, right = housed()
    account = state(lease).account_id
    pay(account=account, on=date(2026, 11, 10), amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "300,00"))
    assert (state(lease).debt, state(lease).credit) == (0, D("50.00"))
    take_out()
    assert (state(lease).debt, state(lease).credit, aid(right)) == (0, 0, D("250.00"))
    assert check_ledger() == []


def test_what_an_earlier_bordereau_paid_stays_settled():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    assert state(lease).upcoming == D("50.00")
    with clock.travel(date(2026, 11, 28)):
        bring(right.payer, (right.beneficiary_number, "11/2026", "30,00"), on=date(2026, 11, 27))
        first, second = BenefitStatement.objects.order_by("pk")
        with pytest.raises(Conflict, match="importé depuis, paie aussi de ses mois"):
            withdraw_benefit_statement(statement_id=first.pk, reason=WRONG, actor=make_actor())
        take_out(pk=second.pk)
    assert (state(lease).upcoming, state(lease).credit, aid(right)) == (D("50.00"), 0, 0)
    assert check_ledger() == []
    take_out(pk=first.pk)
    assert (state(lease).upcoming, aid(right)) == (0, D("250.00"))
    assert check_ledger() == []


def test_a_month_billed_since_awaits_its_aid():
    lease, right = housed(billed=False)
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    bill(lease, NOV)
    take_out()
    assert (aid(right), balance(General.BENEFIT_TRANSIT)) == (D("250.00"), 0)
    assert check_ledger() == []


def test_lines_without_a_right_go_too_and_take_no_right_any_more():
    _, right = housed()
    bring(right.payer, ("9999999", "11/2026", "75,00"))
    line = BenefitLine.objects.get()
    take_out()
    with pytest.raises(Conflict, match="bordereau est retiré"):
        assign_benefit_line(line_id=line.pk, right_id=right.pk, actor=make_actor())
    assert check_ledger() == []


def test_its_credit_is_untied_before():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    drop(camt(written(make_bank_account(), movement("250.00", name=right.payer.name, day=date(2026, 11, 25)))))
    line = BankLine.objects.get()
    with pytest.raises(Conflict, match="Son virement du 25/11/2026 est rapproché") as refused:
        take_out()
    assert refused.value.code == "statement_stands"
    undo_match(line_id=line.pk, actor=make_actor())
    take_out()
    assert balance(General.BENEFIT_TRANSIT) == 0
    assert check_ledger() == []


def test_a_closed_month_keeps_its_lines():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    LedgerMonth.objects.filter(month=NOV).update(closed_at=clock.now())
    with pytest.raises(Conflict, match="novembre\u00a02026 est clôturé"):
        take_out()


def test_once_and_with_a_reason():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    pk, actor = BenefitStatement.objects.get().pk, make_actor()
    with pytest.raises(InvalidInput, match="Dites ce qui n’allait pas"):
        withdraw_benefit_statement(statement_id=pk, reason=" ", actor=actor)
    withdraw_benefit_statement(statement_id=pk, reason=WRONG, actor=actor)
    with pytest.raises(Conflict, match=f"déjà retiré par {actor.user}"):
        withdraw_benefit_statement(statement_id=pk, reason=WRONG, actor=actor)
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1


def test_killed_half_way_it_is_as_it_was(monkeypatch):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))

    def die(**_):
        raise RuntimeError("killed")

    monkeypatch.setattr("rent_ledger.benefits.services.withdrawal.settle_received_months", die)
    with pytest.raises(RuntimeError):
        take_out()
    assert BenefitStatement.objects.get().withdrawn_at is None
    assert BenefitLine.objects.get().state == BenefitLineState.MATCHED
    assert balance(General.BENEFIT_TRANSIT) == 200
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_it_out():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    pk, actors = BenefitStatement.objects.get().pk, (make_actor(), make_actor())
    results = both_at_once(
        *(lambda a=a: withdraw_benefit_statement(statement_id=pk, reason=WRONG, actor=a) for a in actors)
    )
    assert sorted(type(r).__name__ for r in results) == ["BenefitStatement", "Conflict"]


def test_the_page_says_what_goes_and_who_took_it_out():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    statement = BenefitStatement.objects.get()
    user = make_user()
    client = signed_in(user)
    page = reverse("rent_ledger:benefit_withdraw", args=[statement.pk])
    shown = reverse("rent_ledger:benefit_statement", args=[statement.pk])
    assert page in plain(client.get(shown))
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": WRONG}).status_code == 302
    listed = plain(client.get(reverse("rent_ledger:benefits")))
    assert WRONG in listed
    assert str(user) in listed
    assert client.get(shown).status_code == 302
    assert "Ce bordereau est retiré depuis" in plain(client.get(page))
    # Another of the month is compared with what is awaited, not with what was taken out.
    bring(right.payer, (right.beneficiary_number, "11/2026", "240,00"))
    [changed] = statement_view(BenefitStatement.objects.latest("pk")).changed
    assert (changed.paid.before, changed.paid.awaited) == (None, 250)
