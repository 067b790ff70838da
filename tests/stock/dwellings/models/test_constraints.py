"""What the database refuses of the stock, whoever asks: one case per constraint."""

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
from stock.models import AgreementDwelling, Building, Dwelling, HeadAgreement, StockImport, Unit, VacancyTold
from tests.factories import make_agreement, make_building, make_dwelling, make_organisation, make_user

pytestmark = pytest.mark.django_db
EMPTY = DateRange(empty=True)
Y2026 = period(date(2026, 1, 1), date(2027, 1, 1))


def agreement(**facts: Any) -> HeadAgreement:
    return HeadAgreement.objects.create(
        **{"kind": "PROVISION", "reference": "R", "title": "T", "owner": make_organisation(), "period": Y2026} | facts
    )


def line(**facts: Any) -> AgreementDwelling:
    made = {"agreement": facts.pop("agreement", None) or make_agreement(), "period": Y2026}
    return AgreementDwelling.objects.create(**made | facts)


def dwelling(**facts: Any) -> Dwelling:
    made = {"reference": "X", "building": make_building(), "rooms": 2}
    return Dwelling.objects.create(**made | facts)


def same_agreement_twice() -> None:
    held, home = make_agreement(), make_dwelling()
    for _ in range(2):
        line(agreement=held, dwelling=home, gives_title=False)


def two_titles() -> None:
    home = make_dwelling()
    for _ in range(2):
        line(dwelling=home)


def twice(**facts: Any) -> Callable[[], None]:
    def make() -> None:
        for reference in ("A", "B"):
            dwelling(**{"reference": reference} | facts)

    return make


def building_twice() -> None:
    make_building(street="1 rue Haute")
    make_building(street="1 rue Haute")


def whole_twice() -> None:
    Unit.objects.create(dwelling=make_dwelling(), kind="WHOLE")


def room_twice() -> None:
    home = make_dwelling(rooms_to_let=1)
    Unit.objects.create(dwelling=home, kind="ROOM", label="Chambre 1")


def imported_twice() -> None:
    for _ in range(2):
        StockImport.objects.create(file_name="parc.csv", sha256="0" * 64)


def told(**facts: Any) -> VacancyTold:
    made = {"reason": "WORKS", "since": date(2026, 11, 2)}
    return VacancyTold.objects.create(**{"dwelling": make_dwelling()} | made | facts)


def told_twice() -> None:
    home = make_dwelling()
    for _ in range(2):
        told(dwelling=home)


CASES: dict[str, Callable[[], object]] = {
    "building_access_notes_bounded": lambda: Building.objects.filter(pk=make_building().pk).update(
        access_notes="a" * (LONGEST_TEXT + 1)
    ),
    "dwelling_access_notes_bounded": lambda: dwelling(access_notes="a" * (LONGEST_TEXT + 1)),
    "head_agreement_period_not_empty": lambda: agreement(period=EMPTY),
    "head_agreement_mandate_for_mandants": lambda: agreement(kind="MANDATE", rent_collected_for="ITSELF"),
    "head_agreement_fee_plausible": lambda: agreement(fee_percent=Decimal(100)),
    "agreement_dwelling_no_overlap": same_agreement_twice,
    "agreement_dwelling_one_title": two_titles,
    "agreement_dwelling_period_not_empty": lambda: line(dwelling=make_dwelling(), period=EMPTY),
    "agreement_dwelling_rent_positive": lambda: line(dwelling=make_dwelling(), upstream_rent=Decimal("-0.01")),
    "building_address_once": building_twice,
    "dwelling_rooms_positive": lambda: dwelling(rooms=0),
    "dwelling_surface_plausible": lambda: dwelling(surface=Decimal("1000.01")),
    "unit_whole_once": whole_twice,
    "unit_room_label_once": room_twice,
    "unit_label_iff_room": lambda: Unit.objects.create(dwelling=make_dwelling(), kind="ROOM", label=""),
    "vacancy_told_once": told_twice,
    "vacancy_told_reason_known": lambda: told(reason="OTHER"),
    "vacancy_told_withdrawn_whole": lambda: told(withdrawn_by=make_user()),
}
UNIQUE: dict[str, Callable[[], object]] = {
    "stock_headagreement_reference": lambda: [agreement(reference="2026-1") for _ in range(2)],
    "stock_dwelling_reference": twice(reference="L1"),
    "stock_dwelling_rpls_id": twice(rpls_id="0123456789"),
    "stock_dwelling_import_key": twice(import_key="a" * 64),
    "stock_dwelling_fiscal_id": twice(fiscal_id="441091234567"),
    "stock_stockimport_sha256": imported_twice,
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


@pytest.mark.parametrize("name", sorted(UNIQUE))
def test_the_database_refuses_a_second(name):
    error = refused(UNIQUE[name])
    assert constraint_name(error).startswith(name)
    assert str(constraint_message(error)).startswith("Cette valeur existe déjà")


def test_a_surface_of_zero_is_refused_too():
    assert constraint_name(refused(lambda: dwelling(surface=Decimal(0)))) == "dwelling_surface_plausible"


def test_a_whole_unit_bears_no_name():
    def rename() -> None:
        Unit.objects.filter(dwelling=make_dwelling()).update(label="Tout")

    assert constraint_name(refused(rename)) == "unit_label_iff_room"


def test_a_marche_stands_beside_the_title():
    home = make_dwelling()
    line(dwelling=home)
    line(dwelling=home, gives_title=False)
    assert home.agreement_lines.count() == 2


def test_one_agreement_may_follow_another_to_the_day():
    home = make_dwelling()
    line(dwelling=home)
    line(dwelling=home, period=period(date(2027, 1, 1)))
    assert home.agreement_lines.count() == 2


def test_every_declared_constraint_of_the_stock_has_a_case():
    declared = {c.name for model in apps.get_app_config("stock").get_models() for c in model._meta.constraints}
    # `unit_with_dwelling` serves the foreign key of occupancies, which has its own test.
    assert declared - {"unit_with_dwelling"} == set(CASES)


def test_a_building_may_bear_two_names_at_one_address():
    make_building(street="1 rue Haute", name="Bâtiment A")
    make_building(street="1 rue Haute", name="Bâtiment B")
    assert Building.objects.count() == 2
