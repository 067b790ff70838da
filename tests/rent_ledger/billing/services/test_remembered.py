"""What is remembered between two looks: nothing that moves it may go unseen."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.periods import Month, period
from leases.models import Lease, RentTerm
from office.jobs.worker import drain
from office.models import ParameterValue
from rent_ledger.arrears.services.arrears import hold_debt
from rent_ledger.billing.queries import previews, runs
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.runs import launch_run, mark_sent, undo_run
from rent_ledger.models import BenefitRight, Posting, RentDemand, RentRun
from rent_ledger.rights.parameters import APL_DAY
from tests.factories import make_actor, make_association, make_bank_account, make_let, make_right, make_user, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
NOV, DEC = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def house() -> Iterator[None]:
    make_association()
    make_bank_account()
    previews.REMEMBERED.forget()
    runs.RUN_SUMS.forget()
    runs.OBSTACLES.forget()
    yield
    previews.REMEMBERED.forget()
    runs.RUN_SUMS.forget()
    runs.OBSTACLES.forget()


def bill(month: Month) -> RentRun:
    run = launch_run(month=month, actor=make_actor())
    drain(run.job_id)
    run.refresh_from_db()
    return run


def shown(month: Month = DEC) -> Any:
    """All that a page reads of the preview, remembered or not."""
    found = previews.preview(month)
    return found.rows, found.blocked, found.groups, found.draft_count, found.drafted, found.made_count


def _new_amount(lease: Lease) -> None:
    RentTerm.objects.filter(lease=lease, nature="RENT").update(amount=Decimal("999.00"))


def _another_term(lease: Lease) -> None:
    RentTerm.objects.create(lease=lease, nature="PARKING", amount=Decimal("20.00"), period=period(DEC.first))


def _term_gone(lease: Lease) -> None:
    RentTerm.objects.filter(lease=lease, nature="CHARGES").delete()


def _keys_back(lease: Lease) -> None:
    stay = period(date(2026, 1, 1), date(2026, 12, 10))
    lease.occupancies.update(period=stay, main_period=stay)


def _another_right(lease: Lease) -> None:
    BenefitRight.objects.filter(lease=lease).update(amount=Decimal("11.00"))


def _right_gone(lease: Lease) -> None:
    BenefitRight.objects.filter(lease=lease).delete()


def _due_day(lease: Lease) -> None:
    lease.due_terms.all().delete()


def _another_name(lease: Lease) -> None:
    lease.household.name = "Mme Autrement"
    lease.household.save()


def _agreement_over(lease: Lease) -> None:
    lease.agreement.period = period(date(2026, 1, 1), DEC.first)
    lease.agreement.save()


def _not_ready(lease: Lease) -> None:
    make_let(name="M. Pas Prêt", state="DRAFT")


def _contract_over(lease: Lease) -> None:
    Lease.objects.filter(pk=lease.pk).update(
        period=period(date(2026, 1, 1), date(2026, 12, 5)), state="ENDED", end_reason="UNKNOWN"
    )


def _newcomer(lease: Lease) -> None:
    make_let(name="M. Nouveau", start=date(2026, 12, 4))


def _billed(lease: Lease) -> None:
    bill(DEC)


def _parameter(lease: Lease) -> None:
    ParameterValue.objects.create(
        key=APL_DAY, value=17, period=period(None), source="Essai", scope="ASSOCIATION", author=make_user()
    )


CHANGES = [
    _new_amount, _another_term, _term_gone, _keys_back, _another_right, _right_gone, _due_day, _another_name,
    _agreement_over, _not_ready, _contract_over, _newcomer, _billed,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_the_preview_moves_with_all_that_it_is_made_of(change: Callable[[Lease], None]) -> None:
    lease = make_let(name="Mme Stable", start=date(2026, 1, 1))
    make_right(lease=lease, start=date(2026, 2, 1))
    bill(NOV)
    before = shown()
    change(lease)
    after = shown()
    previews.REMEMBERED.forget()
    assert after == shown()
    assert after != before


def test_the_state_moves_with_the_parameters() -> None:
    before, _ = previews.REMEMBERED.state()
    _parameter(make_let())
    middle, _ = previews.REMEMBERED.state()
    ParameterValue.objects.all().delete()
    after, _ = previews.REMEMBERED.state()
    assert len({before, middle, after}) == 3


def test_an_undone_run_is_seen() -> None:
    make_let(name="Mme Stable", start=date(2026, 1, 1))
    run = bill(DEC)
    assert shown()[3:] == (0, Decimal(0), 1)
    drain(undo_run(run=run, actor=make_actor()).job_id)
    assert shown()[3] == 1


def test_an_unchanged_preview_is_one_query(django_assert_num_queries: Any) -> None:
    make_let(start=date(2026, 1, 1))
    first = previews.preview(DEC)
    with django_assert_num_queries(1):
        assert previews.preview(DEC) is first


@pytest.mark.parametrize(("kind", "may_keep"), [("client backend", False), ("autovacuum worker", True)])
def test_who_else_is_writing_decides_what_may_be_kept(kind: str, may_keep: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = pg_temp, pg_catalog, public")
        cursor.execute(
            "CREATE TEMP VIEW pg_stat_activity AS SELECT current_database() AS datname, '7'::xid AS backend_xid,"
            f" 0 AS pid, '{kind}' AS backend_type"
        )
    assert previews.REMEMBERED.state()[1] is may_keep


def test_nothing_is_read_that_the_state_does_not_cover() -> None:
    """A new table in the preview needs its column in the state."""
    make_right(lease=make_let(start=date(2026, 1, 1)), start=date(2026, 2, 1))
    make_let(start=date(2026, 12, 4))
    bill(NOV)
    with CaptureQueriesContext(connection) as seen:
        previews._preview(DEC)
    read = {table for q in seen.captured_queries for table in re.findall(r'(?:FROM|JOIN)\s+"?(\w+_\w+)', q["sql"])}
    covered = {
        "leases_lease", "leases_household", "leases_occupancy", "leases_rentterm", "leases_dueterms",
        "rent_ledger_benefitright", "rent_ledger_rentdemand", "rent_ledger_demandline", "stock_headagreement",
        "office_parametervalue", "rent_ledger_rentrun",
    }  # fmt: skip
    assert "leases_lease" in read
    assert read <= covered


def test_what_stands_in_the_way_of_an_undo_is_seen_at_once(django_assert_num_queries: Any) -> None:
    lease = make_let(name="Mme Sarr", rent="310.00", charges="0", start=date(2026, 1, 1))
    run = bill(DEC)
    account = RentDemand.objects.get(lease=lease).account_id
    assert runs.obstacles_by_household(run, sent_at=None) == []
    pay(account=account, on=clock.today(), amount="10.00")
    [(name, household, [what])] = runs.obstacles_by_household(run, sent_at=None)
    assert (name, household) == ("Mme Sarr", lease.household_id)
    assert "Paiement reçu" in what
    with django_assert_num_queries(1):
        runs.obstacles_by_household(run, sent_at=None)
    entry = Posting.objects.get(debit_id=account, nature="RENT")
    hold_debt(posting_ids=[entry.pk], kind="DISPUTE", reason="Contesté", from_day=clock.today(), actor=make_actor())
    assert {w for _, _, what in runs.obstacles_by_household(run, sent_at=None) for w in what} == {what, "Avis contesté"}
    mark_sent(run=run, actor=make_actor())
    sent_at = runs.run_totals(run).sent_at
    assert len(runs.obstacles_by_household(run, sent_at=sent_at)[0][2]) == 3


def test_the_sums_of_the_runs_move_with_their_demands() -> None:
    lease = make_let(rent="310.00", charges="0", start=date(2026, 1, 1))
    make_let(start=date(2026, 1, 1))
    run = bill(NOV)
    [line] = runs.runs_of()
    assert (line.issued, line.asked, line.sent) == (2, line.asked, 0)
    mark_sent(run=run, actor=make_actor())
    assert [runs.runs_of()[0].sent, runs.runs_of()[0].issued] == [2, 2]
    _contract_over(lease)
    Lease.objects.filter(pk=lease.pk).update(period=period(date(2026, 1, 1), date(2026, 11, 16)))
    lease.occupancies.update(period=period(date(2026, 1, 1), date(2026, 11, 16)), main_period=None, overlap_reason="x")
    correct_all(actor=make_actor())
    [line] = runs.runs_of()
    assert line.asked == sum(RentDemand.objects.filter(state="ISSUED").values_list("net", flat=True))
    assert (line.issued, line.sent) == (2, 1)
    pay(account=RentDemand.objects.filter(lease=lease)[0].account_id, on=clock.today(), amount="10.00")
    assert runs.runs_of() == [line]


def test_what_stands_in_the_way_for_some_days_does_not_after_them():
    lease = make_let(name="Mme Sarr")
    run = bill(DEC)
    debts = list(Posting.objects.filter(debit__lease=lease).values_list("pk", flat=True))
    hold_debt(posting_ids=debts, kind="DISPUTE", reason="x", until=date(2026, 12, 1), actor=make_actor())
    assert len(runs.obstacles_by_household(run, sent_at=None)) == 1
    lease.household.name = "Mme Diop"
    lease.household.save()
    assert runs.obstacles_by_household(run, sent_at=None)[0][0] == "Mme Diop"
    with clock.travel(date(2026, 12, 1)):
        assert runs.obstacles_by_household(run, sent_at=None) == []
