"""The stored preview of a run and what else its pages keep: nothing that moves it may go unseen."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.forms.models import model_to_dict

from common import clock
from common.periods import Month, period
from leases.models import Lease, RentTerm
from office.jobs.worker import drain
from office.models import ParameterValue
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.billing.queries import runs
from rent_ledger.billing.queries.previews import simulate
from rent_ledger.billing.rules.differences import Difference
from rent_ledger.billing.services import previews
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.previews import current_preview, forget_outdated, preview, preview_unless_busy
from rent_ledger.billing.services.runs import launch_run, obstacles, undo_run
from rent_ledger.billing.services.sending import mark_sent
from rent_ledger.models import (
    BenefitRight,
    KeptAnswer,
    LedgerMonth,
    Posting,
    RentDemand,
    RentRun,
    RunPreview,
    RunPreviewHeld,
    RunPreviewRow,
)
from rent_ledger.rights.parameters import APL_DAY
from tests.factories import make_actor, make_association, make_bank_account, make_let, make_right, make_user, pay
from tests.rent_ledger.books.services.test_kept import writing
from tests.rent_ledger.books.services.test_posting_at_once import meanwhile

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


def bill(month: Month) -> RentRun:
    run = launch_run(month=month, actor=make_actor())
    drain(run.job_id)
    run.refresh_from_db()
    return run


def shown(month: Month = DEC) -> Any:
    """All that a page reads of the preview."""
    found = preview(month)
    head = model_to_dict(found, exclude=["version"])
    return (
        head,
        list(RunPreviewRow.objects.filter(preview=found).values()),
        list(RunPreviewHeld.objects.filter(preview=found).values()),
    )


def forget() -> None:
    RunPreview.objects.update(version=0)


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
    forget()
    assert after == shown()
    assert after != before


def test_it_moves_with_the_parameters() -> None:
    preview(DEC)
    _parameter(make_let())
    assert current_preview(DEC) is None
    preview(DEC)
    ParameterValue.objects.all().delete()
    assert current_preview(DEC) is None


def test_an_undone_run_is_seen() -> None:
    make_let(name="Mme Stable", start=date(2026, 1, 1))
    run = bill(DEC)
    assert (preview(DEC).draft_count, preview(DEC).made_count) == (0, 1)
    drain(undo_run(run=run, actor=make_actor()).job_id)
    assert (preview(DEC).draft_count, preview(DEC).made_count) == (1, 0)


def test_an_unchanged_preview_is_two_queries(django_assert_num_queries: Any) -> None:
    make_let(start=date(2026, 1, 1))
    first = preview(DEC)
    with django_assert_num_queries(2), clock.travel(date(2026, 11, 29)):
        assert preview(DEC).made_at == first.made_at


def test_it_is_what_the_run_then_asks() -> None:
    lease = make_let(name="M. Révisé", start=date(2026, 1, 1))
    make_right(lease=make_let(start=date(2026, 1, 1)), start=date(2026, 2, 1))
    make_let(name="M. Pas Prêt", state="DRAFT")
    bill(NOV)
    _new_amount(lease)
    found = preview(DEC)
    bill(DEC)
    made = RentDemand.objects.filter(month=DEC.first)
    assert (found.draft_count, found.drafted) == (made.count(), sum(d.net for d in made))
    assert found.held_count == 1
    assert [row.now for row in RunPreviewRow.objects.filter(preview=found).order_by("lease_id")] == [
        made.get(lease_id=pk).net for pk in sorted(made.values_list("lease_id", flat=True))
    ]


def test_its_rows_are_those_that_were_computed() -> None:
    """With their reasons, from stored codes and figures to the same sentences."""
    risen = make_let(name="M. Révisé \\ tab\t", start=date(2026, 1, 1))
    make_right(lease=make_let(start=date(2026, 1, 1)), start=date(2026, 12, 1))
    bill(NOV)
    make_let(name="Mme Nouvelle", start=date(2026, 12, 4))
    make_let(name="M. Pas Prêt", state="DRAFT")
    RentTerm.objects.filter(lease=risen, nature="RENT").update(amount=Decimal("999.00"), recorded_at=clock.now())
    found, computed = preview(DEC), simulate(DEC)
    rows = list(RunPreviewRow.objects.filter(preview=found))
    assert len(rows) == 3
    for row, wanted in zip(rows, computed.rows, strict=True):
        assert all(getattr(row, name) == getattr(wanted, name) for name in NAMES)
        assert row.gap == sum(reason.amount for reason in wanted.reasons)
        assert [_said(reason) for reason in row.reasons] == [_said(reason) for reason in wanted.reasons]
        assert row.groups == list(dict.fromkeys(reason.group for reason in wanted.reasons))
    [held], [blocked] = RunPreviewHeld.objects.filter(preview=found), computed.blocked
    assert (held.reason, held.cure, held.monthly) == (blocked.blocked.reason, blocked.blocked.cure, blocked.monthly)
    assert found.groups == computed.groups
    assert found.now_total - found.before_total == sum(group.amount for group in found.groups)


NAMES = ("lease_id", "lease_reference", "household_id", "household_name", "before", "now", "is_made")


def _said(reason: Difference) -> tuple[Any, ...]:
    detail = reason.reason.detail
    return reason.code, reason.amount, reason.reason.text(), detail.text() if detail else ""


def test_a_month_has_one_and_it_is_replaced_whole() -> None:
    for _ in range(3):
        make_let(start=date(2026, 1, 1))
    preview(DEC)
    preview(NOV)
    Lease.objects.order_by("pk")[:1].get().occupancies.all().delete()
    Lease.objects.filter(pk=Lease.objects.earliest("pk").pk).update(
        period=period(date(2026, 1, 1), DEC.first), state="ENDED", end_reason="UNKNOWN"
    )
    assert preview(DEC).draft_count == 2
    assert RunPreviewRow.objects.filter(preview=DEC.first).count() == 2
    assert RunPreview.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_another_computes_gets_his() -> None:
    make_let(start=date(2026, 1, 1))

    def is_told_to_wait() -> None:
        assert preview_unless_busy(DEC) is None
        assert preview(DEC).draft_count == 1
        assert computed == [DEC]

    computed: list[Month] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(previews, "simulate", lambda month: computed.append(month) or simulate(month))
        meanwhile(lambda: preview(DEC), is_told_to_wait)


@pytest.mark.django_db(transaction=True)
def test_what_was_computed_while_somebody_wrote_is_shown_and_not_kept() -> None:
    make_let(start=date(2026, 1, 1))
    with writing(lambda: make_let(start=date(2026, 1, 1))):
        found = preview(DEC)
        assert (found.draft_count, found.version) == (1, 0)
        assert RunPreviewRow.objects.filter(preview=found).count() == 1
        assert current_preview(DEC) is None
    assert preview(DEC).draft_count == 2
    assert current_preview(DEC) is not None


def test_what_the_books_have_left_behind_is_erased_at_night() -> None:
    lease = make_let(name="Mme Ancien Nom", start=date(2026, 1, 1))
    run = bill(OCT)
    preview(DEC)
    stuck(run)
    lease.household.name = "Mme Sarr"
    lease.household.save()
    preview(NOV)
    assert RunPreviewRow.objects.filter(household_name="Mme Ancien Nom").exists()
    forget_outdated()
    assert [row.household_name for row in RunPreviewRow.objects.all()] == ["Mme Sarr"]
    assert list(RunPreview.objects.values_list("month", flat=True)) == [NOV.first]
    assert not KeptAnswer.objects.exists()
    assert current_preview(NOV) is not None


def stuck(run: RentRun, *, is_sent: bool = False, limit: int = 20) -> list[tuple[str, int | None, tuple[str, ...]]]:
    return runs.obstacles_by_household(run, is_sent=is_sent, limit=limit).lines


def test_what_stands_in_the_way_of_an_undo_is_seen_at_once(django_assert_num_queries: Any) -> None:
    lease = make_let(name="Mme Sarr", rent="310.00", charges="0", start=date(2026, 1, 1))
    run = bill(DEC)
    account = RentDemand.objects.get(lease=lease).account_id
    assert stuck(run) == []
    pay(account=account, on=clock.today(), amount="10.00")
    [(name, household, [what])] = stuck(run)
    assert (name, household) == ("Mme Sarr", lease.household_id)
    assert "Paiement reçu" in what
    with django_assert_num_queries(1):
        stuck(run)
    entry = Posting.objects.get(debit_id=account, nature="RENT")
    hold_debt(posting_ids=[entry.pk], kind="DISPUTE", reason="Contesté", from_day=clock.today(), actor=make_actor())
    assert {w for _, _, what in stuck(run) for w in what} == {what, "Avis contesté"}
    mark_sent(run=run, actor=make_actor())
    assert len(stuck(run)[0][2]) == len(stuck(run, is_sent=True)[0][2]) == 3


def test_of_a_run_that_was_sent_only_those_who_are_shown_are_read() -> None:
    """The same lines and the same number as if all were."""
    for name, surname in (("Mme A", "Diop"), ("Mme D", "Abry"), ("Mme C", "Cros"), ("Mme B", "Bach")):
        lease = make_let(name=name, start=date(2026, 1, 1))
        person = lease.parties.get().person
        person.last_name = surname
        person.save()
    run = bill(DEC)
    pay(account=RentDemand.objects.get(lease=lease).account_id, on=clock.today(), amount="10.00")
    mark_sent(run=run, actor=make_actor())
    for closed in (False, True):
        if closed:
            LedgerMonth.objects.filter(month=DEC.first).update(closed_at=clock.now())
        for limit in (1, 2, 3, 9):
            shown = runs.obstacles_by_household(run, is_sent=True, limit=limit)
            assert shown == runs.obstacles_by_household(run, is_sent=False, limit=limit)
            RentRun.objects.update(launched_at=clock.now())  # What is kept has one limit.
            assert len(shown.lines) + shown.more == 4 + closed
            by_surname = ["Mme D", "Mme B", "Mme C", "Mme A"]
            assert [name for name, _, _ in shown.lines] == ([""] * closed + by_surname)[:limit]
    assert len(stuck(run, is_sent=True)[2][2]) == 2
    assert {o.household_name for o in obstacles(run, households=[lease.household_id])} == {"", "Mme B"}


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


def test_a_run_that_begins_before_the_sums_are_read_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    make_let(start=date(2026, 1, 1))
    bill(NOV)

    def kept_later(key: str, *, day: date, read: Callable[[], Any]) -> Any:
        bill(DEC)
        return read()

    monkeypatch.setattr(runs, "kept", kept_later)
    assert [line.issued for line in runs.runs_of()] == [1, 1]


def test_what_stands_in_the_way_for_some_days_does_not_after_them():
    lease = make_let(name="Mme Sarr")
    run = bill(DEC)
    debts = list(Posting.objects.filter(debit__lease=lease).values_list("pk", flat=True))
    hold_debt(posting_ids=debts, kind="DISPUTE", reason="x", until=date(2026, 12, 1), actor=make_actor())
    assert len(stuck(run)) == 1
    lease.household.name = "Mme Diop"
    lease.household.save()
    assert stuck(run)[0][0] == "Mme Diop"
    with clock.travel(date(2026, 12, 1)):
        assert stuck(run) == []
