"""Aid paid to us: rights, bordereaux, and who owes the difference when a month is settled."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed, UnreadableFile
from common.periods import Month, period
from common.reasons import Reason
from leases.contracts.natures import Nature
from office.access.codes import Role
from rent_ledger.bank.codes import LineState
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.queries import statement_view
from rent_ledger.benefits.services.benefit_statements import (
    assign_benefit_line,
    import_benefit_statement,
)
from rent_ledger.billing.services.settlement import (
    settle_benefit_month,
    settle_months,
    settle_received_months,
)
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import (
    AccountState,
    BankLine,
    BenefitLine,
    BenefitRight,
    BenefitStatement,
    Entry,
    Posting,
    RentDemand,
)
from rent_ledger.rights.codes import LineWhy
from rent_ledger.rights.services import end_right, end_rights, set_right
from tests.factories import make_actor, make_bank_account, make_let, make_organisation, make_payer, make_right
from tests.rent_ledger.aids import NOV, PAID, SYSTEM, bill, bring, housed
from tests.rent_ledger.banking import balance, camt, drop, movement, written

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]


def state(lease) -> AccountState:
    return AccountState.objects.get(account__lease=lease)


def aid_account(right: BenefitRight) -> int:
    return benefit_accounts([(right.lease_id, right.payer_id)])[right.lease_id, right.payer_id]


def test_aid_that_comes_as_expected_settles_its_month():
    lease, right = housed()
    assert state(lease).aid_pending == 0  # due on the 25th
    report = bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    assert (len(report.matched), report.settled, report.total) == (1, 0, Decimal("250.00"))
    line = BenefitLine.objects.get()
    assert (line.state, line.right, line.entry.idempotency_key) == ("MATCHED", right, f"benefit_line:{line.pk}")
    assert balance(aid_account(right)) == 0
    assert balance(General.BENEFIT_TRANSIT) == Decimal("250.00")
    assert state(lease).debt == Decimal("230.00")
    assert check_ledger() == []


def test_what_lacks_is_the_tenant_s_with_the_next_term():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    shortfall = Posting.objects.get(nature=Nature.SHORTFALL)
    assert (shortfall.amount, shortfall.due_on, shortfall.for_month) == (Decimal("50.00"), date(2026, 12, 1), NOV)
    assert shortfall.entry.kind == EntryKind.BENEFIT_SETTLED
    assert shortfall.entry.label == "Aide de novembre\u00a02026 : 200,00\u00a0€ reçus pour 250,00\u00a0€ attendus"
    assert (state(lease).debt, state(lease).upcoming) == (Decimal("230.00"), Decimal("50.00"))
    assert balance(aid_account(right)) == 0
    assert check_ledger() == []


def test_a_shortfall_is_due_with_a_demand_still_to_come():
    """December is billed already when the AL of November comes short, on the 5th."""
    lease, right = housed()
    bill(lease, date(2026, 12, 1))
    with clock.travel(date(2026, 12, 7)):
        bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"), on=date(2026, 12, 5))
    assert Posting.objects.get(nature=Nature.SHORTFALL).due_on == date(2027, 1, 1)


def test_what_is_beyond_is_the_household_s_credit():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "300,00"))
    assert state(lease).debt == Decimal("180.00")
    assert balance(aid_account(right)) == 0
    assert check_ledger() == []


def test_aid_without_a_line_stays_pending_and_is_never_arrears():
    lease, right = housed()
    _, paid = housed(payer=right.payer)
    report = bring(right.payer, (paid.beneficiary_number, "11/2026", "250,00"))
    assert [r.lease for r in report.stopped] == [lease]
    assert balance(aid_account(right)) == Decimal("250.00")
    assert state(lease).debt == Decimal("230.00")


def test_an_indu_withheld_is_owed_by_the_tenant():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    bring(right.payer, (right.beneficiary_number, "11/2026", "-40,00"), on=date(2026, 11, 26))
    shortfall = Posting.objects.get(nature=Nature.SHORTFALL)
    assert shortfall.amount == Decimal("40.00")
    assert "(indu retenu)" in shortfall.entry.label
    assert balance(aid_account(right)) == 0
    assert check_ledger() == []


def test_a_later_payment_of_a_settled_month_comes_back_to_the_household():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    bring(right.payer, (right.beneficiary_number, "11/2026", "50,00"), on=date(2026, 11, 26))
    assert (state(lease).debt + state(lease).upcoming, balance(aid_account(right))) == (Decimal("230.00"), 0)
    assert check_ledger() == []


def test_aid_for_a_month_not_billed_yet_meets_its_demand():
    lease, right = housed(billed=False)
    bill(lease, date(2026, 10, 1))
    bring(right.payer, (right.beneficiary_number, "11/2026", "240,00"))
    assert not Entry.objects.filter(kind=EntryKind.BENEFIT_SETTLED).exists()
    bill(lease, NOV)
    assert balance(aid_account(right)) == Decimal("260.00")  # October pending, 10,00 of November
    assert settle_received_months(lease_ids=[lease.pk], actor=SYSTEM) == 1
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("10.00")


def test_an_arrear_for_a_month_before_the_right_is_the_household_s():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "09/2025", "90,00"))
    assert state(lease).debt == Decimal("140.00")
    assert BenefitLine.objects.get().why == Reason(LineWhy.NUMBER_PAST)


def test_a_line_of_zero_settles_its_month():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "0,00"))
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("250.00")


def test_unknown_people_leave_the_money_in_transit_until_somebody_says():
    _, right = housed()
    report = bring(right.payer, ("7777777", "11/2026", "250,00"))
    assert len(report.unknown) == 1
    assert balance(General.BENEFIT_TRANSIT) == 0
    line = BenefitLine.objects.get()
    assign_benefit_line(line_id=line.pk, right_id=right.pk, actor=make_actor())
    assert (BenefitLine.objects.get().state, balance(aid_account(right))) == (BenefitLineState.MATCHED, 0)
    with pytest.raises(Conflict):
        assign_benefit_line(line_id=line.pk, right_id=right.pk, actor=make_actor())


def test_a_line_given_to_a_right_that_had_the_same_amount_waits_for_a_word():
    """By its number first, under an unknown number in a second file: 250 once, unless a person says twice."""
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    bring(right.payer, ("7777777", "11/2026", "250,00"), ("8888888", "11/2026", "249,00"))
    line, other = BenefitLine.objects.get(amount="250.00", right=None), BenefitLine.objects.get(amount="249.00")
    with pytest.raises(Conflict, match="sont déjà reçus pour ce ménage") as refused:
        assign_benefit_line(line_id=line.pk, right_id=right.pk, actor=make_actor())
    assert refused.value.code == "lines_again"
    assert (state(lease).debt, state(lease).credit) == (Decimal("230.00"), 0)
    assign_benefit_line(line_id=line.pk, right_id=right.pk, actor=make_actor(), again=True)
    assert (state(lease).debt, state(lease).credit) == (0, Decimal("20.00"))
    assign_benefit_line(line_id=other.pk, right_id=right.pk, actor=make_actor())
    assert state(lease).credit == Decimal("269.00")
    assert check_ledger() == []


def test_a_household_known_by_name_without_right_is_told_apart():
    lease = make_let()
    person = lease.parties.get().person
    payer = make_payer()
    data = f"nom;mois;montant\n{person.last_name} {person.first_name};11/2026;10,00\n".encode()
    report = import_benefit_statement(data=data, name="b.csv", payer=payer, paid_on=PAID, actor=SYSTEM)
    assert [m.state for m in report.lines] == [BenefitLineState.NO_RIGHT]


def test_numbers_are_compared_without_spaces_and_zeros():
    _, right = housed()
    written_so = f"0{right.beneficiary_number[:3]} {right.beneficiary_number[3:]}"
    assert len(bring(right.payer, (written_so, "11/2026", "250,00")).matched) == 1


def test_one_bad_line_refuses_the_whole_bordereau():
    _, right = housed()
    with pytest.raises(UnreadableFile, match="Ligne 3"):
        bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"), ("8", "11/2026", "beaucoup"))
    assert BenefitStatement.objects.count() == 0


def test_a_dry_import_writes_nothing():
    _, right = housed()
    before = Entry.objects.count()
    report = bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"), wet=False)
    assert (report.settled, len(report.changed), report.statement_id) == (1, 1, None)
    assert (BenefitStatement.objects.count(), Entry.objects.count()) == (0, before)


@pytest.mark.parametrize("bank_first", [True, False])
def test_the_bank_s_credit_meets_its_bordereau(bank_first):
    _, right = housed()
    bank = make_bank_account()
    statement = camt(written(bank, movement("250.00", name=right.payer.name, day=PAID), closing_day=PAID))
    if bank_first:
        drop(statement)
        assert BankLine.objects.get().state == LineState.TO_PLACE
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    if not bank_first:
        drop(statement)
    line = BankLine.objects.get()
    assert (line.state, BenefitStatement.objects.get().bank_line) == (LineState.SURE, line)
    assert (balance(General.BENEFIT_TRANSIT), balance(General.SUSPENSE)) == (0, 0)


def test_a_person_settles_a_month_whose_aid_will_not_come():
    lease, _ = housed()
    settle_benefit_month(lease_id=lease.pk, month=Month(2026, 11), reason="Droit suspendu", actor=make_actor())
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("250.00")
    with pytest.raises(InvalidInput, match="rien à solder"):
        settle_benefit_month(lease_id=lease.pk, month=Month(2026, 11), reason="Encore", actor=make_actor())


def test_settling_twice_moves_nothing_more():
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    assert settle_months(pairs={(aid_account(right), NOV)}, on=PAID, actor=SYSTEM) == 0


# -- rights ---------------------------------------------------------------------------------------------------------


def test_a_change_of_right_is_a_new_row():
    lease, payer = make_let(), make_payer()
    facts = {"lease": lease, "payer": payer, "kind": "APL", "beneficiary_number": "123 456", "actor": make_actor()}
    set_right(amount=Decimal("200.00"), start=date(2026, 2, 1), **facts)
    set_right(amount=Decimal("180.00"), start=date(2026, 12, 1), **facts)
    assert list(BenefitRight.objects.order_by("period").values_list("amount", "period")) == [
        (Decimal("200.00"), period(date(2026, 2, 1), date(2026, 12, 1))),
        (Decimal("180.00"), period(date(2026, 12, 1))),
    ]
    with pytest.raises(Conflict, match="commence déjà"):
        set_right(amount=Decimal("1.00"), start=date(2026, 12, 1), **facts)
    with pytest.raises(Conflict, match="couvre déjà"):
        set_right(amount=Decimal("1.00"), start=date(2026, 1, 1), **facts)


def test_rights_that_make_no_sense_are_refused():
    lease = make_let()
    facts = {"lease": lease, "kind": "APL", "beneficiary_number": "1", "actor": make_actor()}
    for changes in (
        {"payer": make_organisation(), "amount": Decimal("1.00"), "start": NOV},
        {"payer": make_payer(), "amount": Decimal("0.00"), "start": NOV},
        {"payer": make_payer(), "amount": Decimal("1.00"), "start": NOV, "end": NOV},
        {"payer": make_payer(), "amount": Decimal("1.00"), "start": NOV, "kind": "RSA"},
    ):
        with pytest.raises(InvalidInput):
            set_right(**(facts | changes))


def test_a_right_ends_once():
    right = make_right(lease=make_let(), start=date(2026, 2, 1))
    end_right(right_id=right.pk, on=date(2026, 12, 1), actor=make_actor())
    with pytest.raises(Conflict, match="se termine déjà le 01/12/2026"):
        end_right(right_id=right.pk, on=date(2026, 12, 1), actor=make_actor())
    with pytest.raises(InvalidInput, match="sa fin doit venir après"):
        end_right(right_id=right.pk, on=date(2026, 2, 1), actor=make_actor())


def test_rights_that_end_together_all_end_or_none(django_assert_num_queries):
    payer = make_payer()
    rights = [make_right(lease=make_let(), payer=payer, start=date(2026, 2, 1)) for _ in range(4)]
    late = make_right(lease=make_let(), payer=payer, start=date(2027, 1, 1))
    actor, on = make_actor(), date(2026, 12, 1)
    with pytest.raises(InvalidInput, match="sa fin doit venir après"):
        end_rights(right_ids=[rights[0].pk, late.pk], on=on, actor=actor)
    with pytest.raises(InvalidInput, match="n’existe pas"):
        end_rights(right_ids=[rights[0].pk, late.pk + 1], on=on, actor=actor)
    assert not BenefitRight.objects.filter(period__endswith=on).exists()
    with django_assert_num_queries(5):  # the savepoint, the lock, the write, who is late
        ended = end_rights(right_ids=[right.pk for right in rights], on=on, reason="Départ", actor=actor)
    assert [(right.period.upper, right.reason) for right in ended] == [(on, "Départ")] * 4
    assert end_rights(right_ids=[], on=on, actor=actor) == []


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_only_the_rental_manager_touches_aid(role):
    lease, right = housed()
    actor = make_actor(role=role)
    for work in (
        lambda: bring(right.payer, ("1", "11/2026", "1,00"), actor=actor),
        lambda: end_right(right_id=right.pk, on=date(2026, 12, 1), actor=actor),
        lambda: settle_benefit_month(lease_id=lease.pk, month=Month(2026, 11), reason="x", actor=actor),
    ):
        with pytest.raises(NotAllowed):
            work()


# -- what a bordereau changes, by right and month ----------------------------------------------------------------------


def shown(report) -> tuple[list[tuple[str, str, bool]], list[str]]:
    """Of a bordereau: (paid, difference, whether the sum may be followed) of each changed month, and what is awaited of
    those without a line."""
    view = statement_view(BenefitStatement.objects.get(pk=report.statement_id))
    assert len(report.changed) == len(view.changed)
    changed = [(str(m.paid.paid), str(m.paid.difference), m.may_follow) for m in view.changed]
    return changed, [str(right.awaited) for right in view.stopped]


@pytest.mark.parametrize(
    ("amounts", "changed"),
    [
        # Awaited: 250,00. Several lines of a right and month are one sum (B5: a rappel and an indu are lines).
        (["250,00"], []),
        (["200,00", "50,00"], []),
        (["100,00", "175,00"], [("275.00", "25.00", True)]),
        (["300,00", "-50,00"], []),
        (["250,00", "-80,00"], [("170.00", "-80.00", False)]),
        (["200,00"], [("200.00", "-50.00", True)]),
    ],
)
def test_the_lines_of_a_right_and_month_are_compared_as_one(amounts, changed):
    lease, right = housed()
    report = bring(right.payer, *[(right.beneficiary_number, "11/2026", amount) for amount in amounts])
    assert shown(report) == (changed, [])
    moved = sum((Decimal(difference) for _, difference, _ in changed), Decimal(0))
    # What the page says is what the settlement moved.
    assert state(lease).credit - state(lease).upcoming - state(lease).debt == moved - Decimal("230.00")


def test_a_second_bordereau_of_a_month_names_what_it_changes_and_nobody_who_was_paid():
    lease, right = housed()
    paid, other = housed(payer=right.payer)
    late, lacking = housed(payer=right.payer)
    first = bring(right.payer, *[(r.beneficiary_number, "11/2026", "250,00") for r in (right, other)])
    assert shown(first) == ([], ["250.00"])
    second = bring(right.payer, (right.beneficiary_number, "11/2026", "-50,00"))
    assert shown(second) == ([("-50.00", "-50.00", False)], ["250.00"])
    third = bring(right.payer, (lacking.beneficiary_number, "11/2026", "250,00"))
    assert shown(third) == ([], [])
    assert {lease.pk, paid.pk, late.pk} == {right.lease_id, other.lease_id, lacking.lease_id}


def test_a_month_before_the_right_awaits_nothing():
    _, right = housed()
    with clock.travel(NOV):
        bill(right.lease, date(2026, 1, 1))
    report = bring(right.payer, (right.beneficiary_number, "01/2026", "170,00"))
    assert shown(report) == ([("170.00", "170.00", True)], [])


def test_a_month_that_is_not_billed_awaits_what_the_right_says():
    _, right = housed(billed=False)
    report = bring(right.payer, (right.beneficiary_number, "11/2026", "240,00"))
    [month] = statement_view(BenefitStatement.objects.get()).changed
    assert (month.paid.difference, month.paid.is_billed) == (Decimal("-10.00"), False)
    assert report.stopped == []


def test_a_right_that_follows_another_aided_dwelling_is_awaited_for_the_month_of_entry():
    lease = make_let(start=date(2026, 11, 12))
    set_right(
        lease=lease, payer=make_payer(), kind="APL", beneficiary_number="1234567", amount=Decimal("250.00"),
        start=NOV, follows="AIDED", actor=make_actor(),
    )  # fmt: skip
    with clock.travel(NOV):
        bill(lease, NOV)
    assert RentDemand.objects.get().benefit == Decimal("250.00")
    with pytest.raises(InvalidInput) as refusal:
        set_right(
            lease=make_let(), payer=make_payer(), kind="APL", beneficiary_number="1", amount=Decimal(1), start=NOV,
            follows="OTHER", actor=make_actor(),
        )  # fmt: skip
    assert refusal.value.field == "follows"
