"""What the pages of the parameters show and do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.params import Kind, declared
from common.periods import period
from common.typography import NBSP
from office.house.parameters import ALSACE_MOSELLE
from office.models import (
    ParameterValue,
)
from office.parameters.words import SINGULAR, written
from tests.office.browsing import text_of, url_of

pytestmark = pytest.mark.django_db


VALUES = [
    (Kind.INT, "jour du mois", 20, "le 20 du mois"),
    (Kind.INT, "jour du mois", 1, "le 1er du mois"),
    (Kind.INT, "jour du mois suivant", 5, "le 5 du mois suivant"),
    (Kind.DAYS, "jours ouvrés", 0, "0 jour ouvré"),
    (Kind.DAYS, "jours ouvrés", 5, "5 jours ouvrés"),
    (Kind.DAYS, "jours", 1, "1 jour"),
    (Kind.DAYS, "jours", 2, "2 jours"),
    (Kind.MONTHS, "mois", 1, "1 mois"),
    (Kind.MONTHS, "mois", None, "aucune limite"),
    (Kind.INT, "%", 75, "75 %"),
    (Kind.DECIMAL, "€", Decimal("450"), "450,00 €"),
    (Kind.INT, "", 3, "3"),
]


@pytest.mark.parametrize(("kind", "unit", "value", "text"), VALUES)
def test_a_value_reads_as_french(kind: Kind, unit: str, value: Any, text: str) -> None:
    parameter = replace(declared()["rent.run_from_day"], kind=kind, unit=unit)
    assert written(parameter, value).replace(NBSP, " ") == text


def test_each_unit_in_days_has_its_singular() -> None:
    units = {p.unit for p in declared().values() if p.kind == Kind.DAYS}
    assert units == set(SINGULAR)


def test_every_declared_parameter_is_listed_and_opens(admin: Any) -> None:
    from common.params import declared

    text = text_of(admin.get(url_of("parameters")))
    for key in declared():
        assert url_of("parameter", key) in text
        assert admin.get(url_of("parameter", key)).status_code == 200
    assert admin.get(url_of("parameter", "unknown.key")).status_code == 404


def test_a_new_value_is_put_in_force_verified_and_withdrawn(admin: Any) -> None:
    data = {"since": "01/01/2026", "value": "oui", "source": "Siège à Metz", "scope": "ASSOCIATION"}
    assert admin.post(url_of("parameter", ALSACE_MOSELLE), data).status_code == 302
    row = ParameterValue.objects.get()
    assert (row.value, row.author) == (True, admin.user)
    assert "J’ai lu le texte" in text_of(admin.get(url_of("parameter", ALSACE_MOSELLE)))
    admin.post(url_of("parameter_verify", row.pk), {"source": "C. trav. L.3134-13"})
    row.refresh_from_db()
    assert row.is_verified
    admin.post(url_of("parameter", ALSACE_MOSELLE), data | {"since": "01/01/2027", "value": "non"})
    coming = ParameterValue.objects.get(value=False)
    assert "change bientôt" in text_of(admin.get(url_of("parameters")))
    page = text_of(admin.get(url_of("parameter", ALSACE_MOSELLE)))
    assert "Retirer cette valeur à venir" in page
    assert f'data-dialog="#retirer-{coming.pk}">Retirer' in page
    admin.post(url_of("parameter_withdraw", coming.pk))
    assert ParameterValue.objects.get().period.upper is None


def test_a_wrong_value_is_said_in_the_form(admin: Any) -> None:
    data = {"since": "31/11/2026", "value": "", "source": "", "scope": "ASSOCIATION"}
    text = text_of(admin.post(url_of("parameter", ALSACE_MOSELLE), data))
    assert "Novembre a 30 jours" in text
    data = {"since": "01/11/2026", "value": "oui", "source": "x", "scope": "DEPARTEMENT"}
    assert "Sélectionnez un choix valide" in text_of(admin.post(url_of("parameter", ALSACE_MOSELLE), data))
    assert not ParameterValue.objects.exists()


def test_the_value_in_force_is_the_one_that_rules_read(admin: Any) -> None:
    """Beside it stand what the house replaced, and a value of a département, which served in nothing."""
    given = {"key": ALSACE_MOSELLE, "value": True, "source": "x"}
    ParameterValue.objects.create(scope="NATIONAL", period=period(date(2026, 1, 1)), **given)
    ParameterValue.objects.create(scope="ASSOCIATION", period=period(date(2026, 1, 1)), **given)
    over = period(date(2026, 1, 1), date(2026, 12, 1))
    ParameterValue.objects.create(scope="DEPARTEMENT", territory="57", period=over, **given)
    page = text_of(admin.get(url_of("parameter", ALSACE_MOSELLE)))
    assert page.count("aria-selected") == 1
    assert "Département 57, n’a servi à aucun calcul" in page
    assert 'name="territory"' not in page


def test_a_value_typed_by_mistake_is_taken_back_on_its_page(admin: Any) -> None:
    data = {"since": "01/01/2020", "value": "oui", "source": "Erreur", "scope": "ASSOCIATION"}
    admin.post(url_of("parameter", ALSACE_MOSELLE), data)
    row = ParameterValue.objects.get()
    assert f'data-dialog="#retirer-{row.pk}">Retirer' in text_of(admin.get(url_of("parameter", ALSACE_MOSELLE)))
    admin.post(url_of("parameter_withdraw", row.pk))
    assert ParameterValue.objects.exists()
    page = admin.post(url_of("parameter_withdraw", row.pk), {"questions": "has_served", "because": " "}, follow=True)
    assert "dites pourquoi" in text_of(page)
    assert ParameterValue.objects.exists()
    sent = {"questions": "has_served", "because": "Saisie sur le mauvais paramètre"}
    page = text_of(admin.post(url_of("parameter_withdraw", row.pk), sent, follow=True))
    assert not ParameterValue.objects.exists()
    assert "Saisie sur le mauvais paramètre" in page
    assert admin.get(url_of("parameter_value", row.pk)).url == url_of("parameter", ALSACE_MOSELLE)
    listed = text_of(admin.get(url_of("confirmations")))
    assert "Saisie sur le mauvais paramètre" in listed
    assert url_of("parameter_value", row.pk) in listed
    assert admin.get(url_of("parameter_value", row.pk + 1)).status_code == 404


def test_a_date_is_typed_and_read_in_french(admin: Any) -> None:
    key = "arrears.switch_on"
    data = {"since": "01/01/2026", "value": "1/7/2027", "source": "Décret d’essai"}
    assert admin.post(url_of("parameter", key), data).status_code == 302
    assert ParameterValue.objects.get().value == "2027-07-01"
    page = text_of(admin.get(url_of("parameter", key))).replace(NBSP, " ")
    assert "<strong>1<sup>er</sup> juil. 2027</strong>" in page
    assert "1<sup>er</sup> janv. 2027</th>" in page
    assert "Février a 28 jours" in text_of(admin.post(url_of("parameter", key), data | {"value": "30/02/2027"}))


def test_a_bound_left_empty_is_no_bound(admin: Any) -> None:
    key = "measure.asll_total"
    data = {"since": "01/01/2026", "value": "", "source": "Convention de 2026", "scope": "ASSOCIATION"}
    page = text_of(admin.get(url_of("parameter", key)))
    assert "Laissez vide pour ne fixer aucune limite" in page
    assert "aucune limite</strong>" not in page
    assert "laissez la valeur vide" in text_of(admin.post(url_of("parameter", key), data | {"value": "0"}))
    assert admin.post(url_of("parameter", key), data).status_code == 302
    assert ParameterValue.objects.get().value is None
    assert "aucune limite</strong>" in text_of(admin.get(url_of("parameter", key)))
