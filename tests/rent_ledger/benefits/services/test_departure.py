"""The month of a departure, where another aided dwelling follows (CCH, art. R. 823-14)."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict
from common.periods import ONE_DAY, Month
from leases.contracts.services.ending import end_lease, record_notice
from leases.models import Lease
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.benefits.services.departure import drop_departure_month, keep_departure_month
from rent_ledger.billing.queries.explain_demand import explain_demand, rebuild
from rent_ledger.billing.services.corrections import stale_demands
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, BenefitRight, LedgerMonth, RentDemand
from rent_ledger.rights.services import end_right, set_right
from tests.factories import make_actor, make_let, make_right
from tests.rent_ledger.aids import bill, bring

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-02")]

OCT, NOV, DEC = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
LAST = date(2026, 10, 20)


def dwelling_left(*, last: date = LAST, reason: str = "SOCIAL", amount: str = "250.00") -> BenefitRight:
    """310 a month without charges, aid since February; the household left on `last`."""
    lease = make_let(rent="310.00", charges="0")
    right = make_right(lease=lease, amount=amount, start=date(2026, 2, 1))
    end_lease(actor=make_actor(), lease=lease, last_day=last, reason=reason)
    return right


def dwelling_entered(left: BenefitRight, entry: date, *, follows: str = "AIDED") -> BenefitRight:
    lease = make_let(rent="310.00", charges="0", start=entry)
    Lease.objects.filter(pk=lease.pk).update(household=left.lease.household)
    lease.occupancies.update(household=left.lease.household)
    return set_right(
        lease=lease, payer=left.payer, kind="APL", beneficiary_number="1234567", amount=Decimal("200.00"),
        start=Month.of(entry).first, follows=follows, actor=make_actor(),
    )  # fmt: skip


def aid_of(right: BenefitRight, month: date) -> Decimal | None:
    demand = RentDemand.objects.filter(lease=right.lease_id, month=month, state="ISSUED").first()
    return None if demand is None else demand.benefit


def billed(right: BenefitRight, *months: date) -> list[Decimal | None]:
    for month in months:
        bill(right.lease, month)
    return [aid_of(right, month) for month in months]


def keep(right: BenefitRight) -> BenefitRight:
    return keep_departure_month(right_id=right.pk, actor=make_actor())


def drop(right: BenefitRight) -> BenefitRight:
    return drop_departure_month(right_id=right.pk, actor=make_actor())


D = Decimal
# docs/law.md, A3b: (last day in the dwelling left, entry, what is said, October there, October and November here). The
# rent of 20 days of 31 is 200.00, so of 250.00 no more is awaited.
ROWS = {
    "to the last day of the month": (date(2026, 10, 31), date(2026, 11, 1), "both", D("250.00"), None, D("200.00")),
    "on the first of the next": (LAST, date(2026, 11, 1), "both", D("200.00"), None, D("200.00")),
    "in the next month": (LAST, date(2026, 11, 5), "both", D("200.00"), None, D("200.00")),
    "from one day to the next": (LAST, date(2026, 10, 21), "both", D("200.00"), D("0.00"), D("200.00")),
    "from one day to the next, the month here": (
        LAST, date(2026, 10, 21), "here", D("0.00"), D("110.00"), D("200.00"),
    ),
    "after a whole month without a home": (LAST, date(2026, 12, 5), "neither", D("0.00"), None, None),
    "to a home without aid, or unknown": (LAST, None, "neither", D("0.00"), None, None),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("is_said_late", [False, True])
def test_each_row_of_the_table_of_r_823_14(row, is_said_late):
    last, entry, said, there, october, november = ROWS[row]
    left = dwelling_left(last=last)
    entered = dwelling_entered(left, entry, follows="AIDED" if said in ("both", "here") else "") if entry else None
    if said == "both" and not is_said_late:
        keep(left)
    bill(left.lease, OCT)
    found = [None, None]
    if entered is not None:
        bill(entered.lease, OCT)
        bill(entered.lease, NOV)
    if said == "both" and is_said_late:
        keep(left)
    if entered is not None:
        found = [aid_of(entered, OCT), aid_of(entered, NOV)]
    assert [aid_of(left, OCT), *found] == [there, october, november]
    if row == "after a whole month without a home":
        bill(entered.lease, DEC)
        assert aid_of(entered, DEC) == 0  # the right opens anew
    assert stale_demands() == []
    assert check_ledger() == []


def test_an_avis_whose_aid_is_kept_says_why_and_is_rebuilt_as_it_was_made():
    left = dwelling_left()
    keep(left)
    bill(left.lease, OCT)
    [demand] = RentDemand.objects.filter(lease=left.lease, state="ISSUED")
    words = "APL limitée au loyer et aux charges du mois de départ : un autre logement aidé suit (CCH, art. R. 823-14)"
    assert rebuild([demand])[demand.pk].benefit_reason.text() == words
    assert "KEPT_FOR_NEXT_CAPPED" in str(explain_demand(demand).to_json())
    # What a month costs, for the thresholds, follows the same rule.
    account = AccountState.objects.get(account__lease=left.lease, account__kind="TENANT").account_id
    [*_, term] = month_terms_of([account], day=NOV)[account]
    assert term.aid == Decimal("250.00")


def test_what_is_said_late_and_taken_back_makes_the_avis_again_and_keeps_what_was_paid():
    left = dwelling_left()
    bill(left.lease, OCT)
    assert aid_of(left, OCT) == 0
    bring(left.payer, (left.beneficiary_number, "10/2026", "250,00"), on=date(2026, 10, 26))
    # The payer's 250.00 were nobody's month: a credit of the household.
    tenant = AccountState.objects.get(account__lease=left.lease, account__kind="TENANT")
    before = (tenant.debt, tenant.credit)
    keep(left)
    assert aid_of(left, OCT) == Decimal("200.00")
    tenant.refresh_from_db()
    assert (tenant.debt, tenant.credit) == before  # the money is the same, its month says so
    drop(left)
    left.refresh_from_db()
    assert (aid_of(left, OCT), left.is_followed, left.period.upper) == (Decimal(0), False, NOV)
    tenant.refresh_from_db()
    assert (tenant.debt, tenant.credit) == before
    assert check_ledger() == []


def test_it_is_said_once_and_taken_back_once():
    left = dwelling_left()
    bill(left.lease, OCT)
    assert keep(left) == keep(left)
    assert RentDemand.objects.filter(lease=left.lease, month=OCT).count() == 2  # the first, and its correction
    drop(left)
    drop(left)
    assert RentDemand.objects.filter(lease=left.lease, month=OCT).count() == 3
    assert [event.is_followed for event in left.events.order_by("pgh_id")] == [False, True, False]


def test_what_is_taken_back_gives_the_month_to_the_dwelling_that_follows():
    left = dwelling_left()
    entered = dwelling_entered(left, LAST + ONE_DAY)
    keep(left)
    assert billed(entered, OCT, NOV) == [Decimal(0), Decimal("200.00")]
    drop(left)
    assert [aid_of(entered, month) for month in (OCT, NOV)] == [Decimal("110.00"), Decimal("200.00")]
    assert check_ledger() == []


def test_nothing_is_said_of_a_departure_before_its_day_is_sure():
    """A notice of December, and keys given back in November: the word would have stayed with December."""
    lease = make_let(rent="310.00", charges="0")
    right = make_right(lease=lease, start=date(2026, 2, 1))
    with pytest.raises(Conflict, match="n’est pas encore parti"):
        keep(right)
    record_notice(
        actor=make_actor(),
        lease=lease,
        received_on=date(2026, 11, 2),
        last_day=date(2026, 12, 20),
        short_reason="Mutation",
    )
    with pytest.raises(Conflict, match="le jour annoncé peut changer"):
        keep(right)
    right.refresh_from_db()
    assert (right.is_followed, right.period.upper) == (False, None)


def test_a_right_that_was_ended_before_the_departure_takes_its_month():
    left = dwelling_left()
    end_right(right_id=left.pk, on=OCT, actor=make_actor())
    assert keep(left).period.upper == NOV
    drop(left)
    with pytest.raises(Conflict, match="annulez-le d’abord"):
        end_right(right_id=keep(left).pk, on=OCT, actor=make_actor())


def test_a_new_amount_keeps_what_is_said_of_the_departure():
    left = keep(dwelling_left())
    new = set_right(
        lease=left.lease, payer=left.payer, kind="APL", beneficiary_number="1", amount=Decimal("180.00"), start=OCT,
        end=NOV, actor=make_actor(),
    )  # fmt: skip
    left.refresh_from_db()
    assert (left.is_followed, left.ends_with_stay, new.is_followed) == (False, False, True)
    assert billed(new, OCT) == [Decimal("180.00")]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"is_direct": False}, "versée au ménage"),
        ({"upper": date(2026, 9, 1)}, "ne court pas jusqu’au mois d’octobre 2026"),
        ({"death": True}, "par un décès"),
    ],
)
def test_what_is_refused(change, match):
    left = dwelling_left(reason="DEATH" if change.get("death") else "SOCIAL")
    if "is_direct" in change:
        BenefitRight.objects.filter(pk=left.pk).update(is_direct=False)
    if "upper" in change:
        end_right(right_id=left.pk, on=change["upper"], actor=make_actor())
    with pytest.raises(Conflict) as refused:
        keep(left)
    assert match in str(refused.value).replace("\u00a0", " ")


def test_a_month_that_is_closed_refuses_and_nothing_is_said():
    left = dwelling_left()
    bill(left.lease, OCT)
    LedgerMonth.objects.update_or_create(month=OCT, defaults={"closed_at": clock.now()})
    with pytest.raises(Conflict, match="clôturé"):
        keep(left)
    left.refresh_from_db()
    assert (left.is_followed, left.period.upper) == (False, None)


def test_another_household_s_month_is_its_own():
    left, other = dwelling_left(), make_right(lease=make_let(start=date(2026, 10, 21)), start=OCT)
    BenefitRight.objects.filter(pk=other.pk).update(follows="AIDED")
    keep(left)
    assert billed(other, OCT) != [Decimal(0)]
