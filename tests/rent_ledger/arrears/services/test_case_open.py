"""What keeps a case open, closes it, and opens it again."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from leases.contracts.natures import Nature
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.detection import CaseLine
from rent_ledger.books.codes import (
    Action,
    EntryKind,
    HoldKind,
)
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import Account, ArrearsCase, CaseDecision, LetterHold, OpenItem, SocialAnswer
from tests.factories import make_actor, make_user, owe, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.services.test_detection import SYSTEM, D, case_of, detect, let, managed

pytestmark = pytest.mark.django_db


# -- what keeps it open ---------------------------------------------------------------------------------------------


@pytest.mark.clock("2027-05-10")
def test_only_what_the_law_counts_keeps_a_constituted_case_open():
    # D5: the rent is settled, 10 € of parking stay; an impayé of May is a new case, with a deadline of its own.
    lease = let()
    with clock.travel(date(2027, 2, 10)):
        account = owe(lease=lease, due_on=date(2027, 2, 5), amount="480.00")
        owe(lease=lease, due_on=date(2027, 2, 5), amount="10.00", nature=Nature.PARKING)
        detect(date(2027, 2, 10))
        former = case_of(account)
        assert (former.constituted_on, former.report_due_on) == (date(2027, 2, 5), date(2027, 4, 5))
    with clock.travel(date(2027, 2, 20)):
        pay(account=account, on=date(2027, 2, 20), amount="480.00")
        report = detect(date(2027, 2, 20))
        assert ([c.account_id for c in report.closed], [c.account_id for c in report.opened]) == ([account], [account])
        assert detect(date(2027, 2, 20)).opened == []
        rest = case_of(account)
        # The rest is due since 5 February; its case takes no day of the one before.
        assert (rest.opening_debt, rest.opened_on, rest.first_default_on) == (
            D("10.00"), date(2027, 2, 20), date(2027, 2, 6),
        )  # fmt: skip
    owe(lease=lease, due_on=date(2027, 5, 5), amount="480.00")
    detect(date(2027, 5, 10))
    former.refresh_from_db()
    case = case_of(account)
    assert former.closed_on == date(2027, 2, 20)
    assert (case.pk != former.pk, case.constituted_on, case.report_due_on) == (True, date(2027, 5, 5), date(2027, 7, 5))


@pytest.mark.clock("2026-11-12")
def test_a_debt_that_stands_again_opens_a_case_after_the_one_that_was_closed():
    # Due 5 October, paid and closed on the 20th, returned on 12 November: the default stays that of October.
    with clock.travel(date(2026, 10, 20)):
        account = owe(lease=let(), due_on=date(2026, 10, 5), amount="100.00")
        detect(date(2026, 10, 20))
        former = case_of(account)
        entry = pay(account=account, on=date(2026, 10, 20), amount="100.00")
        detect(date(2026, 10, 20))
    reverse_entries(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 12), kind=EntryKind.RETURN)
    report = detect(date(2026, 11, 12))
    former.refresh_from_db()
    case = case_of(account)
    assert (former.opened_on, former.closed_on) == (date(2026, 10, 6), date(2026, 10, 20))
    assert (case.opened_on, case.first_default_on) == (date(2026, 10, 20), date(2026, 10, 6))
    assert [line.on for line in report.opened] == [date(2026, 10, 6)]


def closed_by(account: int, *, on: date) -> tuple[ArrearsCase, int]:
    """A case that was reported, decided and answered, then closed by a payment of that day."""
    case = case_of(account)
    ArrearsCase.objects.filter(pk=case.pk).update(reported_on=date(2026, 10, 15))
    CaseDecision.objects.create(case=case, proposed=Action.CALL, decision="CONFIRM", action=Action.CALL)
    SocialAnswer.objects.create(case=case, contact_made=True, cause="JOB_LOSS")
    entry = pay(account=account, on=on, amount="960.00")
    detect(on)
    case.refresh_from_db()
    assert case.closed_on == on
    return case, entry


def late_since_september() -> int:
    lease = let()
    owe(lease=lease, due_on=date(2026, 9, 5), amount="480.00")
    account = owe(lease=lease, due_on=date(2026, 10, 5), amount="480.00")
    detect(date(2026, 10, 20))
    return account


@pytest.mark.clock("2026-11-12")
def test_money_typed_by_mistake_reopens_the_case_that_it_closed():
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        case, entry = closed_by(account, on=date(2026, 10, 20))
        constituted = case.constituted_on
        assert constituted is not None
    [undone] = reverse_entries(entry_ids=[entry], actor=SYSTEM)
    report = detect(date(2026, 11, 12))
    assert [line.account_id for line in report.reopened] == [account]
    assert report.opened == []
    again = case_of(account)
    assert (again.pk, again.closed_on, again.constituted_on) == (case.pk, None, constituted)
    assert again.reported_on == date(2026, 10, 15)
    assert (again.decisions.count(), again.social_answers.count()) == (1, 1)
    assert again.reopenings == [{"closed_on": "2026-10-20", "on": "2026-11-12", "entry": undone.id}]
    # A second search finds nothing more.
    assert detect(date(2026, 11, 12)).reopened == []
    assert ArrearsCase.objects.filter(account=account).count() == 1
    page = " ".join(plain(signed_in(make_user()).get(reverse("rent_ledger:case", args=[case.pk]))).split())
    assert "Soldé le 20 oct. 2026 par erreur, rouvert le 12 nov. 2026" in page


@pytest.mark.clock("2026-11-12")
def test_money_typed_by_mistake_joins_the_case_that_it_closed_to_the_one_opened_since():
    """The debt had no break: one file goes on with the other, and nothing is to be declared a second time."""
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        former, entry = closed_by(account, on=date(2026, 10, 20))
        LetterHold.objects.create(
            case=former, source="SOCIAL", from_day=date(2026, 10, 20), until=date(2026, 12, 20), reason="Aide demandée"
        )
    with clock.travel(date(2026, 11, 8)):
        owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 11, 5), amount="480.00")
        detect(date(2026, 11, 8))
        now = case_of(account)
        assert (now.pk != former.pk, now.first_default_on) == (True, date(2026, 11, 6))
        assert now.constituted_on not in (None, former.constituted_on)  # by the debt of November alone
    reverse_entries(entry_ids=[entry], actor=SYSTEM)
    report = detect(date(2026, 11, 12))
    assert (report.opened, report.reopened, report.constituted) == ([], [], [])
    now.refresh_from_db()
    assert (now.closed_on, now.first_default_on) == (None, former.first_default_on)
    assert (now.constituted_on, now.reported_on) == (former.constituted_on, date(2026, 10, 15))
    assert (now.threshold, now.report_due_on) == (former.threshold, former.report_due_on)
    assert [hold.until for hold in now.letter_holds.all()] == [date(2026, 12, 20)]
    former.refresh_from_db()
    assert (former.closed_on, former.joined_on, former.reopened) == (now.opened_on, date(2026, 11, 12), [])
    # A second search finds nothing more, nor does another mistake of another day take the former one again.
    detect(date(2026, 11, 12))
    former.refresh_from_db()
    assert len(former.reopenings) == 1
    page = " ".join(plain(signed_in(make_user()).get(reverse("rent_ledger:case", args=[former.pk]))).split())
    assert "continue celui-ci depuis le 12 nov. 2026" in page
    household = Account.objects.get(pk=account).lease.household_id
    page = plain(signed_in(make_user()).get(reverse("desk:household", args=[household])))
    assert page.count("Impayé déclaré à la CAF") == 1


@pytest.mark.clock("2026-11-12")
def test_what_the_bank_returns_leaves_the_case_closed_and_opens_another():
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        case, entry = closed_by(account, on=date(2026, 10, 20))
    reverse_entries(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 12), kind=EntryKind.RETURN)
    report = detect(date(2026, 11, 12))
    assert report.reopened == []
    again = case_of(account)
    assert (again.pk != case.pk, again.reported_on) == (True, None)
    case.refresh_from_db()
    assert case.closed_on == date(2026, 10, 20)


@pytest.mark.clock("2026-11-12")
def test_a_return_that_is_taken_back_reopens_nothing():
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        _, entry = closed_by(account, on=date(2026, 10, 20))
    [back] = reverse_entries(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 10), kind=EntryKind.RETURN)
    reverse_entries(entry_ids=[back.id], actor=SYSTEM)
    report = detect(date(2026, 11, 12))
    assert (report.opened, report.reopened) == ([], [])


@pytest.mark.clock("2026-11-12")
def test_a_mistake_beside_money_that_did_settle_the_debt_reopens_nothing():
    # Closed by a mistake on 20 October; paid for good on the 25th; another debt stands since 5 November.
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        case, entry = closed_by(account, on=date(2026, 10, 20))
    with clock.travel(date(2026, 10, 25)):
        pay(account=account, on=date(2026, 10, 25), amount="960.00")
    owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 11, 5), amount="480.00")
    reverse_entries(entry_ids=[entry], actor=SYSTEM)
    report = detect(date(2026, 11, 12))
    assert (report.reopened, len(report.opened)) == ([], 1)
    case.refresh_from_db()
    assert case.closed_on == date(2026, 10, 20)


@pytest.mark.clock("2026-11-12")
def test_a_correction_of_what_was_asked_reopens_nothing():
    with clock.travel(date(2026, 10, 20)):
        account = late_since_september()
        case, _ = closed_by(account, on=date(2026, 10, 20))
    owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 10, 5), amount="30.00")
    report = detect(date(2026, 11, 12))
    assert (report.reopened, len(report.opened)) == ([], 1)
    assert case_of(account).pk != case.pk


@pytest.mark.clock("2026-10-20")
def test_a_mistake_undone_the_same_day_reopens_its_case():
    account = late_since_september()
    case, entry = closed_by(account, on=date(2026, 10, 20))
    reverse_entries(entry_ids=[entry], actor=SYSTEM)
    detect(date(2026, 10, 20))
    assert case_of(account).pk == case.pk


def test_a_case_that_nothing_constituted_stays_open_for_any_debt():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 10, 1), amount="50.00", nature=Nature.REPAIRS)
    detect(date(2026, 11, 5))
    case = case_of(account)
    assert detect(date(2026, 11, 5)).closed == []
    assert case_of(account).pk == case.pk


def test_a_plan_keeps_a_constituted_case_open():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    detect(date(2026, 11, 5))
    debts = list(OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind=HoldKind.PLAN, reason="Plan tenu", actor=make_actor())
    detect(date(2026, 11, 5))
    assert case_of(account).constituted_on == date(2026, 9, 1)


# -- opened, closed, opened again -----------------------------------------------------------------------------------


@pytest.mark.clock("2026-11-12")
def test_a_case_opens_after_the_last_one_closed_of_its_own_account():
    lease = let()

    def lived(due: date, settled: date) -> int:
        with clock.travel(settled):
            account = owe(lease=lease, due_on=due, amount="50.00")
            detect(settled)
            pay(account=account, on=settled, amount="50.00")
            detect(settled)
        return account

    lived(date(2026, 3, 5), date(2026, 3, 20))
    account = lived(date(2026, 8, 5), date(2026, 8, 20))
    # Another household's case is closed in November.
    neighbour = owe(lease=let(), due_on=date(2026, 10, 1), amount="50.00")
    with clock.travel(date(2026, 11, 10)):
        detect(date(2026, 11, 10))
        pay(account=neighbour, on=date(2026, 11, 10), amount="50.00")
        detect(date(2026, 11, 10))
    owe(lease=lease, due_on=date(2026, 8, 10), amount="50.00")
    other = owe(lease=let(), due_on=date(2026, 10, 1), amount="50.00")
    detect(date(2026, 11, 12))
    assert (case_of(account).opened_on, case_of(account).first_default_on) == (date(2026, 8, 20), date(2026, 8, 11))
    assert case_of(other).opened_on == date(2026, 10, 2)


@pytest.mark.clock("2026-11-12")
def test_what_is_due_on_the_first_day_or_paid_on_it_is_not_of_the_opening():
    # Opened on 6 October: 100.00 owed since the 5th, 30.00 paid on the 6th itself, 70.00 more due that day.
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 10, 5), amount="100.00")
    owe(lease=lease, due_on=date(2026, 10, 6), amount="70.00")
    pay(account=account, on=date(2026, 10, 6), amount="30.00")
    other = owe(lease=let(), due_on=date(2026, 10, 5), amount="45.00")
    detect(date(2026, 11, 12))
    assert (case_of(account).opening_debt, case_of(other).opening_debt) == (D("70.00"), D("45.00"))


def test_an_impaye_with_some_cents_of_rent_left_stays_open():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    detect(date(2026, 11, 5))
    pay(account=account, on=date(2026, 11, 5), amount="479.50")
    assert detect(date(2026, 11, 5)).closed == []
    pay(account=account, on=date(2026, 11, 5), amount="0.50")
    assert [line.account_id for line in detect(date(2026, 11, 5)).closed] == [account]


def test_a_case_that_only_the_ccapex_knows_closes_with_what_the_law_counts():
    lease = managed(aid=None)
    account = owe(lease=lease, due_on=date(2026, 10, 1), amount="800.00")
    owe(lease=lease, due_on=date(2026, 10, 2), amount="10.00", nature=Nature.PARKING)
    detect(date(2026, 11, 5))
    signalled = case_of(account)
    assert (signalled.ccapex_on, signalled.constituted_on) == (date(2026, 10, 1), None)
    pay(account=account, on=date(2026, 11, 5), amount="800.00")
    report = detect(date(2026, 11, 5))
    assert report.closed == [CaseLine(account, lease.household.name, D("10.00"), date(2026, 11, 5))]
    assert case_of(account).pk != signalled.pk


def test_a_rest_that_is_held_is_said_of_a_closed_case_and_opens_none():
    lease = let()
    account = owe(lease=lease, due_on=date(2026, 9, 1), amount="480.00")
    detect(date(2026, 11, 5))
    owe(lease=lease, due_on=date(2026, 9, 2), amount="10.00", nature=Nature.PARKING)
    [parking] = OpenItem.objects.filter(account=account, nature=Nature.PARKING).values_list("posting_id", flat=True)
    hold_debt(posting_ids=[parking], kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM)
    pay(account=account, on=date(2026, 11, 5), amount="480.00")
    report = detect(date(2026, 11, 5))
    assert report.closed == [CaseLine(account, lease.household.name, D("10.00"), date(2026, 11, 5))]
    assert report.opened == []
    assert not ArrearsCase.objects.filter(closed_on=None).exists()
