"""The figures of the direction, beside those of a month before at the same date and beside the goals of the house."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from common import clock
from common.reasons import Reason
from desk.codes import FigureWhy
from desk.parameters import CONTACT, RECOVERY, VACANCY, Goals, goals_between
from desk.queries.director_home import director_home
from desk.queries.figures import Figure, aimed, compared
from leases.models import Household
from office.access.codes import Role
from office.parameters.services import set_value
from social_link.models import Contact
from tests.factories import make_actor, make_alert, make_arrears, make_let, make_user
from tests.pages import text

TODAY, BEFORE = date(2026, 11, 22), date(2026, 10, 22)
LET = date(2024, 3, 15)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-22")]


def figure(value: str | None, unit: str = "point") -> Figure:
    return Figure("x", f"{value} %", "", Reason(FigureWhy.OCCUPIED), None if value is None else Decimal(value), unit)


def told(day: date = TODAY, span: str = "mois") -> dict[str, tuple[str, str, str]]:
    """By label: the figure, its change, its goal."""
    return {
        f.label: tuple(words.replace("\u00a0", " ") for words in (f.text, f.change, f.goal))  # type: ignore[misc]
        for f in director_home(day=day, span=span).figures
    }


def met(household: Household, *, on: date) -> None:
    Contact.objects.create(
        household=household, kind="CALL", happened_on=on, author=make_user(role=Role.SOCIAL_WORKER), request_key=uuid4()
    )


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("95.4", "94.6", "+0,8 point, 94.6 % au 22 oct."),
        ("94", "96", "−2 points, 96 % au 22 oct."),
        ("94", "94", "stable, 94 % au 22 oct."),
        ("94", None, "pas de chiffre au 22 oct."),
        (None, "94", "94 % au 22 oct."),
    ],
)
def test_a_change_is_told_with_its_sign_and_its_day(now: str | None, before: str | None, words: str) -> None:
    found = compared(figure(now), figure(before), on=BEFORE, today=TODAY)
    assert found.change.replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("value", "goal", "at_most", "words"),
    [
        ("94.0", 94, False, "objectif 94 %, atteint"),
        ("93.9", 94, False, "objectif 94 %, non atteint"),
        ("7", 7, True, "objectif 7 points, atteint"),
        ("8", 7, True, "objectif 7 points, non atteint"),
        (None, 94, False, "objectif 94 %"),
        ("94.0", None, False, ""),
    ],
)
def test_a_goal_is_told_by_a_word(value: str | None, goal: int | None, at_most: bool, words: str) -> None:
    assert aimed(figure(value), goal, at_most=at_most).goal.replace("\u00a0", " ") == words


def test_each_figure_is_what_the_page_had_a_month_before() -> None:
    """One home left on 1 October; contacts nine days after a default of October, eight after one of September."""
    make_let(start=LET, end=date(2026, 10, 1))
    for month, paid in ((9, "100.00"), (10, "300.00")):
        lease = make_let(start=LET)
        due = date(2026, month, 1)
        make_arrears(lease=lease, dues=[due], amount="400.00", paid=paid)
        met(lease.household, on=due + timedelta(days=month))
    found = told()
    with clock.travel(BEFORE):
        then = told(BEFORE)
    assert found["Vacance"][:2] == ("31 j", "+31 j, 0 j au 22 oct.")
    assert found["Recouvrement à 30 j"][:2] == ("75,0 %", "+50,0 points, 25,0 % au 22 oct.")
    assert found["Du défaut au contact"][:2] == ("9 j", "+1 j, 8 j au 22 oct.")
    assert found["Occupation"][1] == "stable, 67 % au 22 oct."
    for label, (_, change, _) in found.items():
        assert change.endswith((f"{then[label][0]} au 22 oct.", "pas de chiffre au 22 oct.")), label


def test_what_was_done_later_was_not_done_yet_at_the_same_date() -> None:
    """A case of September that was met on 24 October was not met on the 22nd."""
    lease = make_let(start=LET)
    make_arrears(lease=lease, dues=[date(2026, 9, 1)], amount="400.00", paid="")
    met(lease.household, on=date(2026, 10, 24))
    assert told()["Du défaut au contact"][1] == "pas de chiffre au 22 oct."


def test_an_alert_answered_later_was_not_answered_yet() -> None:
    at = datetime(2026, 9, 30, 12, tzinfo=clock.PARIS)
    alert = make_alert(household=make_let(start=LET).household)
    type(alert).objects.filter(pk=alert.pk).update(
        raised_at=at, acknowledged_at=at, acknowledged_by=make_user(role=Role.SOCIAL_WORKER).pk, state="ANSWERED",
        answered_at=datetime(2026, 10, 25, 12, tzinfo=clock.PARIS), ack_due_on=date(2026, 10, 5),
        answer_due_on=date(2026, 10, 26),
    )  # fmt: skip
    assert told()["Alertes à temps"][1] == "0 sur 1 au 22 oct."
    assert told(date(2026, 10, 26))["Alertes à temps"][0] == "1 sur 1"


def test_the_goals_are_those_of_the_period() -> None:
    """Of the vacancy the sum of the months; a goal set later says nothing of a month that is past."""
    actor = make_actor(role="ADMINISTRATOR")
    assert goals_between(date(2026, 8, 1), date(2026, 11, 1)) == Goals(None, None, None)
    for key, value, since in (
        (RECOVERY, "94", date(2026, 9, 1)), (VACANCY, "30", date(2026, 9, 1)), (VACANCY, "20", date(2026, 10, 1)),
        (CONTACT, "7", date(2026, 11, 1)),
    ):  # fmt: skip
        set_value(key=key, value=value, since=since, scope="ASSOCIATION", source="Bureau de septembre", actor=actor)
    assert goals_between(date(2026, 10, 1), date(2026, 11, 1)) == Goals(94, 20, None)
    assert goals_between(date(2026, 9, 1), date(2026, 11, 1)) == Goals(94, 50, None)
    assert goals_between(date(2026, 8, 1), date(2026, 11, 1)) == Goals(94, None, None)


def test_the_page_prints_the_day_the_change_the_goal_and_opens_what_is_empty(client_as: Any) -> None:
    make_let(start=LET, end=date(2026, 10, 1))
    make_arrears(lease=make_let(start=LET), dues=[date(2026, 10, 1)], amount="400.00", paid="300.00")
    set_value(
        key=RECOVERY, value="94", since=date(2026, 9, 1), scope="ASSOCIATION", source="Bureau de septembre",
        actor=make_actor(role="ADMINISTRATOR"),
    )  # fmt: skip
    client = client_as(Role.DIRECTOR)
    shown = text(client.get("/")).replace("\u00a0", " ")
    assert "comparé à cette page au 22 oct. 2026" in shown
    assert "objectif 94 %, non atteint" in shown
    [occupied] = [f for f in client.get("/").context["page"].figures if f.label == "Occupation"]
    assert occupied.more.replace("\u00a0", " ") == "1 logement vide"
    assert client.get(occupied.url).context["page"].paginator.count == 1
