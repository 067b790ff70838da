"""What the database refuses of households and leases, whoever asks: one case per constraint."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from common.db import constraint_message, constraint_name
from common.periods import DateRange, period
from common.text import LONGEST_TEXT
from leases.contracts.guarantees import Guarantee, GuaranteeDeed
from leases.models import (
    DueTerms,
    Household,
    Lease,
    LeaseCheck,
    LeaseParty,
    Membership,
    Occupancy,
    PaperWish,
    Person,
    RentTerm,
)
from office.files.codes import FileType
from office.files.models import Blob
from tests.factories import make_agreement, make_dwelling, make_household, make_lease, make_organisation, number

pytestmark = pytest.mark.django_db
EMPTY = DateRange(empty=True)
OPEN = period(date(2026, 1, 1))


def person() -> Person:
    return Person.objects.create(first_name="Ali", last_name="Roche")


def member(**facts: Any) -> Membership:
    made = {"household": facts.pop("household", None) or make_household(), "period": OPEN}
    return Membership.objects.create(**made | {"person": facts.pop("person", None) or person()} | facts)


def in_two_households() -> None:
    one = person()
    member(person=one)
    member(person=one)


def lease(**facts: Any) -> Lease:
    n = number()
    unit = facts.pop("unit", None) or make_dwelling().units.get()
    made = {
        "reference": f"X{n}", "payment_reference": f"RF00X{n}", "kind": "SUBLEASE", "household": make_household(),
        "unit": unit, "agreement": make_agreement(), "period": OPEN,
    }  # fmt: skip
    return Lease.objects.create(**made | facts)


def ended_without_end() -> None:
    lease(state="ENDED", signed_on=date(2026, 1, 1), end_reason="SOCIAL")


def party(**facts: Any) -> LeaseParty:
    made = {"lease": facts.pop("lease", None) or lease(), "role": "HOLDER", "period": OPEN}
    return LeaseParty.objects.create(**made | {"person": facts.pop("person", None) or person()} | facts)


def bound_twice() -> None:
    held, one = lease(), person()
    party(lease=held, person=one)
    party(lease=held, person=one, role="GUARANTOR")


def two_holders() -> None:
    held = lease()
    party(lease=held)
    party(lease=held)


def wish(of: Lease, **facts: Any) -> PaperWish:
    made = {"kind": "EMAIL", "person": person(), "given_on": date(2026, 1, 1), "proof": "Signé"}
    return PaperWish.objects.create(lease=of, **made | facts)


def wished_twice() -> None:
    one = lease()
    wish(one)
    wish(one)


def checked_twice() -> None:
    held = lease()
    for _ in range(2):
        LeaseCheck.objects.create(lease=held, item="CONTRACT", done_on=date(2026, 1, 1))


def stay(**facts: Any) -> Occupancy:
    held = facts.pop("lease", None) or lease()
    made = {
        "lease": held, "household": held.household, "unit": held.unit, "dwelling": held.unit.dwelling,
        "is_whole": held.unit.is_whole, "period": OPEN,
    }  # fmt: skip
    made |= facts
    made.setdefault("main_period", made["period"])
    return Occupancy.objects.create(**made)


def two_stays_in_a_unit() -> None:
    unit = make_dwelling().units.get()
    stay(lease=lease(unit=unit))
    stay(lease=lease(unit=unit))


def whole_and_room() -> None:
    home = make_dwelling(rooms_to_let=1)
    stay(lease=lease(unit=home.units.get(kind="WHOLE")))
    stay(lease=lease(unit=home.units.get(kind="ROOM")))


def two_main_homes() -> None:
    household = make_household()
    stay(lease=lease(household=household))
    stay(lease=lease(household=household))


def term(**facts: Any) -> RentTerm:
    made = {"lease": facts.pop("lease", None) or lease(), "nature": "RENT", "amount": Decimal(400), "period": OPEN}
    return RentTerm.objects.create(**made | facts)


def due(**facts: Any) -> DueTerms:
    made = {"lease": facts.pop("lease", None) or lease(), "due_day": 5, "period": OPEN}
    return DueTerms.objects.create(**made | facts)


def two_rents() -> None:
    held = lease()
    term(lease=held)
    term(lease=held)


def guarantee(**facts: Any) -> Guarantee:
    """Of a body, with its number; of a person where the kind says so."""
    made: dict[str, Any] = {"kind": "VISALE", "reference": "V1", "period": OPEN}
    made |= {"lease": facts.pop("lease", None) or lease()} | facts
    who = {"person": person()} if made["kind"] == "JOINT" else {"body": make_organisation()}
    return Guarantee.objects.create(**who | made)


def guaranteed_twice(kind: str) -> None:
    first = guarantee(kind=kind)
    guarantee(lease=first.lease, kind=kind, person=first.person, body=first.body)


def deed_kept_twice() -> None:
    blob = Blob.objects.create(sha256="a" * 64, type=FileType.PDF, size=1)
    one = guarantee()
    for _ in range(2):
        GuaranteeDeed.objects.create(guarantee=one, blob=blob, name="acte.pdf")


def two_due_rules() -> None:
    held = lease()
    due(lease=held)
    due(lease=held)


CASES: dict[str, Callable[[], object]] = {
    "membership_one_household": in_two_households,
    "membership_period_not_empty": lambda: member(period=EMPTY),
    "lease_period_not_empty": lambda: lease(period=EMPTY),
    "lease_signed_unless_draft": lambda: lease(state="ACTIVE"),
    "lease_ended_has_end": ended_without_end,
    "lease_managed_for_mandants": lambda: lease(kind="MANAGED", collected_for="ITSELF"),
    "lease_party_no_overlap": bound_twice,
    "lease_party_one_holder": two_holders,
    "lease_party_period_not_empty": lambda: party(period=EMPTY),
    "lease_check_once": checked_twice,
    "lease_check_waiver_bounded": lambda: LeaseCheck.objects.create(
        lease=lease(), item="CONTRACT", done_on=date(2026, 1, 1), waiver="a" * (LONGEST_TEXT + 1)
    ),
    "guarantee_of_its_kind": lambda: guarantee(kind="JOINT", body=make_organisation()),
    "guarantee_visa_has_a_number": lambda: guarantee(reference=""),
    "guarantee_one_ceiling": lambda: guarantee(ceiling=Decimal(1), ceiling_months=1),
    "guarantee_period_not_empty": lambda: guarantee(period=EMPTY),
    "guarantee_address_bounded": lambda: guarantee(address="a" * (LONGEST_TEXT + 1)),
    "guarantee_of_a_person_once": lambda: guaranteed_twice("JOINT"),
    "guarantee_of_a_body_once": lambda: guaranteed_twice("VISALE"),
    "paper_wish_once": wished_twice,
    "paper_wish_express": lambda: wish(lease(), proof=""),
    "occupancy_unit_once": two_stays_in_a_unit,
    "occupancy_whole_or_rooms": whole_and_room,
    "occupancy_one_main_home": two_main_homes,
    "occupancy_period_not_empty": lambda: stay(period=EMPTY),
    "occupancy_exception_explained": lambda: stay(main_period=period(date(2026, 2, 1))),
    "rent_term_no_overlap": two_rents,
    "rent_term_amount_positive": lambda: term(amount=Decimal("-0.01")),
    "rent_term_period_not_empty": lambda: term(period=EMPTY),
    "rent_term_mode_iff_charges": lambda: term(nature="CHARGES"),
    "due_terms_no_overlap": two_due_rules,
    "due_terms_day_of_month": lambda: due(due_day=32),
    "due_terms_period_not_empty": lambda: due(period=EMPTY),
}
UNIQUE: dict[str, Callable[[], object]] = {
    "leases_household_reference": lambda: [Household.objects.create(reference="M1", name="A") for _ in range(2)],
    "leases_lease_reference": lambda: [lease(reference="B1") for _ in range(2)],
    "leases_lease_payment_reference": lambda: [lease(payment_reference="RF18B1") for _ in range(2)],
}


def refused(make: Callable[[], object]) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    return caught.value


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_database_refuses(name):
    error = refused(CASES[name])
    assert constraint_name(error) == name
    assert constraint_message(error)


def test_a_deed_is_kept_once():
    """Nobody is told: the service gives the first."""
    assert constraint_name(refused(deed_kept_twice)) == "guarantee_deed_once"


@pytest.mark.parametrize("name", sorted(UNIQUE))
def test_the_database_refuses_a_second(name):
    error = refused(UNIQUE[name])
    assert constraint_name(error).startswith(name)
    assert str(constraint_message(error)).startswith("Cette valeur existe déjà")


def test_an_ended_lease_without_its_outcome_is_refused():
    def end() -> None:
        lease(state="ENDED", signed_on=date(2026, 1, 1), period=period(date(2026, 1, 1), date(2026, 6, 1)))

    assert constraint_name(refused(end)) == "lease_ended_has_end"


def test_rent_bears_no_mode_and_a_due_day_is_at_least_one():
    assert constraint_name(refused(lambda: term(mode="FLAT"))) == "rent_term_mode_iff_charges"
    assert constraint_name(refused(lambda: due(due_day=0))) == "due_terms_day_of_month"


def test_an_occupancy_is_held_to_its_unit_s_dwelling():
    assert constraint_name(refused(lambda: stay(dwelling=make_dwelling()))) == "occupancy_unit_of_dwelling"


def test_two_rooms_of_a_dwelling_are_let_at_once():
    home = make_dwelling(rooms_to_let=2)
    for room in home.units.filter(kind="ROOM"):
        stay(lease=lease(unit=room))
    assert home.occupancies.count() == 2


def test_one_household_follows_another_to_the_day():
    unit = make_dwelling().units.get()
    stay(lease=lease(unit=unit), period=period(date(2025, 1, 1), date(2026, 1, 1)))
    stay(lease=lease(unit=unit))
    assert unit.occupancies.count() == 2


def test_an_explained_overlap_is_accepted():
    household = make_household()
    stay(
        lease=lease(household=household),
        main_period=period(date(2026, 1, 1), date(2026, 2, 1)),
        overlap_reason="Travaux",
    )
    stay(lease=lease(household=household), main_period=period(date(2026, 2, 1)), overlap_reason="Travaux")
    assert household.occupancies.count() == 2


def test_every_declared_constraint_of_leases_has_a_case():
    declared = {c.name for model in apps.get_app_config("leases").get_models() for c in model._meta.constraints}
    # What a measure that is signed with a contract refers to: id is unique already.
    assert declared == {*CASES, "guarantee_deed_once", "lease_with_its_signature"}


def test_a_history_is_kept_of_what_people_edit():
    row = make_lease()
    Household.objects.filter(pk=row.household_id).update(support_type="T2")
    events = row.household.events.order_by("pgh_id").values_list("support_type", flat=True)
    assert list(events)[-1] == "T2"
    assert len(events) >= 2
