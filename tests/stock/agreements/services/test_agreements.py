"""Agreements, dwellings and units through their services; the stock as of a past day."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Prefetch, QuerySet

from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from office.access.actor import Actor
from stock.agreements.queries import EndAlert, agreements_ending, end_alert, lines_on, standing_of
from stock.agreements.services import (
    add_dwelling,
    create_agreement,
    remove_dwelling,
    update_agreement,
)
from stock.dwellings.services import (
    add_room,
    create_building,
    create_dwelling,
    update_dwelling,
)
from stock.models import Dwelling, HeadAgreement
from tests.factories import make_actor, make_agreement, make_building, make_dwelling, make_organisation

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def stock_as_of(day: date) -> QuerySet[Dwelling]:
    """The dwellings that were in the stock on `day`, each with `lines_then` (its agreement lines of that day)."""
    then = Prefetch("agreement_lines", queryset=lines_on(day), to_attr="lines_then")
    return Dwelling.objects.in_stock_on(day).prefetch_related(then)


def test_the_stock_of_any_past_day_can_be_told():
    one, two = make_dwelling(), make_dwelling()
    old = make_agreement(dwellings=[one], from_day=date(2020, 1, 1), last_day=date(2023, 12, 31))
    new = make_agreement(kind="HEAD_LEASE", dwellings=[one, two], from_day=date(2024, 1, 1))

    def on(day: date) -> dict[str, list[HeadAgreement]]:
        return {d.reference: [line.agreement for line in d.lines_then] for d in stock_as_of(day)}

    assert on(date(2019, 12, 31)) == {}
    assert on(date(2023, 12, 31)) == {one.reference: [old]}
    assert on(date(2024, 1, 1)) == {one.reference: [new], two.reference: [new]}


def test_a_mandate_collects_for_its_owners_by_itself():
    assert make_agreement(kind="MANDATE").rent_collected_for == "MANDANTS"
    assert make_agreement().rent_collected_for == "ITSELF"


def test_a_line_stays_within_its_agreement():
    agreement = make_agreement(from_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    for options, field in (
        ({"from_day": date(2025, 12, 31)}, "from_day"),
        ({"from_day": date(2027, 1, 1)}, "from_day"),
        ({"last_day": date(2027, 1, 1)}, "last_day"),
    ):
        with pytest.raises(InvalidInput) as refused:
            add_dwelling(actor=SYSTEM, agreement=agreement, dwelling=make_dwelling(), **options)
        assert refused.value.field == field
    line = add_dwelling(actor=SYSTEM, agreement=agreement, dwelling=make_dwelling())
    assert line.period == agreement.period
    with pytest.raises(InvalidInput, match="ne peut pas être avant"):
        remove_dwelling(actor=SYSTEM, line=line, last_day=date(2025, 12, 31))
    with pytest.raises(InvalidInput, match="dépasse la fin"):
        remove_dwelling(actor=SYSTEM, line=line, last_day=date(2027, 1, 1))


def test_a_new_end_moves_the_dwellings_that_were_there_to_the_end_and_no_other():
    agreement = make_agreement(from_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    stays, leaves = (add_dwelling(actor=SYSTEM, agreement=agreement, dwelling=make_dwelling()) for _ in range(2))
    remove_dwelling(actor=SYSTEM, line=leaves, last_day=date(2026, 6, 30))
    update_agreement(actor=SYSTEM, agreement=agreement, last_day=date(2028, 12, 31), notice_months=6)
    stays.refresh_from_db()
    leaves.refresh_from_db()
    assert (stays.period.upper, leaves.period.upper) == (date(2029, 1, 1), date(2026, 7, 1))
    with pytest.raises(InvalidInput, match=leaves.dwelling.reference):
        update_agreement(actor=SYSTEM, agreement=agreement, last_day=date(2026, 5, 31))
    agreement.refresh_from_db()
    assert (agreement.period, agreement.notice_months) == (period(date(2026, 1, 1), date(2029, 1, 1)), 6)


def test_an_earlier_start_takes_its_first_dwellings_along():
    agreement = make_agreement(from_day=date(2026, 1, 1))
    line = add_dwelling(actor=SYSTEM, agreement=agreement, dwelling=make_dwelling())
    update_agreement(actor=SYSTEM, agreement=agreement, from_day=date(2025, 1, 1))
    line.refresh_from_db()
    assert line.period.lower == date(2025, 1, 1)


def test_who_owns_orders_and_operates_comes_from_the_lines_of_the_day():
    dwelling = make_dwelling()
    landlord, ccas, other = (make_organisation(name=name) for name in ("Estuaire", "CCAS", "Autre opérateur"))
    make_agreement(kind="HEAD_LEASE", dwellings=[dwelling], owner=landlord)
    make_agreement(
        kind="SERVICE", dwellings=[dwelling], owner=ccas, ordered_by=ccas, operator=other, last_day=date(2027, 6, 30)
    )
    (found,) = stock_as_of(date(2026, 11, 5))
    standing = standing_of(found.lines_then, association="Le Ponton")
    assert (standing.owner, standing.ordered_by, standing.operator) == ("Estuaire", "CCAS", "Autre opérateur")
    assert standing.until == date(2027, 6, 30)
    assert standing_of([], association="Le Ponton") is None


@pytest.mark.parametrize(
    ("last_day", "alert"),
    [
        (None, None),
        (date(2026, 11, 4), 0),
        (date(2026, 11, 5), 1),
        (date(2026, 12, 5), 1),
        (date(2026, 12, 6), 3),
        (date(2027, 5, 5), 6),
        (date(2027, 5, 6), None),
    ],
)
def test_the_end_of_an_agreement_is_told_at_six_three_and_one_month(last_day, alert):
    today = date(2026, 11, 5)
    agreement = make_agreement(last_day=last_day)
    found = end_alert(agreement, today=today, alerts=(6, 3, 1))
    assert (found.months if found else None) == alert
    assert agreements_ending(today=today, alerts=(6, 3, 1)).exists() == (alert in {1, 3, 6})


def test_the_reminders_are_those_of_the_house():
    today = date(2026, 11, 5)
    agreement = make_agreement(last_day=date(2026, 12, 31))
    told = end_alert(agreement, today=today, alerts=(12, 2))
    assert told == EndAlert(rank=1, months=2)
    assert (told.label, told.meaning) == ("Finit dans 2 mois", "late")


def test_a_dwelling_comes_with_its_whole_unit_and_its_reference():
    dwelling = make_dwelling()
    assert (dwelling.units.get().kind, dwelling.reference) == ("WHOLE", f"L{dwelling.pk:05d}")
    update_dwelling(actor=SYSTEM, dwelling=dwelling, surface=Decimal(61), fiscal_id="44 109 1234567")
    dwelling.refresh_from_db()
    assert (dwelling.units.get().surface, dwelling.fiscal_id) == (Decimal(61), "441091234567")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"dpe_number": "2344X1234567X"}, "dpe_number"),
        ({"fiscal_id": "44109123456"}, "fiscal_id"),
        ({"rpls_id": "123"}, "rpls_id"),
        ({"surface": Decimal(1001)}, None),
        ({"reference": "L-1"}, "reference"),
    ],
)
def test_a_dwelling_that_can_t_be_is_refused_on_its_field(facts, field):
    make_dwelling(reference="L-1")
    with pytest.raises(InvalidInput) as refused:
        make_dwelling(**{"surface": None} | facts) if "surface" not in facts else create_dwelling(
            actor=SYSTEM, building=make_building(), rooms=2, **facts
        )
    assert refused.value.field == field


def test_a_room_is_not_larger_than_its_dwelling():
    dwelling = make_dwelling(surface="20")
    with pytest.raises(InvalidInput, match="plus grande que son logement"):
        add_room(actor=SYSTEM, dwelling=dwelling, label="Chambre 1", surface=Decimal(21))


def test_a_building_is_made_once_at_an_address():
    made = {"street": "1 rue Haute", "postcode": "44000", "city": "Nantes", "commune": "44 109"}
    building = create_building(actor=SYSTEM, **made)
    with pytest.raises((InvalidInput, Conflict), match="existe déjà à cette adresse"):
        create_building(actor=SYSTEM, **made)
    building.refresh_from_db()
    assert building.commune == "44109"


@pytest.mark.parametrize("role", ["SOCIAL_WORKER", "TECHNICIAN", "DIRECTOR", "FUNDER", "ADMINISTRATOR"])
def test_only_the_rental_manager_writes(role):
    actor = make_actor(role=role)
    dwelling, agreement = make_dwelling(), make_agreement()
    for call in (
        lambda: create_agreement(
            actor=actor,
            kind="PROVISION",
            reference="X",
            title="X",
            owner=make_organisation(),
            from_day=date(2026, 1, 1),
        ),
        lambda: update_agreement(actor=actor, agreement=agreement, title="X"),
        lambda: add_dwelling(actor=actor, agreement=agreement, dwelling=dwelling),
        lambda: update_dwelling(actor=actor, dwelling=dwelling, rooms=1),
        lambda: add_room(actor=actor, dwelling=dwelling, label="X"),
    ):
        with pytest.raises(NotAllowed):
            call()
