"""Rights are noted, renewed, refused and taken back; nobody overwrites what he has not seen."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from social_link.models import RightFact
from social_link.rights import services
from social_link.rights.codes import Due, RightKind
from social_link.rights.queries import rights_of, to_watch
from social_link.rights.services import Said
from social_link.rights.totals import HEALTH_LABEL, euros_of, states_by_kind
from tests.api import Api
from tests.factories import make_alert, make_association, make_let, make_referent, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
DAY = timedelta(days=1)


@pytest.fixture
def referent(db: None) -> Actor:
    return Actor.of(make_user(role=Role.SOCIAL_WORKER))


@pytest.fixture
def household(referent: Actor) -> Household:
    make_association()
    household = make_let().household
    make_referent(household=household, user=referent.user)
    return household


def note(household: Household, actor: Actor, kind: str = "RSA", state: str = "OPEN", **more: Any) -> list[RightFact]:
    said = {"on": TODAY, "person": None} | more
    return services.note_rights(household=household, said=[Said(RightKind(kind), state=state, **said)], actor=actor)


def standing(household: Household, actor: Actor, kind: str = "RSA") -> tuple[str, Due]:
    [row] = [row for row in rights_of(household, actor, day=clock.today()) if row.kind == kind]
    return row.state, row.due


def test_a_renewal_asks_and_is_done(household: Household, referent: Actor) -> None:
    far, soon = TODAY + 31 * DAY, TODAY + 30 * DAY
    [fact] = note(household, referent, renew_on=far, amount=Decimal("635.71"), per="MONTH")
    assert note(household, referent, renew_on=far, amount=Decimal("635.71"), per="MONTH") == []
    assert not Task.objects.exists()
    [fact] = note(household, referent, renew_on=soon)
    task = Task.objects.get(ended_at=None)
    assert (task.about_id, task.due_on, task.assignee_id, task.household_id) == (
        fact.pk, soon, referent.user_id, household.pk,
    )  # fmt: skip
    assert standing(household, referent) == ("OPEN", Due.RENEW)
    assert [row.fact for row in to_watch(referent, day=TODAY)] == [fact]
    [renewed] = note(household, referent, renew_on=date(2027, 3, 5))
    task.refresh_from_db()
    assert task.ended_by_id == referent.user_id
    assert to_watch(referent, day=TODAY) == []
    # Taken back, it asks again; twice takes no other one.
    for _ in range(2):
        services.withdraw_rights(fact_id=renewed.pk, actor=referent)
    assert Task.objects.filter(ended_at=None, about_id=fact.pk).count() == 1
    for _ in range(2):
        services.bring_back_rights(fact_id=renewed.pk, actor=referent)
    assert not Task.objects.filter(ended_at=None).exists()
    with pytest.raises(Conflict, match="depuis"):
        services.withdraw_rights(fact_id=fact.pk, actor=referent)


def test_a_refusal_has_its_last_day(household: Household, referent: Actor) -> None:
    [fact] = note(household, referent, state="REFUSED", on=date(2026, 9, 30), amount=Decimal(10))
    assert (fact.contest_by, fact.refusal, fact.amount) == (date(2026, 11, 30), "UNSAID", None)
    assert standing(household, referent) == ("REFUSED", Due.CONTEST)
    note(household, referent, state="APPEALED")
    assert standing(household, referent) == ("APPEALED", Due.NOTHING)


def test_what_somebody_noted_meanwhile_is_not_overwritten(household: Household, referent: Actor) -> None:
    head = Actor.of(make_user(role=Role.HEAD_OF_SOCIAL))
    [fact] = note(household, head, seen=0)
    with pytest.raises(Conflict, match="entre-temps"):
        note(household, referent, state="NONE", seen=0)
    # The same is no conflict, and unknown is what is there already of another right.
    assert note(household, referent, seen=0) == []
    assert note(household, referent, kind="FAMILY", state="UNKNOWN") == []
    assert RightFact.objects.get() == fact


def test_several_are_noted_and_taken_back_together(household: Household, referent: Actor) -> None:
    person = Person.objects.get(memberships__household=household)
    said = [Said(RightKind.RSA, None, "OPEN", TODAY), Said(RightKind.TOP_UP, person, "ASKED", TODAY)]
    made = services.note_rights(household=household, said=said, actor=referent)
    services.withdraw_rights(fact_id=made[0].pk, actor=referent)
    assert not RightFact.objects.exists()
    services.bring_back_rights(fact_id=made[1].pk, actor=referent)
    assert set(RightFact.objects.all()) == set(made)
    # What was noted since stands: nothing is brought back beneath it.
    services.withdraw_rights(fact_id=made[0].pk, actor=referent)
    note(household, referent, state="NONE")
    with pytest.raises(Conflict, match="depuis"):
        services.bring_back_rights(fact_id=made[0].pk, actor=referent)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"on": TODAY + DAY}, "on"),
        ({"on": date(2009, 5, 31)}, "on"),
        ({"state": "PERHAPS"}, "state"),
        ({"renew_on": TODAY}, "renew_on"),
        ({"amount": Decimal(0)}, "amount"),
        ({"kind": "ARE"}, "person"),
    ],
)
def test_what_is_refused(household: Household, referent: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        note(household, referent, **wrong)
    assert refused.value.field == field


def test_a_person_of_another_household(household: Household, referent: Actor) -> None:
    other = Person.objects.get(memberships__household=make_let(name="Mme Ailleurs Autre").household)
    with pytest.raises(InvalidInput) as refused:
        note(household, referent, kind="ARE", person=other)
    assert refused.value.field == "person"


def test_rights_of_health_are_for_who_accompanies(household: Household, referent: Actor) -> None:
    """A colleague who only answers an alert reads and notes the others."""
    colleague = Actor.of(make_user(role=Role.SOCIAL_WORKER))
    make_alert(household=household, to=colleague.user)
    person = Person.objects.get(memberships__household=household)
    [fact] = note(household, referent, kind="MDPHFILE", person=person)
    assert note(household, colleague)
    refusals: list[Any] = [
        lambda: note(household, colleague, kind="MDPHFILE", person=person, state="NONE"),
        lambda: services.withdraw_rights(fact_id=fact.pk, actor=colleague),
        lambda: note(make_let(name="Mme Ailleurs Autre").household, colleague),
    ]
    for refused in refusals:
        with pytest.raises(NotAllowed):
            refused()
    kinds = {row.kind for row in rights_of(household, colleague, day=TODAY)}
    assert len(kinds) == 8
    assert "MDPHFILE" not in kinds
    for who, told in ((colleague, {"RSA"}), (referent, {"RSA", "MDPHFILE"})):
        for history in (False, True):
            assert {row["kind"] for row in Api(who.user).get("/rights", history=history)["items"]} == told


def test_nobody_who_accompanies_no_task(household: Household, referent: Actor) -> None:
    left = make_let(name="Mme Partie Ailleurs").household
    note(left, Actor.of(make_user(role=Role.HEAD_OF_SOCIAL)), renew_on=TODAY + DAY)
    assert not Task.objects.exists()


def test_what_was_asked_and_obtained(household: Household, referent: Actor) -> None:
    """By the month, a renewal counts once; in one go, each counts. Health is one line, without its rights."""
    person = Person.objects.get(memberships__household=household)
    year = (date(2026, 1, 1), date(2027, 1, 1))
    note(household, referent, state="ASKED", on=date(2026, 1, 5), amount=Decimal(600), per="MONTH")
    for month in (2, 5):
        note(household, referent, on=date(2026, month, 5), amount=Decimal(635), per="MONTH")
    for day in (1, 2):
        note(household, referent, kind="ENERGY", on=date(2026, 4, day), amount=Decimal(194), per="ONCE")
    for more in ({"amount": Decimal(190)}, {"amount": Decimal(190), "renew_on": date(2027, 4, 2)}):  # corrected twice
        note(household, referent, kind="ENERGY", on=date(2026, 4, 2), per="ONCE", **more)
    note(household, referent, kind="CSS", person=person, state="REFUSED")
    euros = euros_of(*year, household=household)
    assert (euros.asked_monthly, euros.obtained_monthly, euros.obtained_once) == (600, 635, 384)
    assert not euros_of(date(2025, 1, 1), year[0]).any
    counts = {row.label: row.counts for row in states_by_kind(TODAY)}
    assert counts["RSA"] == (1, 0, 0, 0, 0)
    assert counts[HEALTH_LABEL] == (0, 0, 1, 0, 0)
    assert len(counts) == 9


def test_a_stranger_is_refused(household: Household) -> None:
    for role in (Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.DIRECTOR, Role.ADMINISTRATOR):
        with pytest.raises(DomainError):
            note(household, Actor.of(make_user(role=role)))
    assert not RightFact.objects.exists()
