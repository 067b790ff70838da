"""What was changed after a month was billed comes on the next demand, once, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common import clock
from common.money import ZERO
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease, record_notice, undo_end, withdraw_notice
from leases.contracts.services.terms import end_rent_term, set_rent_term
from leases.models import Lease, RentTerm
from office.access.actor import Actor
from office.jobs.worker import drain
from rent_ledger.billing.codes import DemandState, LineSource
from rent_ledger.billing.queries.explain_demand import explain_demand, rebuild
from rent_ledger.billing.services.corrections import correct_all, unclaimed
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.previews import preview
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, DemandLine, LedgerMonth, OpenItem, RentDemand, RentRun, RunPreviewRow
from tests.factories import make_actor, make_association, make_let, make_right

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-10-26")]
OCT, NOV, DEC, JAN = Month(2026, 10), Month(2026, 11), Month(2026, 12), Month(2027, 1)
NB = "\u00a0"


def run(month: Month) -> RentRun:
    """The run of `month`, launched on the 26th of the month before."""
    with clock.travel(month.plus(-1).day(26)):
        launched = launch_run(month=month, actor=make_actor())
        drain(launched.job_id)
        launched.refresh_from_db()
    return launched


def set_rent(lease: Lease, amount: str, from_day: date, *, on: date, nature: str = "RENT") -> RentTerm:
    with clock.travel(on):
        return set_rent_term(
            actor=Actor.system(), lease=lease, nature=nature, amount=Decimal(amount), from_day=from_day,
            mode="PROVISION" if nature == "CHARGES" else "", allow_past=True,
        )  # fmt: skip


def assert_sound() -> None:
    """The books are proved on the day of the last run."""
    last = RentRun.objects.order_by("-launched_at")[0].launched_at
    with clock.travel(last.astimezone(clock.PARIS).date()):
        assert check_ledger() == []


def rappels(month: Month) -> list[tuple[str, str, str]]:
    """(month, nature, amount) of the rappels on the standing demands of `month`."""
    lines = DemandLine.objects.filter(
        demand__month=month.first, demand__state=DemandState.ISSUED, source=LineSource.RAPPEL
    ).order_by("demand", "position")
    return [(str(Month.of(line.for_month)), str(line.nature), str(line.amount)) for line in lines]


def asked(lease: Lease, month: Month) -> str:
    return str(RentDemand.objects.get(lease=lease, month=month.first, state=DemandState.ISSUED).net)


def test_a_new_rent_from_the_first_of_a_billed_month_is_claimed_on_the_next_demand():
    lease = make_let(rent="400.00", charges="80.00")
    run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "20.00")]
    assert asked(lease, DEC) == "520.00"  # 420 + 80 + 20
    item = OpenItem.objects.get(account__lease=lease, for_month=NOV.first, due_on=DEC.first)
    assert (item.nature, item.remaining) == (Nature.RENT, Decimal("20.00"))
    run(JAN)
    assert rappels(JAN) == []
    assert asked(lease, JAN) == "500.00"
    assert_sound()


def test_a_rent_that_changed_inside_a_billed_month_is_claimed_by_its_days():
    """400 for 15 days and 430 for 15 days of November: 415.00, of which 400.00 was asked."""
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "430.00", date(2026, 11, 16), on=date(2026, 11, 5))
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "15.00")]
    assert_sound()


def test_a_change_saved_while_a_run_read_the_rents_is_claimed():
    """It was stamped before the demand was issued, and committed after the run had read the rents."""
    lease = make_let(rent="400.00", charges="80.00")
    run(NOV)
    term = set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    issued_at = RentDemand.objects.get(lease=lease).issued_at
    RentTerm.objects.filter(pk=term.pk).update(recorded_at=issued_at - timedelta(seconds=5))
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "20.00")]


def test_a_lowered_rent_is_given_back_on_the_demand_that_prints_it():
    lease = make_let(rent="400.00", charges="80.00")
    run(NOV)
    set_rent(lease, "390.00", NOV.first, on=date(2026, 11, 5))
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "-10.00")]
    assert asked(lease, DEC) == "460.00"  # 390 + 80 - 10
    state = AccountState.objects.get(account__lease=lease)
    assert (state.debt + state.upcoming, state.credit) == (Decimal("940.00"), ZERO)  # November 480, December 460
    run(JAN)
    assert rappels(JAN) == []
    assert_sound()


def test_what_can_not_be_given_back_at_once_goes_on_with_the_next_demand():
    """November fell from 400 to 0.50: 399.50 to give back, of which December asks 0.50 and 0.50 of January."""
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "0.50", NOV.first, on=date(2026, 11, 5))
    run(DEC)
    run(JAN)
    assert (rappels(DEC), rappels(JAN)) == ([("2026-11", "RENT", "-0.50")], [("2026-11", "RENT", "-0.50")])
    assert (asked(lease, DEC), asked(lease, JAN)) == ("0.00", "0.00")
    assert_sound()


def test_a_parking_given_back_inside_what_was_billed_is_given_back():
    """30 a month until 9 December; November and December were billed: 30 × 22/31 = 21.29 too much in December."""
    lease = make_let(rent="400.00", charges="0")
    parking = set_rent(lease, "30.00", date(2026, 1, 1), on=date(2026, 10, 1), nature="PARKING")
    run(NOV)
    run(DEC)
    with clock.travel(date(2026, 12, 9)):
        end_rent_term(actor=Actor.system(), term=parking, last_day=date(2026, 12, 9))
    run(JAN)
    assert rappels(JAN) == [("2026-12", "PARKING", "-21.29")]
    assert_sound()


def test_an_amount_corrected_in_place_reaches_the_months_that_it_billed():
    lease = make_let(rent="400.00", charges="0", start=date(2026, 10, 1))
    run(OCT)
    run(NOV)
    set_rent(lease, "410.00", OCT.first, on=date(2026, 11, 5))
    run(DEC)
    assert rappels(DEC) == [("2026-10", "RENT", "10.00"), ("2026-11", "RENT", "10.00")]


def test_an_entry_forgotten_is_claimed_by_the_demand_of_the_next_month():
    """In on 17 November, entered on the 20th, November was run: 14/30 of 310 + 31, no aid that month."""
    make_let(rent="100.00", charges="0")
    run(NOV)
    with clock.travel(date(2026, 11, 20)):
        late = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
        make_right(lease=late, amount="200.00", start=date(2026, 11, 17))
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "144.67"), ("2026-11", "CHARGES", "14.47")]
    assert asked(late, DEC) == "300.14"  # 310 + 31 - 200 + 144.67 + 14.47
    with clock.travel(date(2026, 11, 27)):
        assert [d.lease_id for d in draft(month=NOV)[0]] == []
    run(JAN)
    assert rappels(JAN) == []
    assert_sound()


def test_the_aid_of_a_missed_month_is_set_apart_as_on_any_demand():
    """In since October, entered on 5 November: November whole, with its aid; October is the month of entry."""
    make_let(rent="100.00", charges="0")
    run(OCT)
    run(NOV)
    with clock.travel(date(2026, 11, 5)):
        late = make_let(rent="400.00", charges="80.00", start=date(2026, 10, 1))
        make_right(lease=late, amount="286.00", start=date(2026, 10, 1))
    run(DEC)
    assert rappels(DEC) == [
        ("2026-10", "RENT", "400.00"),
        ("2026-10", "CHARGES", "80.00"),
        ("2026-11", "RENT", "400.00"),
        ("2026-11", "CHARGES", "80.00"),
        ("2026-11", "BENEFIT", "-286.00"),
    ]
    assert asked(late, DEC) == "868.00"  # 480 + 480 - 286 + 480 - 286
    aids = OpenItem.objects.filter(account__lease=late, account__kind="BENEFIT").values_list("for_month", "due_on")
    assert set(aids) == {(NOV.first, date(2026, 11, 25)), (DEC.first, date(2026, 12, 25))}
    [demand] = RentDemand.objects.filter(lease=late)
    assert rebuild([demand])[demand.pk].net == demand.net == explain_demand(demand).amount
    assert_sound()


def test_a_month_that_was_never_run_is_not_claimed():
    lease = make_let(rent="400.00", charges="0", start=date(2020, 1, 1))
    run(DEC)
    assert rappels(DEC) == []
    assert asked(lease, DEC) == "400.00"


def test_an_undo_takes_the_rappel_back_and_the_next_run_makes_it_again():
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    december = run(DEC)
    with clock.travel(date(2026, 11, 27)):
        drain(undo_run(run=december, actor=make_actor()).job_id)
        again = launch_run(month=DEC, actor=make_actor())
        drain(again.job_id)
    assert rappels(DEC) == [("2026-11", "RENT", "20.00")]
    assert asked(lease, DEC) == "440.00"
    assert_sound()


def test_a_month_undone_and_billed_again_at_the_new_rent_gives_its_rappel_back():
    lease = make_let(rent="400.00", charges="0")
    november = run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    run(DEC)
    with clock.travel(date(2026, 11, 27)):
        drain(undo_run(run=november, actor=make_actor()).job_id)
        drain(launch_run(month=NOV, actor=make_actor()).job_id)
    assert asked(lease, NOV) == "420.00"
    run(JAN)
    assert rappels(JAN) == [("2026-11", "RENT", "-20.00")]
    assert_sound()


def test_beyond_three_years_nothing_is_claimed():
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    with clock.travel(date(2029, 11, 26)):
        [found] = draft(month=Month(2029, 12))[0]
    assert [line.for_month for line in found.lines if line.source == LineSource.RAPPEL] == []
    with clock.travel(date(2029, 10, 26)):
        [found] = draft(month=NOV.plus(36))[0]
    assert [line.for_month for line in found.lines if line.source == LineSource.RAPPEL] == [NOV]
    assert lease.pk == found.lease_id


def test_the_paper_and_the_pages_say_it_in_words():
    make_association()
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    with clock.travel(date(2026, 11, 26)):
        row = RunPreviewRow.objects.get(preview=preview(DEC))
    reasons = {(r.reason.text(), r.reason.detail.text() if r.reason.detail else "", str(r.amount)) for r in row.reasons}
    assert ("Rappel", f"novembre{NB}2026", "20.00") in reasons
    assert row.gap == sum(r.amount for r in row.reasons) == Decimal("40.00")
    run(DEC)
    demand = RentDemand.objects.get(lease=lease, month=DEC.first)
    words = f"Rappel de novembre{NB}2026 : loyer, 420,00{NB}€ au lieu de 400,00{NB}€"
    paper = demand_documents(demands=[demand], actor=Actor.system())[demand.pk].data
    assert [(line["label"], line["amount"]) for line in paper["lines"]] == [("Loyer", "420.00"), (words, "20.00")]
    tree = explain_demand(demand)
    assert [(part.text(), part.amount) for part in tree.parts][1] == (words, Decimal("20.00"))
    assert tree.amount == sum(part.amount or ZERO for part in tree.parts) == demand.net


def give_notice(lease: Lease, last_day: date, *, on: date) -> None:
    with clock.travel(on):
        record_notice(actor=make_actor(), lease=lease, received_on=on, last_day=last_day, short_reason="Accord")


def test_a_notice_taken_back_after_its_month_was_billed_short_is_claimed_whole():
    """400 + 80 for 10 days of 30 were asked: 320.00 of the month are left."""
    lease = make_let(rent="400.00", charges="80.00")
    give_notice(lease, date(2026, 11, 10), on=date(2026, 10, 20))
    run(NOV)
    assert asked(lease, NOV) == "160.00"
    with clock.travel(date(2026, 11, 5)):
        lease.refresh_from_db()
        withdraw_notice(actor=make_actor(), lease=lease)
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "266.67"), ("2026-11", "CHARGES", "53.33")]
    run(JAN)
    assert rappels(JAN) == []
    assert asked(lease, JAN) == "480.00"
    assert_sound()


@pytest.mark.parametrize("stays", [False, True], ids=["keys given back", "still there"])
def test_an_end_taken_back_after_its_month_was_billed_short_is_claimed_whole(stays: bool):
    """Where the household stayed, the indemnity of the days after the end is given back, and their rent is asked."""
    lease = make_let(rent="400.00", charges="80.00")
    give_notice(lease, date(2026, 11, 10), on=date(2026, 10, 20))
    with clock.travel(date(2026, 11, 11)):
        lease.refresh_from_db()
        end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 10), reason="UNKNOWN", still_occupied=stays)
        launched = launch_run(month=NOV, actor=make_actor())
        drain(launched.job_id)
        lease.refresh_from_db()
    assert sum(d.net for d in RentDemand.objects.all()) == (480 if stays else 160)
    with clock.travel(date(2026, 11, 20)):
        undo_end(actor=make_actor(), lease=lease)
        lease.refresh_from_db()
        withdraw_notice(actor=make_actor(), lease=lease)
    run(DEC)
    claimed = sum(Decimal(amount) for _, _, amount in rappels(DEC))
    assert (claimed, asked(lease, DEC)) == ((ZERO, "480.00") if stays else (Decimal("320.00"), "800.00"))
    of_nature = {nature: amount for _, nature, amount in rappels(DEC)}
    assert (of_nature["RENT"], of_nature["CHARGES"]) == ("266.67", "53.33")
    run(JAN)
    assert rappels(JAN) == []
    assert_sound()


def test_an_end_put_off_within_its_month_is_claimed_of_who_leaves():
    """20 days of 30 instead of 10: no demand follows, so the last one is made again with the days that it lacks."""
    lease = make_let(rent="400.00", charges="80.00")
    give_notice(lease, date(2026, 11, 10), on=date(2026, 10, 20))
    run(NOV)
    with clock.travel(date(2026, 11, 5)):
        lease.refresh_from_db()
        withdraw_notice(actor=make_actor(), lease=lease)
        lease.refresh_from_db()
    give_notice(lease, date(2026, 11, 20), on=date(2026, 11, 6))
    with clock.travel(date(2026, 11, 21)):
        lease.refresh_from_db()
        end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 20), reason="UNKNOWN")
        [lacking] = unclaimed()
        assert lacking.left == Decimal("160.00")
        assert correct_all(actor=make_actor()) == 1
        assert unclaimed() == []
        assert asked(lease, NOV) == "320.00"
        assert check_ledger() == []


def test_an_end_of_the_contract_is_no_rappel():
    """It is corrected: the demand is cancelled and billed again."""
    lease = make_let(rent="300.00", charges="0")
    run(NOV)
    set_rent(lease, "300.00", NOV.first, on=date(2026, 11, 5))
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 11, 11)), "ENDED", "UNKNOWN"
    lease.save()
    run(DEC)
    assert rappels(DEC) == []


# -- the household left: no demand follows ----------------------------------------------------------------------------


def left(lease: Lease, exit_on: date) -> None:
    """Contract and stay ended: `exit_on` is the first day without them."""
    lease.period, lease.state, lease.end_reason = period(lease.period.lower, exit_on), "ENDED", "UNKNOWN"
    lease.save()
    lease.occupancies.update(period=period(date(2026, 1, 1), exit_on), main_period=period(date(2026, 1, 1), exit_on))


def correct(on: date) -> int:
    with clock.travel(on):
        return correct_all(actor=make_actor())


@pytest.mark.parametrize(
    ("rent", "carried", "november"), [("420.00", "20.00", "440.00"), ("380.00", "-20.00", "360.00")]
)
def test_a_rappel_whose_demand_is_taken_back_by_an_exit_comes_on_the_last_that_stands(rent, carried, november):
    """400 asked for October and November; another rent since 1 October, carried by December; they left on 30 November.
    November is asked again: its own rent, and the difference of October."""
    lease = make_let(rent="400.00", charges="0")
    for month in (OCT, NOV):
        run(month)
    set_rent(lease, rent, OCT.first, on=date(2026, 11, 5))
    run(DEC)
    assert rappels(DEC) == [("2026-10", "RENT", carried), ("2026-11", "RENT", carried)]
    left(lease, DEC.first)
    assert correct(date(2026, 11, 28)) == 2  # December taken back, November made again
    assert not RentDemand.objects.filter(lease=lease, month=DEC.first, state=DemandState.ISSUED).exists()
    assert (asked(lease, OCT), asked(lease, NOV)) == ("400.00", november)
    assert rappels(NOV) == [("2026-10", "RENT", carried)]
    # Once.
    assert correct(date(2026, 11, 29)) == 0
    with clock.travel(date(2026, 11, 29)):
        assert check_ledger() == []


def test_what_the_last_demand_can_not_give_back_is_given_back_by_the_month_that_asked_it():
    """300 asked for October, 270 due; one day of November, 9.00. In all 279.00."""
    lease = make_let(rent="300.00", charges="0")
    for month in (OCT, NOV):
        run(month)
    set_rent(lease, "270.00", OCT.first, on=date(2026, 11, 5))
    left(lease, date(2026, 11, 2))
    correct(date(2026, 11, 28))
    assert (asked(lease, OCT), asked(lease, NOV)) == ("270.00", "9.00")
    assert (rappels(OCT), rappels(NOV)) == ([], [])
    assert correct(date(2026, 11, 29)) == 0
    with clock.travel(date(2026, 11, 29)):
        assert check_ledger() == []


def test_a_missed_month_whose_demand_is_taken_back_has_its_own():
    make_let(rent="100.00", charges="0")
    run(NOV)
    late = make_let(rent="300.00", charges="0", start=NOV.first)
    run(DEC)
    assert rappels(DEC) == [("2026-11", "RENT", "300.00")]
    left(late, DEC.first)
    correct(date(2026, 11, 28))
    assert [(d.month, str(d.net)) for d in RentDemand.objects.filter(lease=late, state=DemandState.ISSUED)] == [
        (NOV.first, "300.00")
    ]
    with clock.travel(date(2026, 11, 28)):
        assert check_ledger() == []


def test_an_undo_of_the_last_run_waits_for_its_next_launch():
    lease = make_let(rent="400.00", charges="0")
    run(OCT)
    last = run(NOV)
    set_rent(lease, "420.00", OCT.first, on=date(2026, 11, 5))
    left(lease, DEC.first)
    correct(date(2026, 11, 28))
    with clock.travel(date(2026, 11, 28)):
        drain(undo_run(run=last, actor=make_actor()).job_id)
        assert unclaimed() == []  # the demand of November follows
        drain(launch_run(month=NOV, actor=make_actor()).job_id)
        assert unclaimed() == []
    assert (asked(lease, NOV), rappels(NOV)) == ("440.00", [("2026-10", "RENT", "20.00")])


def test_who_stays_has_nothing_unclaimed():
    lease = make_let(rent="400.00", charges="0")
    for month in (OCT, NOV):
        run(month)
    set_rent(lease, "420.00", OCT.first, on=date(2026, 11, 5))
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), DEC.first), "ENDED", "UNKNOWN"
    lease.save()
    assert unclaimed() == []
    run(DEC)
    assert [amount for _, _, amount in rappels(DEC)] == ["20.00", "20.00"]


def test_a_closed_month_is_not_made_again_and_stays_in_the_list():
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    set_rent(lease, "420.00", NOV.first, on=date(2026, 11, 5))
    left(lease, DEC.first)
    LedgerMonth.objects.filter(month=NOV.first).update(closed_at=clock.now())
    assert correct(date(2026, 11, 28)) == 0
    with clock.travel(date(2026, 11, 28)):
        assert [(str(line.left), line.is_closed, line.to_give_back) for line in unclaimed()] == [("20.00", True, None)]
