"""Absences from two places at once, and killed half-way."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.alerts.services import absences
from social_link.alerts.services.absences import end_absence, is_waiting, set_absence
from social_link.alerts.services.answers import answer
from social_link.contacts.services import plan_contact
from social_link.models import Absence, Alert, Contact
from tests.at_once import both_at_once
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user

pytestmark = pytest.mark.clock("2026-11-05T10:00")
TODAY, LAST = date(2026, 11, 5), date(2026, 11, 13)
NOW = datetime(2026, 11, 5, 10, tzinfo=clock.PARIS)


class Team:
    """Malo is referent of two households, each with an alert; Camille stands in, two heads decide."""

    def __init__(self) -> None:
        self.malo, self.camille = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
        self.heads = [make_actor(role=Role.HEAD_OF_SOCIAL), make_actor(role=Role.HEAD_OF_SOCIAL)]
        self.households: list[Household] = [make_let().household for _ in range(2)]
        for household in self.households:
            make_referent(household=household, user=self.malo)
            make_alert(household=household, to=self.malo)
        plan_contact(
            household=self.households[0], kind="VISIT", day=TODAY, request_key=uuid4(), actor=Actor.of(self.malo)
        )

    def away(self, user: User, to: User, head: int = 0) -> object:
        return set_absence(user=user, first=TODAY, last=LAST, stand_in=to, actor=self.heads[head])

    def holders(self) -> list[User]:
        return [row.assignee for row in Alert.objects.order_by("pk")] + [row.author for row in Contact.objects.all()]


def _at_once(*works: Callable[[], object]) -> list[object]:
    """`both_at_once` on the day of the test; a result may be the refusal that names a field."""

    def on_the_day(work: Callable[[], object]) -> object:
        with clock.travel(NOW):
            try:
                return work()
            except InvalidInput as told:
                return told

    return both_at_once(*[lambda work=work: on_the_day(work) for work in works])


@pytest.mark.django_db(transaction=True)
def test_two_heads_make_the_same_absence_and_one_is_told() -> None:
    team = Team()
    results = _at_once(*[lambda n=n: team.away(team.malo, team.camille, n) for n in range(2)])
    (told,) = [one for one in results if isinstance(one, Conflict)]
    assert told.code == "overlap"
    assert Absence.objects.count() == 1
    assert team.holders() == [team.camille] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_would_stand_in_for_each_other_one_is_refused() -> None:
    team = Team()
    pairs = [(team.malo, team.camille), (team.camille, team.malo)]
    works = [lambda n=n, pair=pair: team.away(*pair, n) for n, pair in enumerate(pairs)]
    results = _at_once(*works)
    assert [type(one) for one in results].count(InvalidInput) == 1
    assert Absence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_while_the_alert_passes_on_is_kept() -> None:
    """It is answered whoever comes first, and no alert that is closed changes hands afterwards."""
    team = Team()
    alert = Alert.objects.order_by("pk")[0]
    results = _at_once(
        lambda: answer(alert=alert, contact_made=True, actor=Actor.of(team.malo)),
        lambda: team.away(team.malo, team.camille),
    )
    assert not any(isinstance(one, Conflict) for one in results)
    alert.refresh_from_db()
    assert alert.is_answered
    assert alert.acknowledged_by == team.malo
    assert Alert.objects.open().get().assignee == team.camille
    assert not is_waiting(TODAY)


@pytest.mark.django_db(transaction=True)
def test_it_is_ended_twice_at_once() -> None:
    team = Team()
    team.away(team.malo, team.camille)
    absence = Absence.objects.get()
    moved = _at_once(*[lambda n=n: end_absence(absence=absence, actor=team.heads[n]) for n in range(2)])
    assert sorted(one.told.replace("\u00a0", " ") for one in moved) == ["", "2 alertes, 1 visite prévue"]  # type: ignore[attr-defined]
    assert team.holders() == [team.malo] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("step", [end_absence, None], ids=["it ends", "it begins"])
def test_killed_half_way_nothing_has_moved(step: object, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team()
    if step:
        team.away(team.malo, team.camille)
    before = team.holders()

    def go() -> object:
        if step is None:
            return team.away(team.malo, team.camille)
        return end_absence(absence=Absence.objects.get(), actor=team.heads[0])

    real, seen = absences.give, []

    def killed(row: Alert, to: User, *, actor: Actor, reason: str) -> None:
        seen.append(row.pk)
        if len(seen) == 2:
            raise SystemExit
        real(row, to, actor=actor, reason=reason)

    with monkeypatch.context() as patch:
        patch.setattr(absences, "give", killed)
        with pytest.raises(SystemExit):
            go()
    assert len(seen) == 2
    assert team.holders() == before
    assert Absence.objects.filter(ended_at=None).exists() == bool(step)
    go()
    assert team.holders() == [team.malo if step else team.camille] * 3
