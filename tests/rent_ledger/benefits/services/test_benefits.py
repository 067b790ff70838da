"""Aid paid to us: rights, bordereaux, and who owes the difference when a month is settled."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed, UnreadableFile
from common.periods import Month, period
from office.actor import Actor
from office.enums import Role
from office.models import Organisation
from rent_ledger.enums import BenefitLineState, EntryKind, General, LineState, Nature
from rent_ledger.models import (
    AccountState,
    BankLine,
    BenefitLine,
    BenefitRight,
    BenefitStatement,
    Entry,
    Posting,
    RentRun,
)
from rent_ledger.services.accounts import benefit_accounts
from rent_ledger.services.benefit_statements import assign_benefit_line, import_benefit_statement
from rent_ledger.services.benefits import (
    end_right,
    end_rights,
    set_right,
    settle_benefit_month,
    settle_months,
    settle_received_months,
)
from rent_ledger.services.checking import check_ledger
from rent_ledger.services.runs import produce
from tests.factories import make_actor, make_bank_account, make_let, make_organisation, make_payer, make_right
from tests.rent_ledger.banking import camt, drop, movement, written
from tests.rent_ledger.services.test_bank_import import balance

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]
SYSTEM = Actor.system()
NOV, PAID = date(2026, 11, 1), date(2026, 11, 25)


def housed(*, payer: Organisation | None = None, billed: bool = True):
    """A lease since January with an APL of 250,00, billed for November."""
    lease = make_let()
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1), payer=payer)
    if billed:
        bill(lease, NOV)
    return lease, right


def bill(lease, month: date) -> None:
    run, _ = RentRun.objects.get_or_create(month=month, state="DONE")
    with clock.travel(month):
        produce(run=run, lease_ids=[lease.pk], actor=SYSTEM)


def bordereau(*rows: tuple[str, str, str]) -> bytes:
    """(number, month, amount) lines."""
    return ("allocataire;mois;montant\n" + "".join(f"{n};{m};{a}\n" for n, m, a in rows)).encode()


def bring(payer, *rows: tuple[str, str, str], on: date = PAID, wet: bool = True, actor: Actor = SYSTEM):
    return import_benefit_statement(
        data=bordereau(*rows), name="bordereau.csv", payer=payer, paid_on=on, actor=actor, wet=wet
    )


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
    assert shortfall.entry.label == "Aide de 11/2026 : 200,00 € reçus pour 250,00 € attendus"
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
    assert BenefitLine.objects.get().explanation == "Numéro allocataire, mois sans droit en cours"


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


def test_the_same_bordereau_twice_is_refused():
    _, right = housed()
    row = (right.beneficiary_number, "11/2026", "250,00")
    bring(right.payer, row)
    with pytest.raises(Conflict, match="déjà été importé le 26/11/2026"):
        bring(right.payer, row)
    assert BenefitStatement.objects.count() == 1


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
    with django_assert_num_queries(4):  # the savepoint, the lock, the write
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
