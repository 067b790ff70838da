"""Aid that the payer keeps while a dwelling is not decent (CCH, art. L. 843-1, R. 843-2, R. 843-4; loi 89-462, 7 a).

A dwelling of 480 € with an ALS of 250 €: the household pays 230 €.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import Month
from leases.models import Lease
from office.access.actor import Actor
from office.models import Task
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.benefits.duties import END
from rent_ledger.benefits.queries import benefit_falls, retentions_of
from rent_ledger.benefits.services.retention import (
    end_retention,
    extend_retention,
    note_retention,
    reopen_retention,
    shorten_retention,
    withdraw_retention,
)
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.books.services import projections
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, BenefitRetention, BenefitRight, OpenItem
from tests.factories import make_actor, make_let, make_payer, make_right
from tests.rent_ledger.aids import bill, bring

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-10")]

OCT, NOV, DEC = (Month(2026, month) for month in (10, 11, 12))
LETTER = date(2026, 10, 20)


def housed(kind: str = "ALS") -> BenefitRight:
    """Billed for October and November; the payer paid September and said that nothing comes for October."""
    right = make_right(lease=make_let(), amount="250.00", start=date(2026, 2, 1))
    BenefitRight.objects.filter(pk=right.pk).update(kind=kind)
    right.refresh_from_db()
    for month in (OCT, NOV):
        bill(right.lease, month.first)
    came(right, OCT, "0", on=date(2026, 11, 5))
    return right


def came(right: BenefitRight, month: Month, amount: str, *, on: date) -> None:
    with clock.travel(on):
        bring(right.payer, (right.beneficiary_number, f"{month.month:02d}/{month.year}", amount), on=on)


def note(right: BenefitRight, first: Month = OCT) -> BenefitRetention:
    return note_retention(lease=right.lease, first=first, told_on=LETTER, actor=make_actor())


def owed(lease: Lease) -> Decimal:
    items = OpenItem.objects.filter(account__lease=lease, account__kind="TENANT", is_debit=True)
    return items.aggregate(left=Sum("remaining"))["left"] or Decimal(0)


def awaited(lease: Lease) -> Decimal:
    items = OpenItem.objects.filter(account__lease=lease, account__kind="BENEFIT", is_debit=True)
    return items.aggregate(left=Sum("remaining"))["left"] or Decimal(0)


def pending(lease: Lease) -> Decimal:
    return AccountState.objects.get(account__lease=lease, account__kind="TENANT").aid_pending


def test_what_is_kept_is_not_owed_by_the_household_also_where_it_was_asked_before() -> None:
    right = housed()
    lease = right.lease
    # Without the letter, October's 250 € were asked of the household.
    assert (owed(lease), awaited(lease)) == (Decimal("710.00"), Decimal("250.00"))
    row = note(right)
    assert (owed(lease), awaited(lease)) == (Decimal("460.00"), Decimal("500.00"))
    # What will not come explains no debt.
    assert pending(lease) == 0
    came(right, NOV, "0", on=date(2026, 12, 5))
    assert (owed(lease), awaited(lease)) == (Decimal("460.00"), Decimal("500.00"))
    with pytest.raises(InvalidInput, match="retenue pour non-décence") as refused:
        settle_benefit_month(lease_id=lease.pk, month=NOV, reason="Rien", actor=make_actor())
    assert refused.value.field == "month"
    [shown] = retentions_of(lease, day=clock.today())
    assert (shown.row, shown.kept, shown.lapses_on) == (row, Decimal("500.00"), date(2028, 3, 31))
    assert check_ledger(day=clock.today()) == []


def test_a_month_before_the_retention_is_settled_as_any_other() -> None:
    right = housed()
    projections.roll()
    assert pending(right.lease) == Decimal("250.00")
    row = note(right, NOV)
    # Nothing is taken back, and November's aid explains no debt any more, until it is awaited again.
    assert (owed(right.lease), pending(right.lease)) == (Decimal("710.00"), 0)
    withdraw_retention(retention=row, actor=make_actor())
    assert pending(right.lease) == Decimal("250.00")
    assert check_ledger(day=clock.today()) == []


def test_aid_that_is_kept_has_not_fallen() -> None:
    payer = make_payer()
    kept, paid = (make_right(lease=make_let(), amount="250.00", start=date(2026, 2, 1), payer=payer) for _ in range(2))
    BenefitRight.objects.update(kind="ALS")
    for right in (kept, paid):
        came(right, OCT, "250.00", on=date(2026, 11, 5))
    came(paid, NOV, "250.00", on=date(2026, 12, 5))
    assert [fall.lease_id for fall in benefit_falls(clock.today(), percent=80)] == [kept.lease_id]
    note(kept, NOV)
    assert benefit_falls(clock.today(), percent=80) == []


def test_a_dwelling_that_conforms_gets_what_was_kept() -> None:
    """CCH, art. R. 843-4."""
    right = housed()
    lease = right.lease
    ended = end_retention(retention=note(right), again=DEC, outcome="CONFORM", actor=make_actor())
    assert (ended.loss_id, awaited(lease)) == (None, Decimal("500.00"))
    came(right, OCT, "250.00", on=date(2026, 12, 9))
    # Of November the payer gives a part: the rest is his, never the household's.
    came(right, NOV, "200.00", on=date(2026, 12, 10))
    assert (owed(lease), awaited(lease)) == (Decimal("460.00"), Decimal("50.00"))


def test_what_is_lost_is_a_loss_and_comes_back_with_its_end() -> None:
    right = housed()
    lease = right.lease
    row = note(right)
    for _ in range(2):
        ended = end_retention(retention=row, again=DEC, outcome="LOST", actor=make_actor())
        assert ended.loss is not None
        assert ended.loss.kind == "LOSS"
        assert (owed(lease), awaited(lease)) == (Decimal("460.00"), Decimal(0))
        again = end_retention(retention=row, again=DEC, outcome="LOST", actor=make_actor())
        assert again.loss_id == ended.loss_id
        with pytest.raises(Conflict, match="finie"):
            end_retention(retention=row, again=DEC, outcome="CONFORM", actor=make_actor())
        with pytest.raises(Conflict, match="annulez d’abord sa fin"):
            withdraw_retention(retention=row, actor=make_actor())
        for _ in range(2):
            reopen_retention(retention=row, actor=make_actor())
        assert (owed(lease), awaited(lease)) == (Decimal("460.00"), Decimal("500.00"))
    assert check_ledger(day=clock.today()) == []


def test_a_retention_noted_by_mistake_is_taken_back() -> None:
    right = housed()
    row = note(right)
    for _ in range(2):
        withdraw_retention(retention=row, actor=make_actor())
        assert (owed(right.lease), awaited(right.lease)) == (Decimal("710.00"), Decimal("250.00"))
    assert retentions_of(right.lease, day=clock.today()) == []
    again = note(right)
    assert again.pk != row.pk
    assert owed(right.lease) == Decimal("460.00")


def test_it_is_extended_twice_at_most() -> None:
    row = note(housed())
    for times in (1, 1, 2):
        extend_retention(retention=row, extensions=times, actor=make_actor())
    row.refresh_from_db()
    assert row.extensions == 2
    with pytest.raises(Conflict, match="pas plus de 2 fois"):
        extend_retention(retention=row, extensions=3, actor=make_actor())
    # A double click takes one back, not two.
    left = [shorten_retention(retention=row, extensions=n, actor=make_actor()).extensions for n in (1, 1, 0, 0, 1)]
    assert left == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "given", "error", "field"),
    [
        ("APL", {}, "Aucune ALF ni ALS", "first"),
        ("ALS", {"first": Month(2026, 1)}, "Aucune ALF ni ALS", "first"),
        ("ALF", {"told_on": date(2026, 12, 11)}, "à venir", "told_on"),
    ],
)
def test_what_is_no_retention(kind: str, given: dict[str, Any], error: str, field: str) -> None:
    right = housed(kind)
    with pytest.raises(InvalidInput, match=error) as refused:
        note_retention(**{"lease": right.lease, "first": OCT, "told_on": LETTER, "actor": make_actor()} | given)
    assert refused.value.field == field


def test_one_at_a_time_and_an_end_after_its_beginning() -> None:
    right = housed()
    row = note(right)
    with pytest.raises(Conflict, match="couvre déjà"):
        note(right, NOV)
    with pytest.raises(InvalidInput, match="commence en octobre") as refused:
        end_retention(retention=row, again=OCT, outcome="LOST", actor=make_actor())
    assert refused.value.field == "again"
    with pytest.raises(InvalidInput, match="comment"):
        end_retention(retention=row, again=DEC, outcome="", actor=make_actor())
    end_retention(retention=row, again=NOV, outcome="CONFORM", actor=make_actor())
    note(right, NOV)
    with pytest.raises(Conflict, match="Une autre retenue"):
        reopen_retention(retention=row, actor=make_actor())


def test_the_managers_are_told_ninety_days_before_it_is_lost() -> None:
    row = note(housed())

    def due(day: date) -> list[date | None]:
        with clock.travel(day):
            refresh_tasks(END, ids=[row.pk], actor=Actor.system())
            return list(Task.objects.filter(kind=END.code, ended_at=None).values_list("due_on", flat=True))

    assert due(date(2028, 1, 1)) == []
    assert due(date(2028, 1, 2)) == [date(2028, 3, 31)]
    with clock.travel(date(2028, 2, 1)):
        extend_retention(retention=row, extensions=1, actor=make_actor())
    assert due(date(2028, 2, 2)) == []
