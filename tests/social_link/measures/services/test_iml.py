"""An IML begins before the entry, is signed with the contract of the dwelling, and is told of before its end."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from leases.contracts.services.preparation import discard_draft, tick_check, untick_check
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.services.checking import check_tasks
from social_link.measures.services.measures import close_measure, complete_papers, give_measure, open_measure
from social_link.models import Measure
from tests.factories import make_actor, make_lease, make_referent, make_user

SIGNED = date(2026, 11, 3)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lease() -> Lease:
    """In preparation, and not signed."""
    return make_lease(active=False, ready=False)


@pytest.fixture
def referent(lease: Lease) -> Actor:
    return Actor.of(make_referent(household=lease.household))


def iml(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "IML", "start": date(2026, 10, 1), "planned_end": date(2027, 9, 30),
            "agreed_on": date(2026, 9, 15), "referent": actor.user, "actor": actor,
        }
        | given
    )  # fmt: skip


def sign(measure: Measure, actor: Actor, day: date | None) -> Measure:
    return complete_papers(measure=measure, funder=None, agreed_on=measure.agreed_on, signed_on=day, actor=actor)


def test_it_is_signed_with_the_contract_of_the_dwelling(lease: Lease, referent: Actor) -> None:
    """S3-02, S3-04: agreement ≤ signature = day of the contract."""
    manager = make_actor(role=Role.RENTAL_MANAGER)
    made = iml(lease.household, referent)
    with pytest.raises(InvalidInput, match="Aucun bail de ce ménage n’est signé") as refused:
        sign(made, referent, SIGNED)
    assert (refused.value.field, refused.value.code) == ("signed_on", "gate")
    tick_check(actor=manager, lease=lease, item="CONTRACT", done_on=SIGNED)
    with pytest.raises(InvalidInput, match=f"Le bail {lease.reference} est signé le 03/11/2026"):
        sign(made, referent, date(2026, 11, 4))
    made = sign(made, referent, SIGNED)
    assert (made.signed_on, made.lease) == (SIGNED, lease)
    # The day of the contract stays, until the measure gives it back.
    for call in (
        lambda: untick_check(actor=manager, lease=lease, item="CONTRACT"),
        lambda: discard_draft(actor=manager, lease=lease),
    ):
        with pytest.raises(Conflict, match="Un accompagnement est signé avec ce bail"):
            call()
    assert sign(made, referent, None).lease is None
    untick_check(actor=manager, lease=lease, item="CONTRACT")


def test_the_database_holds_the_two_days_together(lease: Lease, referent: Actor) -> None:
    tick_check(actor=make_actor(role=Role.RENTAL_MANAGER), lease=lease, item="CONTRACT", done_on=SIGNED)
    made = iml(lease.household, referent, signed_on=SIGNED)
    assert made.lease == lease

    def whole(write: object) -> None:
        with transaction.atomic():
            write()  # type: ignore[operator]
            connection.check_constraints()

    for write in (
        lambda: Lease.objects.filter(pk=lease.pk).update(signed_on=date(2026, 11, 4)),
        lambda: Measure.objects.filter(pk=made.pk).update(signed_on=date(2026, 11, 4)),
    ):
        with pytest.raises(IntegrityError, match="measure_signed_with_its_lease"):
            whole(write)


def tasks() -> dict[str, tuple[str, int | None]]:
    return {task.kind: (task.state, task.assignee_id) for task in Task.objects.filter(about="measure")}


def test_it_is_told_of_at_the_ninth_and_the_eleventh_month(lease: Lease, referent: Actor) -> None:
    """S3-01: twelve months at most; months nine and eleven from its first day, 1 October."""
    made = iml(lease.household, referent)
    with clock.travel(date(2027, 6, 30)):
        list(check_tasks())
        assert tasks() == {}
    with clock.travel(date(2027, 7, 1)):
        list(check_tasks())
        assert tasks() == {"IML_M9": ("TODO", referent.user_id)}
        other = make_user(role=Role.SOCIAL_WORKER)
        give_measure(measure=made, to=other, actor=referent)
        assert tasks() == {"IML_M9": ("TODO", other.pk)}
    with clock.travel(date(2027, 9, 1)):
        list(check_tasks())
        assert tasks()["IML_M9"][0] == "DROPPED"
        assert tasks()["IML_M11"] == ("TODO", other.pk)
        made.refresh_from_db()
        close_measure(measure=made, reason="GOALS", on=clock.today(), actor=Actor.of(other))
        assert tasks()["IML_M11"][0] == "DONE"


def test_a_shorter_one_ends_before_it_is_told_of(lease: Lease, referent: Actor) -> None:
    iml(lease.household, referent, planned_end=date(2027, 6, 30))
    with clock.travel(date(2027, 6, 30) + timedelta(days=30)):
        list(check_tasks())
    assert tasks() == {}
