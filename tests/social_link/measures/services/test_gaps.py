"""One household, one dwelling, one support: what lacks is a task, done by what it asks for (S0-03)."""

from datetime import date

import pytest

from common import clock
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.codes import TaskState
from office.tasks.services.checking import check_tasks
from social_link.measures.services.measures import close_measure, open_measure, withdraw_measure
from tests.factories import make_actor, make_household, make_let, make_referent, make_user

pytestmark = pytest.mark.django_db


def states(kind: str) -> list[tuple[str, int | None]]:
    found = Task.objects.filter(kind=kind).order_by("pk")
    return [(task.state, task.assignee_id) for task in found]


def housed(support: str = "T1", kind: str = "OCCUPANCY", start: date = date(2026, 9, 1)) -> Lease:
    lease = make_let(kind=kind, start=start)
    Household.objects.filter(pk=lease.household_id).update(support_type=support)
    return lease


def morning(day: date) -> None:
    with clock.travel(day):
        list(check_tasks())


@pytest.mark.parametrize(
    ("support", "kind", "asked"),
    [("T1", "OCCUPANCY", True), ("T2", "SUBLEASE", True), ("", "SLIDING", True), ("", "SUBLEASE", False)],
)
def test_whose_home_goes_with_a_support(support: str, kind: str, asked: bool) -> None:
    housed(support, kind)
    morning(date(2026, 9, 30))
    assert states("NO_MEASURE") == []
    morning(date(2026, 10, 1))  # thirty days after the first
    assert [state for state, _ in states("NO_MEASURE")] == ([TaskState.TODO] if asked else [])


def test_a_measure_that_opens_does_it_and_one_that_ended_asks_again_later() -> None:
    lease, head = housed(), make_actor(role=Role.HEAD_OF_SOCIAL)
    camille = make_referent(household=lease.household)
    morning(date(2026, 10, 5))
    assert states("NO_MEASURE") == [(TaskState.TODO, camille.pk)]
    with clock.travel(date(2026, 10, 6)):
        row = open_measure(
            household=lease.household, kind="T1", start=date(2026, 10, 6), planned_end=date(2027, 10, 5),
            referent=camille, actor=head,
        )  # fmt: skip
        assert states("NO_MEASURE") == [(TaskState.DONE, camille.pk)]
    with clock.travel(date(2026, 11, 1)):
        close_measure(measure=row, reason="GOALS", on=date(2026, 10, 31), actor=head)
    morning(date(2026, 11, 30))
    assert [state for state, _ in states("NO_MEASURE")] == [TaskState.DONE]
    morning(date(2026, 12, 1))  # thirty days after the first one without it, 1 November
    assert [state for state, _ in states("NO_MEASURE")] == [TaskState.DONE, TaskState.TODO]


def test_nobody_follows_it_so_the_service_is_asked() -> None:
    housed()
    morning(date(2026, 10, 5))
    assert states("NO_MEASURE") == [(TaskState.TODO, None)]


@pytest.mark.parametrize(("kind", "asked"), [("T1", True), ("T2", True), ("IML", False), ("SIMPLE", False)])
def test_a_measure_without_a_dwelling(kind: str, asked: bool) -> None:
    """An IML prepares the entry until it is signed with the contract."""
    camille = make_user(role=Role.SOCIAL_WORKER)
    row = open_measure(
        household=make_household(), kind=kind, start=date(2026, 10, 6), planned_end=date(2027, 4, 5), referent=camille,
        agreed_on=date(2026, 10, 1) if kind == "IML" else None, actor=Actor.system(),
    )  # fmt: skip
    morning(date(2026, 11, 4))
    assert states("NO_HOME") == []
    morning(date(2026, 11, 5))
    assert states("NO_HOME") == ([(TaskState.TODO, camille.pk)] if asked else [])
    with clock.travel(date(2026, 11, 5)):
        withdraw_measure(measure_id=row.pk, actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    assert [state for state, _ in states("NO_HOME")] == ([TaskState.DROPPED] if asked else [])
