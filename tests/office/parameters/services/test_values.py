"""Adding, withdrawing and verifying dated values."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps

from common import clock, params
from common.errors import Asked, Conflict, InvalidInput, NotAllowed
from common.params import Kind, Scope, declare
from common.periods import last_day, period
from office.access.actor import Actor
from office.access.codes import Role
from office.confirmations.queries import confirmed
from office.models import Confirmation, ParameterValue
from office.parameters.codes import ABOUT_VALUE, WithdrawalQuestion
from office.parameters.queries import params_on
from office.parameters.services import set_value, verify_value, withdraw_value
from tests.factories import make_actor

pytestmark = pytest.mark.django_db
KEY = "test.ceiling"


@pytest.fixture(autouse=True)
def ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "_declared", {})
    given: dict[str, Any] = {"unit": "€", "label": "Plafond", "source": "Code", "verified": True}
    declare(key=KEY, kind=Kind.DECIMAL, default="450.00", **given)
    declare(key="test.law", kind=Kind.MONTHS, default=2, scope=Scope.NATIONAL, **given)


@pytest.fixture
def admin() -> Actor:
    return make_actor(role=Role.ADMINISTRATOR)


def _set(admin: Actor, value: Any, since: date, **fields: Any) -> ParameterValue:
    return set_value(**{"key": KEY, "value": value, "since": since, "source": "Délibération", "actor": admin} | fields)


def _values() -> list[tuple[str, str, str]]:
    return [
        (row.value, str(row.period.lower), str(last_day(row.period)))
        for row in ParameterValue.objects.order_by("period")
    ]


def test_a_new_value_ends_the_one_before(admin: Actor) -> None:
    _set(admin, "1 430,50", date(2026, 1, 1))
    _set(admin, "500", date(2027, 1, 1))
    assert _values() == [("1430.50", "2026-01-01", "2026-12-31"), ("500", "2027-01-01", "None")]
    assert str(params_on(date(2026, 12, 31)).decimal(KEY)) == "1430.50"


def test_a_value_put_before_a_later_one_stops_there(admin: Actor) -> None:
    _set(admin, "500", date(2027, 1, 1))
    _set(admin, "430", date(2026, 1, 1))
    _set(admin, "440", date(2026, 7, 1))
    assert _values() == [
        ("430", "2026-01-01", "2026-06-30"),
        ("440", "2026-07-01", "2026-12-31"),
        ("500", "2027-01-01", "None"),
    ]


def test_a_day_has_one_value_per_scope(admin: Actor) -> None:
    _set(admin, "1", date(2026, 1, 1))
    with pytest.raises(Conflict, match="commence déjà"):
        _set(admin, "2", date(2026, 1, 1))
    _set(admin, "4", date(2026, 1, 1), scope="NATIONAL")
    assert len(_values()) == 2


def test_every_change_is_kept(admin: Actor) -> None:
    _set(admin, "1", date(2026, 1, 1))
    _set(admin, "2", date(2026, 6, 1))
    events = apps.get_model("office", "ParameterValueEvent").objects.filter(key=KEY)
    assert sorted(events.values_list("pgh_label", flat=True)) == ["insert", "insert", "update"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": "beaucoup"}, "value"),
        ({"source": "  "}, "source"),
        ({"key": "test.unknown"}, "key"),
        ({"key": "test.law", "value": "3", "scope": "ASSOCIATION"}, "scope"),
        ({"scope": "DEPARTEMENT"}, "scope"),
    ],
)
def test_what_is_wrong_names_its_field(admin: Actor, fields: dict[str, Any], field: str | None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _set(admin, **{"value": "1", "since": date(2026, 1, 1)} | fields)
    assert refusal.value.field == field
    assert not ParameterValue.objects.exists()


def test_a_coming_value_can_be_withdrawn_and_the_one_before_goes_on(admin: Actor) -> None:
    _set(admin, "430", date(2026, 1, 1))
    coming = _set(admin, "500", date(2027, 1, 1))
    with clock.travel(date(2026, 12, 31)):
        # Nothing has served: an answer to what isn't asked is left out.
        withdraw_value(value_id=coming.pk, actor=admin, answers={"has_served": "Pour rien"})
    assert _values() == [("430", "2026-01-01", "None")]
    assert not Confirmation.objects.exists()
    with pytest.raises(Conflict, match="déjà retirée"):
        withdraw_value(value_id=coming.pk, actor=admin)


def test_a_value_put_in_by_mistake_is_taken_back_once_it_is_asked(admin: Actor) -> None:
    """The day it begins included: it is what the refusal of a second value of that day says to do."""
    _set(admin, "430", date(2026, 1, 1))
    wrong = _set(admin, "4300", date(2026, 11, 5))
    for answers in ({}, {"has_served": "  "}, {"always_served": "Faute de frappe"}):
        with pytest.raises(Asked, match="sert depuis le 5\u00a0novembre\u00a02026") as asked:
            withdraw_value(value_id=wrong.pk, actor=admin, answers=answers)
        assert asked.value.code == "has_served"
    assert not Confirmation.objects.exists()
    withdraw_value(value_id=wrong.pk, actor=admin, answers={"has_served": "Faute de frappe"})
    assert _values() == [("430", "2026-01-01", "None")]
    [kept] = confirmed(ABOUT_VALUE, wrong.pk, WithdrawalQuestion)
    assert (kept.reason, kept.author) == ("Faute de frappe", str(admin.user))
    assert "4 300" in kept.asked.replace("\u202f", " ").replace("\u00a0", " ")
    with pytest.raises(Conflict, match="déjà retirée"):
        withdraw_value(value_id=wrong.pk, actor=admin, answers={"has_served": "Encore"})
    assert Confirmation.objects.count() == 1
    _set(admin, "440", date(2026, 11, 5))
    assert str(params_on(date(2026, 11, 5)).decimal(KEY)) == "440"


@pytest.mark.parametrize(("key", "value"), [(KEY, "-5"), (KEY, "0"), ("test.law", "0"), ("test.law", "601")])
def test_a_value_out_of_its_bounds_is_refused(admin: Actor, key: str, value: str) -> None:
    with pytest.raises(InvalidInput, match="n’est pas possible. De ") as refusal:
        _set(admin, value, date(2026, 1, 1), key=key, scope="NATIONAL")
    assert refusal.value.field == "value"
    assert not ParameterValue.objects.exists()


def test_a_value_of_a_departement_is_not_withdrawn(admin: Actor) -> None:
    row = ParameterValue.objects.create(
        key=KEY,
        scope="DEPARTEMENT",
        territory="44",
        value="1",
        source="x",
        period=period(date(2019, 1, 1), date(2020, 1, 1)),
    )
    with pytest.raises(Conflict):
        withdraw_value(value_id=row.pk, actor=admin)


def test_a_value_read_in_its_text_is_verified(admin: Actor) -> None:
    row = _set(admin, "430", date(2026, 1, 1))
    assert not params_on(date(2026, 11, 5)).verified(KEY)
    verify_value(value_id=row.pk, source="Arrêté du 3 janvier 2026, art. 2", actor=admin)
    found = params_on(date(2026, 11, 5))
    assert (found.verified(KEY), found.source(KEY)) == (True, "Arrêté du 3 janvier 2026, art. 2")
    with pytest.raises(InvalidInput):
        verify_value(value_id=row.pk, source="", actor=admin)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_the_administrator_changes_values(admin: Actor, role: Role) -> None:
    row = _set(admin, "430", date(2027, 1, 1))
    actor = make_actor(role=role)
    with pytest.raises(NotAllowed):
        _set(actor, "1", date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        withdraw_value(value_id=row.pk, actor=actor)
    with pytest.raises(NotAllowed):
        verify_value(value_id=row.pk, source="x", actor=actor)


def test_a_value_without_a_first_day_is_asked_about_too(admin: Actor) -> None:
    row = ParameterValue.objects.create(key=KEY, scope="NATIONAL", value="430", source="x", period=period(None, None))
    with pytest.raises(Asked, match="depuis toujours"):
        withdraw_value(value_id=row.pk, actor=admin)
    withdraw_value(value_id=row.pk, actor=admin, answers={"always_served": "Faute"})
    assert not ParameterValue.objects.exists()
