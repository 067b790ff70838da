"""What follows the end of a measure, and its beginning again."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.parameters.services import set_value
from social_link.measures.services.measures import (
    bring_back_measure,
    close_measure,
    open_measure,
    reopen_measure,
    withdraw_measure,
)
from social_link.models import Measure, Orientation, Reopening, Watch
from social_link.watches.duties import AGAIN, STEP
from social_link.watches.services import after, reopening
from tests.factories import make_actor, make_let, make_organisation, make_referent

pytestmark = pytest.mark.django_db
START = date(2026, 6, 1)
END = date(2026, 11, 5)  # the played day


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def begin(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "SIMPLE", "start": START, "planned_end": date(2026, 12, 31),
            "referent": actor.user, "actor": actor,
        }
        | given
    )  # fmt: skip


def end(measure: Measure, actor: Actor, **given: object) -> Measure:
    return close_measure(**{"measure": measure, "reason": "GOALS", "on": END, "actor": actor} | given)


def to_do(kind: object) -> list[tuple[int, date]]:
    rows = Task.objects.to_do().filter(kind=kind.code)  # type: ignore[attr-defined]
    return list(rows.order_by("about_id").values_list("about_id", "due_on"))


def steps(measure: Measure) -> list[tuple[int, str, date]]:
    return list(measure.watches.values_list("months", "kind", "due_on"))


def test_an_end_plans_its_steps_and_its_orientations(household: Household, referent: Actor) -> None:
    made = end(begin(household, referent), referent, outcome="SLID", watch=[3], orientations=["CCAS", "JOB"])
    assert steps(made) == [
        (3, "WATCH", date(2027, 2, 5)), (6, "FOLLOW", date(2027, 5, 5)), (12, "FOLLOW", date(2027, 11, 5)),
    ]  # fmt: skip
    assert list(made.orientations.values_list("service", flat=True)) == ["CCAS", "JOB"]
    assert to_do(STEP) == []
    for field, given in (("watch", {"watch": [0]}), ("orientations", {"orientations": ["MOON"]})):
        other = begin(household, referent, kind="T1", is_lead=False)
        with pytest.raises(InvalidInput) as refused:
            end(other, referent, **given)
        assert refused.value.field == field
        withdraw_measure(measure_id=other.pk, actor=referent)


def test_a_step_is_a_task_of_the_referent_in_its_days(household: Household, referent: Actor) -> None:
    made = end(begin(household, referent), referent, outcome="PRIVATE", watch=[3])
    first, second, third = made.watches.all()
    with clock.travel(date(2027, 1, 6)):  # thirty days before
        after.refresh_watches(household.pk, referent)
        assert to_do(STEP) == [(first.pk, date(2027, 2, 5))]
        with pytest.raises(InvalidInput, match="du 05/04/2027 au 04/07/2027"):
            after.note_step(step=second, found="NONE", seen_on=date(2027, 1, 6), actor=referent)
        with pytest.raises(InvalidInput, match="loyer"):
            after.note_step(step=first, found="OWN", seen_on=date(2027, 1, 6), actor=referent)
        noted = after.note_step(step=first, found="OWN", debt="SOME", seen_on=date(2027, 1, 6), actor=referent)
        assert (noted.noted_by_id, to_do(STEP)) == (referent.user_id, [])
        again = after.note_step(step=first, found="OWN", debt="SOME", seen_on=date(2027, 1, 6), actor=referent)
        assert again.events.count() == 1  # type: ignore[attr-defined]
        # What is not a home of its own has no rent to tell of.
        assert (
            after.note_step(step=first, found="HOSTED", debt="SOME", seen_on=date(2027, 1, 6), actor=referent).debt
            == ""
        )
        after.take_back_step(step=first, actor=referent)
        after.take_back_step(step=first, actor=referent)
        assert to_do(STEP) == [(first.pk, date(2027, 2, 5))]
        after.note_step(step=first, found="DEAD", seen_on=date(2027, 1, 6), actor=referent)
    with clock.travel(date(2027, 5, 5)):
        after.refresh_watches(household.pk, referent)
        assert to_do(STEP) == []
    assert third.due_on == date(2027, 11, 5)


def test_who_came_back_is_not_asked(household: Household, referent: Actor) -> None:
    made = end(begin(household, referent), referent, watch=[3])
    with clock.travel(date(2027, 1, 10)):
        after.refresh_watches(household.pk, referent)
        assert len(to_do(STEP)) == 1
        other = begin(household, referent, start=date(2027, 1, 10), planned_end=date(2027, 6, 30))
        assert to_do(STEP) == []
        withdraw_measure(measure_id=other.pk, actor=referent)
        assert len(to_do(STEP)) == 1
        bring_back_measure(measure_id=other.pk, actor=referent)
        assert to_do(STEP) == []
    assert made.watches.get().seen_on is None


def test_steps_are_added_and_removed(household: Household, referent: Actor) -> None:
    running = begin(household, referent)
    with pytest.raises(Conflict, match="court encore"):
        after.add_step(measure=running, months=3, actor=referent)
    made = end(running, referent)
    step = after.add_step(measure=made, months=9, actor=referent)
    assert after.add_step(measure=made, months=9, actor=referent) == step
    with pytest.raises(InvalidInput):
        after.add_step(measure=made, months=37, actor=referent)
    for _ in range(2):
        after.remove_step(measure=made, step_id=step.pk, actor=referent)
    assert not Watch.objects.exists()
    for _ in range(2):
        after.bring_back_step(measure=made, step_id=step.pk, actor=referent)
    assert steps(made) == [(9, "WATCH", date(2027, 8, 5))]
    with pytest.raises(NotAllowed):
        after.remove_step(measure=made, step_id=step.pk, actor=make_actor(role=Role.SOCIAL_WORKER))
    body = make_organisation(name="CCAS de Nantes")
    told = after.add_orientation(measure=made, service="CCAS", organisation=body, actor=referent)
    assert after.add_orientation(measure=made, service="CCAS", organisation=body, actor=referent) == told
    after.remove_orientation(measure=made, orientation_id=told.pk, actor=referent)
    after.bring_back_orientation(measure=made, orientation_id=told.pk, actor=referent)
    assert str(Orientation.objects.get()) == "CCAS ou mairie, CCAS de Nantes"


def test_a_step_is_noted_in_the_days_in_which_it_is_asked(household: Household, referent: Actor) -> None:
    [step] = end(begin(household, referent), referent, watch=[3]).watches.all()
    set_value(
        key="measure.step_before", since=date(2027, 1, 20), value=5, source="Pratique revue", actor=Actor.system()
    )  # from a day between the day on which it is asked and its own
    with clock.travel(date(2027, 1, 6)):
        after.refresh_watches(household.pk, referent)
        assert to_do(STEP) == [(step.pk, date(2027, 2, 5))]
        after.note_step(step=step, found="NONE", seen_on=date(2027, 1, 6), actor=referent)
        assert to_do(STEP) == []


def test_an_end_is_taken_back_with_what_followed_it_and_not_with_what_was_noted(
    household: Household, referent: Actor
) -> None:
    made = end(begin(household, referent), referent, watch=[1], orientations=["CCAS"])
    reopen_measure(measure=made, actor=referent)
    assert (Watch.objects.count(), Orientation.objects.count()) == (0, 0)
    made = end(begin_again(made), referent, watch=[1])
    step = made.watches.get()
    with clock.travel(step.due_on):
        after.note_step(step=step, found="UNREACH", seen_on=step.due_on, actor=referent)
        with pytest.raises(Conflict, match="du 05/12/2026"):
            reopen_measure(measure=made, actor=referent)
    # The database says so too: nothing follows a measure that runs.
    with transaction.atomic(), connection.cursor() as cursor:
        Measure.objects.filter(pk=made.pk).update(ended_on=None, end_reason="")
        with pytest.raises(IntegrityError, match="watch_of_an_end"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def begin_again(measure: Measure) -> Measure:
    measure.refresh_from_db()
    return measure


def ask(former: Measure, actor: Actor, **given: object) -> Reopening:
    return reopening.ask_again(
        **{
            "former": former, "asked_by": "HOUSE", "asked_on": date(2027, 1, 8), "reasons": ["DEBT"], "actor": actor,
        }
        | given
    )  # fmt: skip


def test_a_request_is_oriented_and_opens_an_episode_beside_the_former(household: Household, referent: Actor) -> None:
    former = end(begin(household, referent), referent)
    partner = make_organisation(name="Mairie")
    with clock.travel(date(2027, 1, 10)):
        made = ask(former, referent, asked_by="PARTNER", partner=partner, reasons=["EVICTION", "DEBT"])
        assert (made.reasons, to_do(AGAIN)) == (["DEBT", "EVICTION"], [(made.pk, date(2027, 1, 15))])
        assert ask(former, referent, asked_by="PARTNER", partner=partner, reasons=["DEBT", "EVICTION"]) == made
        with pytest.raises(Conflict, match="attend déjà"):
            ask(former, referent)
        fresh = {
            "kind": "SIMPLE", "start": date(2027, 1, 10), "planned_end": date(2027, 7, 9), "referent": referent.user,
        }  # fmt: skip
        with pytest.raises(Conflict, match="n’attend pas de mesure"):
            reopening.open_again(request=made, actor=referent, **fresh)
        reopening.orient_again(request=made, service="DEPT", oriented_on=date(2027, 1, 9), actor=referent)
        assert to_do(AGAIN) == []
        reopening.take_back_orientation(request=made, actor=referent)
        assert len(to_do(AGAIN)) == 1
        reopening.orient_again(request=made, service="HOUSE", oriented_on=date(2027, 1, 9), actor=referent)
        episode = reopening.open_again(request=made, actor=referent, **fresh)
        former.refresh_from_db()
        assert (episode.reopening, former.ended_on) == (Reopening.objects.get(), END)  # type: ignore[attr-defined]
        for refused in (reopening.withdraw_asking, reopening.take_back_orientation):
            with pytest.raises(Conflict, match="déjà ouverte"):
                refused(request=made, actor=referent)
        with pytest.raises(Conflict):
            reopening.open_again(request=made, actor=referent, **fresh)
        withdraw_measure(measure_id=episode.pk, actor=referent)
        assert Reopening.objects.get().measure_id is None
        bring_back_measure(measure_id=episode.pk, actor=referent)
        assert Reopening.objects.get().measure_id == episode.pk


def test_a_request_is_withdrawn_and_brought_back(household: Household, referent: Actor) -> None:
    running = begin(household, referent)
    with pytest.raises(Conflict, match="court encore"):
        ask(running, referent)
    former = end(running, referent)
    with clock.travel(date(2027, 1, 10)):
        for given, field in (
            ({"asked_by": "MOON"}, "asked_by"),
            ({"asked_on": END}, "asked_on"),
            ({"asked_on": date(2027, 1, 11)}, "asked_on"),
            ({"reasons": []}, "reasons"),
            ({"reasons": ["MOON", "DEBT"]}, "reasons"),
        ):
            with pytest.raises(InvalidInput) as refused:
                ask(former, referent, **given)
            assert refused.value.field == field
        made = ask(former, referent)
        for _ in range(2):
            reopening.withdraw_asking(request=made, actor=referent)
        assert to_do(AGAIN) == []
        with pytest.raises(Conflict, match="retirée"):
            reopening.orient_again(request=made, service="CCAS", oriented_on=date(2027, 1, 9), actor=referent)
        other = ask(former, referent, reasons=["JOB"])
        with pytest.raises(Conflict, match="attend déjà"):
            reopening.bring_back_asking(request=made, actor=referent)
        reopening.withdraw_asking(request=other, actor=referent)
        reopening.bring_back_asking(request=made, actor=referent)
        assert to_do(AGAIN) == [(made.pk, date(2027, 1, 15))]
        for service, day, field in (("MOON", date(2027, 1, 9), "service"), ("CCAS", date(2027, 1, 7), "oriented_on")):
            with pytest.raises(InvalidInput) as refused:
                reopening.orient_again(request=made, service=service, oriented_on=day, actor=referent)
            assert refused.value.field == field
        with pytest.raises(NotAllowed):
            reopening.withdraw_asking(request=made, actor=make_actor(role=Role.SOCIAL_WORKER))
        with pytest.raises(Conflict, match="retirez-la"):
            reopen_measure(measure=former, actor=referent)
        reopening.withdraw_asking(request=made, actor=referent)
        assert reopen_measure(measure=former, actor=referent).ended_on is None
        assert not Reopening.objects.exists()
