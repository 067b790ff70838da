"""The RPLS import: preview, whole or not at all, safe twice, and by two people at once."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from common.errors import InvalidInput, NotAllowed, UnreadableFile
from office.access.actor import Actor
from stock.importing.services import import_stock, preview_stock_import
from stock.models import AgreementDwelling, Building, Dwelling, StockImport, Unit
from tests.factories import make_actor, make_agreement, make_dwelling
from tests.paths import DATA

REAL = (DATA / "rpls" / "rpls_extract_first300.csv").read_bytes()
SYSTEM = Actor.system()
HEAD = "IDENT_REP;DEPCOM;CODEPOSTAL;LIBCOM;NUMVOIE;TYPVOIE;NOMVOIE;NUMAPPT;NBPIECE;SURFHAB;DPEENERGIE"


def file(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


ROW = ";44109;44000;NANTES;14;R;CORDIERS;21;3;58;D"


def run(data: bytes, **options) -> StockImport:
    return import_stock(actor=SYSTEM, data=data, file_name="parc.csv", **options)


@pytest.mark.django_db
def test_the_preview_writes_nothing_and_the_import_does_what_it_said(django_assert_max_num_queries):
    preview = preview_stock_import(data=REAL, file_name="parc.csv")
    assert (len(preview.created), len(preview.groups), preview.dwellings_in_groups) == (186, 114, 1478)
    assert not Dwelling.objects.exists()
    with django_assert_max_num_queries(20):
        done = run(REAL)
    assert (done.created, done.updated, done.unchanged, done.skipped) == (186, 0, 0, 114)
    assert Dwelling.objects.count() == Unit.objects.filter(kind="WHOLE").count() == 186
    assert all(unit.surface == unit.dwelling.surface for unit in Unit.objects.select_related("dwelling"))
    assert max(Dwelling.objects.values_list("surface", flat=True)) < 200


@pytest.mark.django_db
def test_the_same_file_twice_brings_nothing_new():
    first = run(REAL)
    assert preview_stock_import(data=REAL).already == first
    assert run(REAL) == first
    assert (Dwelling.objects.count(), StockImport.objects.count()) == (186, 1)


@pytest.mark.django_db
def test_the_groups_expand_into_dwellings_of_equal_surface():
    run(REAL)
    done = run(REAL, expand_groups=True)
    assert (done.created, done.unchanged, done.skipped) == (1478, 186, 0)
    expanded = Dwelling.objects.filter(building__street="16 rue Voltaire")
    assert {d.surface for d in expanded} == {Decimal("62.32")}
    assert expanded.count() == 19


@pytest.mark.django_db
def test_another_file_updates_the_dwellings_that_it_recognises_and_leaves_what_it_does_not_say():
    run(file(ROW))
    dwelling = Dwelling.objects.get()
    Dwelling.objects.update(access_notes="Code 12A4")
    other = file(
        ";44109;44000;NANTES;14;RUE;CORDIERS;21;4;61.5;", "0123456789;44109;44000;NANTES;16;R;CORDIERS;1;2;40;"
    )
    preview = preview_stock_import(data=other)
    assert [line.changes for line in preview.updated] == [
        ("pièces : 3 → 4", "surface habitable (m²) : 58,00 → 61,50"),
    ]  # fmt: skip
    done = run(other)
    dwelling.refresh_from_db()
    assert (done.created, done.updated) == (1, 1)
    assert (dwelling.rooms, dwelling.surface, dwelling.energy_class) == (4, Decimal("61.50"), "D")
    assert dwelling.access_notes == "Code 12A4"
    assert dwelling.units.get().surface == Decimal("61.50")


@pytest.mark.django_db
def test_a_national_identifier_recognises_a_dwelling_whose_address_changed():
    run(file("0123456789" + ROW))
    moved = file("0123456789;44109;44000;NANTES;2;PL;NEUVE;3;3;58;D")
    assert "adresse : 14 rue Cordiers → 2 place Neuve" in preview_stock_import(data=moved).updated[0].changes
    run(moved)
    dwelling = Dwelling.objects.get()
    assert (dwelling.building.street, dwelling.door) == ("2 place Neuve", "3")
    back = run(file("9876543210" + ROW))
    assert (back.created, Dwelling.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_a_file_that_brings_the_identifier_completes_the_dwelling():
    run(file(ROW))
    done = run(file("0123456789" + ROW))
    assert (done.created, done.updated) == (0, 1)
    assert Dwelling.objects.get().rpls_id == "0123456789"


@pytest.mark.django_db
def test_one_wrong_line_and_nothing_is_written():
    data = file(ROW, ";44109;44000;NANTES;14;R;CORDIERS;22;x;58;D")
    with pytest.raises(UnreadableFile) as refused:
        run(data)
    assert refused.value.errors == ["Ligne 3, colonne NBPIECE : « x » n’est pas un nombre de pièces."]
    assert not (Dwelling.objects.exists())
    assert not (Building.objects.exists())
    assert not (StockImport.objects.exists())


@pytest.mark.django_db
def test_an_identifier_on_two_lines_is_said():
    data = file("0123456789" + ROW, "0123456789;44109;44000;NANTES;16;R;CORDIERS;1;2;40;")
    with pytest.raises(UnreadableFile) as refused:
        run(data)
    assert "déjà à la ligne 2" in refused.value.errors[0]


@pytest.mark.django_db
def test_dwellings_enter_the_agreement_once_and_a_foreign_day_is_refused():
    agreement = make_agreement(last_day=date(2028, 12, 31))
    with pytest.raises(InvalidInput, match="hors de la convention"):
        run(file(ROW), agreement=agreement, from_day=date(2030, 1, 1))
    assert not Dwelling.objects.exists()
    run(file(ROW), agreement=agreement, from_day=date(2026, 1, 1))
    line = AgreementDwelling.objects.get()
    assert (line.period.lower, line.period.upper, line.gives_title) == (date(2026, 1, 1), date(2029, 1, 1), True)
    run(file(ROW, ";44109;44000;NANTES;14;R;CORDIERS;22;2;40;D"), agreement=agreement)
    assert agreement.lines.count() == 2


@pytest.mark.django_db
def test_another_agreement_that_gives_the_dwelling_refuses_the_whole_file():
    run(file(ROW), agreement=make_agreement())
    with pytest.raises(InvalidInput.__base__, match="Terminez-la d’abord"):
        run(file(ROW), agreement=make_agreement(kind="HEAD_LEASE"))
    assert StockImport.objects.count() == 1


@pytest.mark.django_db
def test_a_dwelling_made_by_hand_is_left_alone():
    made = make_dwelling()
    run(REAL)
    made.refresh_from_db()
    assert made.import_key is None
    assert Dwelling.objects.count() == 187


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["TECHNICIAN", "DIRECTOR", "SOCIAL_WORKER", "ADMINISTRATOR"])
def test_only_the_rental_manager_imports(role):
    with pytest.raises(NotAllowed):
        import_stock(actor=make_actor(role=role), data=file(ROW), file_name="parc.csv")


@pytest.mark.django_db(transaction=True)
def test_two_people_import_the_same_file_at_once_and_it_counts_once():
    found: list[int] = []

    def work() -> None:
        try:
            found.append(run(REAL).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert (Dwelling.objects.count(), StockImport.objects.count()) == (186, 1)
