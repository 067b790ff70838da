"""Dated amounts and due rules: a change closes what was there, and never touches the past by accident."""

from datetime import date
from decimal import Decimal

import pytest

from common.errors import Asked, InvalidInput
from leases.contracts.queries import due_on, terms_on
from leases.contracts.services.terms import end_rent_term, set_due_terms, set_rent_term
from leases.models import Lease
from office.access.actor import Actor
from office.models import Confirmation
from tests.factories import ANYWAY, make_lease

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def rents(lease: Lease) -> list[tuple[str, date, date | None]]:
    rows = lease.rent_terms.filter(nature="RENT").order_by("period")
    return [(str(row.amount), row.period.lower, row.period.upper) for row in rows]


def change(lease: Lease, amount: str, day: date | None, **options):
    return set_rent_term(actor=SYSTEM, lease=lease, nature="RENT", amount=Decimal(amount), from_day=day, **options)


def test_a_change_closes_the_former_amount_and_a_planned_one_stays():
    lease = make_lease(rent="400.00")
    change(lease, "420", date(2027, 1, 1), reason="IRL T2 2026")
    change(lease, "410", date(2026, 12, 1))
    assert rents(lease) == [
        ("400.00", date(2025, 1, 1), date(2026, 12, 1)),
        ("410.00", date(2026, 12, 1), date(2027, 1, 1)),
        ("420.00", date(2027, 1, 1), None),
    ]
    assert [str(t.amount) for t in terms_on(lease, date(2026, 12, 31))] == ["410.00", "86.40"]


def test_a_change_on_the_same_day_replaces_the_amount():
    lease = make_lease(rent="400.00")
    change(lease, "420", date(2026, 12, 1))
    change(lease, "425", date(2026, 12, 1))
    assert [amount for amount, _, _ in rents(lease)] == ["400.00", "425.00"]


@pytest.mark.parametrize(("day", "accepted"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True)])
def test_the_past_begins_before_the_current_month(day, accepted):
    lease = make_lease()
    if accepted:
        change(lease, "420", day)
    else:
        with pytest.raises(InvalidInput, match="mois déjà appelés") as refused:
            change(lease, "420", day)
        assert (refused.value.code, refused.value.field) == ("past_change", "from_day")
        change(lease, "420", day, allow_past=True)
    assert rents(lease)[1][1] == day


def test_a_draft_bears_any_day_of_its_own():
    lease = make_lease(active=False)
    change(lease, "420", date(2025, 3, 1))
    with pytest.raises(InvalidInput, match="Le bail commence"):
        change(lease, "420", date(2024, 12, 31))


def test_charges_say_their_mode_and_amounts_are_not_negative():
    lease = make_lease(active=False)
    with pytest.raises(InvalidInput, match="provision ou un forfait"):
        set_rent_term(
            actor=SYSTEM, lease=lease, nature="CHARGES", amount=Decimal(9), from_day=date(2025, 2, 1), mode=""
        )
    with pytest.raises(InvalidInput, match="pas négatif"):
        change(lease, "-1", None)
    set_rent_term(
        actor=SYSTEM, lease=lease, nature="CHARGES", amount=Decimal(90), from_day=date(2025, 2, 1), mode="FLAT"
    )
    assert [t.mode for t in lease.rent_terms.filter(nature="CHARGES").order_by("period")] == ["PROVISION", "FLAT"]


def test_a_nature_ends_on_its_last_day():
    lease = make_lease()
    parking = set_rent_term(actor=SYSTEM, lease=lease, nature="PARKING", amount=Decimal(30), from_day=date(2026, 11, 1))
    end_rent_term(actor=SYSTEM, term=parking, last_day=date(2026, 12, 15))
    parking.refresh_from_db()
    assert parking.period.upper == date(2026, 12, 16)
    with pytest.raises(InvalidInput, match="ne court pas"):
        end_rent_term(actor=SYSTEM, term=parking, last_day=date(2027, 1, 1))
    with pytest.raises(InvalidInput, match="mois déjà appelés"):
        end_rent_term(actor=SYSTEM, term=lease.rent_terms.get(nature="RENT"), last_day=date(2026, 9, 30))


def test_a_due_rule_follows_another():
    lease = make_lease()
    set_due_terms(actor=SYSTEM, lease=lease, due_rule="ARREARS", due_day=31, from_day=date(2026, 12, 1))
    assert (due_on(lease, date(2026, 11, 30)).due_rule, due_on(lease, date(2026, 12, 1)).due_day) == ("ADVANCE", 31)
    with pytest.raises(InvalidInput, match="compris entre 1 et 31"):
        set_due_terms(actor=SYSTEM, lease=lease, due_rule="ARREARS", due_day=32, from_day=date(2027, 1, 1))
    assert lease.due_terms.count() == 2


@pytest.mark.parametrize(
    ("nature", "amount", "said"),
    [
        ("RENT", "0.00", "loyer de zéro"),
        ("RENT", "2000.00", ""),
        ("RENT", "2000.01", "plus de 2"),
        ("RENT", "1000000.00", "vérifiez la virgule"),
        # A parking may cost nothing.
        ("PARKING", "0.00", ""),
        ("PARKING", "4120.00", "vérifiez la virgule"),
    ],
)
def test_an_amount_that_nobody_asks_a_month_is_asked_about(nature: str, amount: str, said: str) -> None:
    lease = make_lease()
    asked = {
        "actor": SYSTEM,
        "lease": lease,
        "nature": nature,
        "amount": Decimal(amount),
        "from_day": date(2026, 12, 1),
    }
    if said:
        with pytest.raises(Asked, match=said) as refusal:
            set_rent_term(**asked)
        assert refusal.value.code in ("no_rent", "much_rent")
        asked["answers"] = ANYWAY
    assert set_rent_term(**asked).amount == Decimal(amount)
    assert Confirmation.objects.filter(about="lease", about_id=lease.pk).count() == bool(said)
