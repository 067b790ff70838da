"""Measures within their bounds, one lead at a time; the referent of each day."""

from datetime import date
from uuid import uuid4

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice
from office.notices.queries import lines
from social_link.contacts.perms import followed_by
from social_link.contacts.services import plan_contact
from social_link.measures.parameters import measure_rule
from social_link.measures.queries import referents_seen
from social_link.measures.services.measures import (
    bring_back_measure,
    close_measure,
    complete_papers,
    give_measure,
    move_measure,
    open_measure,
    reopen_measure,
    withdraw_measure,
)
from social_link.measures.services.referents import end_referent, set_referent
from social_link.models import Contact, Measure, Referent
from tests.factories import make_actor, make_let, make_organisation, make_referent, make_user

START, END = date(2026, 5, 15), date(2026, 11, 14)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def measure(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "ASLL", "start": START, "planned_end": END, "referent": actor.user,
            "actor": actor,
        }
        | given
    )  # fmt: skip


def test_a_measure_opens_and_closes(household: Household, referent: Actor) -> None:
    opened = measure(household, referent, signed_on=date(2026, 5, 20))
    assert (opened.period.lower, opened.period.upper) == (START, date(2026, 11, 15))
    closed = close_measure(measure=opened, reason="GOALS", on=date(2026, 10, 31), actor=referent)
    assert (closed.ended_on, closed.period.upper) == (date(2026, 10, 31), date(2026, 11, 1))
    with pytest.raises(Conflict, match="31/10/2026"):
        close_measure(measure=opened, reason="GOALS", on=date(2026, 10, 31), actor=referent)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"planned_end": date(2026, 8, 1)}, "3 mois au moins"),
        ({"planned_end": date(2026, 11, 15)}, "6 mois au plus"),
        ({"kind": "IML", "planned_end": date(2027, 5, 15)}, "12 mois au plus"),
        ({"kind": "MASP3"}, "Choisissez la mesure"),
        ({"signed_on": date(2026, 12, 1)}, "signature"),
    ],
)
def test_what_is_out_of_bounds(household: Household, referent: Actor, given: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        measure(household, referent, **given)
    assert not Measure.objects.exists()


def test_the_total_of_a_kind(household: Household, referent: Actor) -> None:
    for start, end in (
        (date(2024, 1, 1), date(2024, 6, 30)),
        (date(2024, 7, 1), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2025, 12, 31)),
    ):
        made = measure(household, referent, start=start, planned_end=end)
        close_measure(measure=made, reason="TERM", on=end, actor=referent)
    with pytest.raises(InvalidInput, match="24 mois au total"):
        measure(household, referent)


def test_one_lead_at_a_time(household: Household, referent: Actor) -> None:
    measure(household, referent)
    with pytest.raises(Conflict, match="ASLL jusqu’au 14/11/2026"):
        measure(household, referent, kind="SIMPLE")
    assert measure(household, referent, kind="SIMPLE", is_lead=False).pk


@pytest.mark.parametrize("kind", ["ASLL", "IML", "SIMPLE"])
def test_a_measure_ends_by_its_term(household: Household, referent: Actor, kind: str) -> None:
    papers = {"agreed_on": date(2025, 12, 1)} if kind == "IML" else {}
    first = measure(household, referent, kind=kind, start=date(2026, 1, 1), planned_end=date(2026, 6, 30), **papers)
    with pytest.raises(InvalidInput, match="à son terme, le 30/06/2026") as refused:
        close_measure(measure=first, reason="TERM", on=date(2026, 7, 1), actor=referent)
    assert (refused.value.field, refused.value.code) == ("on", "out_of_bounds")
    first.refresh_from_db()
    assert (first.ended_on, first.period.upper) == (None, date(2026, 7, 1))
    assert close_measure(measure=first, reason="TERM", on=date(2026, 6, 30), actor=referent).ended_on


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reason": "TIRED"}, "motif"),
        ({"on": date(2026, 5, 14)}, "début"),
        ({"on": date(2026, 11, 6)}, "aujourd’hui"),
    ],
)
def test_what_closes_nothing(household: Household, referent: Actor, given: dict[str, object], message: str) -> None:
    opened = measure(household, referent)
    with pytest.raises(InvalidInput, match=message):
        close_measure(**{"measure": opened, "reason": "GOALS", "on": date(2026, 10, 1), "actor": referent} | given)


def test_others_neither_open_nor_close(household: Household, referent: Actor) -> None:
    opened = measure(household, referent)
    for role in Role:
        if role == Role.HEAD_OF_SOCIAL:
            continue
        stranger = make_actor(role=role)
        with pytest.raises(NotAllowed):
            measure(household, stranger)
        with pytest.raises(NotAllowed):
            close_measure(measure=opened, reason="GOALS", on=date(2026, 10, 1), actor=stranger)


def test_the_referent_of_a_measure_is_of_the_service(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="service social"):
        measure(household, referent, referent=make_user(role=Role.TECHNICIAN))


def test_referents_follow_one_another(household: Household) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    first, second, third = (make_user(role=Role.SOCIAL_WORKER) for _ in range(3))
    day = date(2026, 9, 1)
    given = {"household": household, "actor": head}
    set_referent(user=first, from_day=day, **given)
    set_referent(user=second, from_day=date(2026, 12, 1), **given)
    set_referent(user=third, from_day=date(2026, 10, 1), **given)
    rows = Referent.objects.order_by("period").values_list("user", "period")
    assert list(rows) == [
        (first.pk, period(day, date(2026, 10, 1))),
        (third.pk, period(date(2026, 10, 1), date(2026, 12, 1))),
        (second.pk, period(date(2026, 12, 1))),
    ]
    again = set_referent(user=third, from_day=date(2026, 10, 15), **given)
    assert again.user == third
    assert Referent.objects.count() == 3
    set_referent(user=second, from_day=date(2026, 10, 1), **given)
    assert Referent.objects.count() == 3
    with pytest.raises(NotAllowed):
        set_referent(household=household, user=first, from_day=day, actor=make_actor(role=Role.SOCIAL_WORKER))


def test_named_instead_of_another_for_the_same_day_one_is_told_too(household: Household) -> None:
    head, first, second = make_actor(role=Role.HEAD_OF_SOCIAL), *(make_user(role=Role.SOCIAL_WORKER) for _ in range(2))
    for user in (first, second, second):
        set_referent(household=household, user=user, from_day=date(2026, 9, 1), actor=head)
    told = Notice.objects.filter(kind="REFERENT", about_id=household.pk).order_by("id")
    assert [notice.user for notice in told] == [first, second]


def test_a_household_that_nobody_follows_any_more(household: Household, referent: Actor) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    day = date(2026, 10, 1)
    with pytest.raises(NotAllowed):
        end_referent(household=household, on=day, actor=referent)
    ended = end_referent(household=household, on=day, actor=head)
    assert ended is not None
    assert (ended.user, ended.period.upper) == (referent.user, day)
    assert end_referent(household=household, on=day, actor=head) is None
    assert not followed_by(referent).exists()
    set_referent(household=household, user=referent.user, from_day=day, actor=head)
    with pytest.raises(InvalidInput, match="depuis ce jour-là"):
        end_referent(household=household, on=day, actor=head)
    set_referent(household=household, user=make_user(role=Role.SOCIAL_WORKER), from_day=date(2026, 12, 1), actor=head)
    with pytest.raises(Conflict, match="laisse déjà la place le 01/12/2026"):
        end_referent(household=household, on=date(2026, 11, 1), actor=head)


def test_own_cases_by_referent_measure_or_alert(household: Household) -> None:
    from tests.factories import make_alert

    worker = make_user(role=Role.SOCIAL_WORKER)
    actor = Actor.of(worker)
    by_measure, by_alert, by_name = make_let().household, make_let().household, make_let().household
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    measure(by_measure, head, referent=worker, planned_end=date(2026, 11, 14))
    make_alert(household=by_alert, to=worker)
    make_referent(household=by_name, user=worker)
    Referent.objects.create(household=household, user=worker, period=period(date(2025, 1, 1), date(2026, 1, 1)))
    assert set(followed_by(actor)) == {by_measure, by_alert, by_name}
    assert set(followed_by(head)) >= {household, by_measure, by_alert, by_name}
    assert not followed_by(make_actor(role=Role.RENTAL_MANAGER)).exists()
    assert not followed_by(make_actor(role=Role.DIRECTOR)).exists()


def test_a_new_referent_is_told_once_by_whom_names_him(household: Household) -> None:
    rose, camille = make_actor(role=Role.HEAD_OF_SOCIAL), make_actor(role=Role.SOCIAL_WORKER)
    assert camille.user is not None
    for _ in range(2):
        set_referent(household=household, user=camille.user, from_day=date(2026, 11, 5), actor=rose)
    [notice] = Notice.objects.visible_to(camille)
    assert [line.shown.title for line in lines([notice])] == [f"Vous suivez ce ménage : {household.name}"]
    # Another one takes over: there is nothing left to see.
    set_referent(household=household, user=make_user(role=Role.SOCIAL_WORKER), from_day=date(2026, 11, 5), actor=rose)
    assert not Notice.objects.visible_to(camille).exists()


def test_a_second_one_of_its_kind_does_not_open_beside(household: Household, referent: Actor) -> None:
    measure(household, referent)
    with pytest.raises(Conflict, match="déjà ouverte"):
        measure(household, referent, start=date(2026, 11, 15), planned_end=date(2027, 5, 14))


@pytest.mark.clock("2026-11-28")
def test_who_ends_it_inside_the_next_one_is_told_the_last_day(household: Household, referent: Actor) -> None:
    """It answered with the words of an opening: « ouvrez celui-ci en complément »."""
    first = measure(household, referent)
    measure(household, referent, kind="SIMPLE", start=date(2026, 11, 15), planned_end=date(2027, 5, 14))
    with pytest.raises(InvalidInput, match="à son terme, le 14/11/2026"):
        close_measure(measure=first, reason="TERM", on=date(2026, 11, 28), actor=referent)
    assert close_measure(measure=first, reason="TERM", on=END, actor=referent).ended_on == END


# ---------- papers, renewal, way back ----------

IML = {"kind": "IML", "start": START, "planned_end": END}


def test_the_state_agrees_before_an_iml_begins(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="il faut d’abord l’accord préalable") as refused:
        measure(household, referent, **IML, signed_on=START)
    assert (refused.value.field, refused.value.code) == ("agreed_on", "papers")
    with pytest.raises(InvalidInput, match="précède la signature"):
        measure(household, referent, **IML, signed_on=START, agreed_on=date(2026, 5, 16))
    with pytest.raises(InvalidInput, match="est d’aujourd’hui ou d’un jour passé"):
        measure(household, referent, **IML, agreed_on=date(2026, 11, 6))
    lease = household.leases.get()
    type(lease).objects.filter(pk=lease.pk).update(signed_on=START)
    opened = measure(household, referent, **IML, signed_on=START, agreed_on=START)
    assert (opened.agreed_on, opened.lease) == (START, lease)
    assert not Measure.objects.exclude(pk=opened.pk).exists()


def test_what_may_follow_the_first_day_is_said_until_it_is_there(household: Household, referent: Actor) -> None:
    opened = measure(household, referent)
    expected = measure_rule("ASLL", START).expected
    assert [paper.value for paper in opened.papers.missing(expected)] == ["FUNDER", "CONTRACT"]
    funder = make_organisation(kinds=["FUNDER"])
    with pytest.raises(InvalidInput) as refused:
        complete_papers(measure=opened, funder=funder, agreed_on=None, signed_on=date(2026, 11, 6), actor=referent)
    assert refused.value.field == "signed_on"
    done = complete_papers(measure=opened, funder=funder, agreed_on=None, signed_on=START, actor=referent)
    assert done.papers.missing(expected) == []
    iml = measure(make_followed(referent), referent, **IML, agreed_on=START)
    with pytest.raises(InvalidInput, match="il faut d’abord l’accord"):
        complete_papers(measure=iml, funder=None, agreed_on=None, signed_on=START, actor=referent)


def make_followed(actor: Actor) -> Household:
    household = make_let().household
    make_referent(household=household, user=actor.user)
    return household


def test_a_closing_is_taken_back_while_no_other_measure_stands_on_it(household: Household, referent: Actor) -> None:
    first = measure(household, referent)
    close_measure(measure=first, reason="GOALS", on=date(2026, 10, 31), actor=referent)
    again = reopen_measure(measure=first, actor=referent)
    assert (again.ended_on, again.period.upper) == (None, date(2026, 11, 15))
    close_measure(measure=first, reason="GOALS", on=date(2026, 10, 31), actor=referent)
    measure(household, referent, kind="SIMPLE", start=date(2026, 11, 2), planned_end=date(2027, 1, 31))
    with pytest.raises(Conflict, match="déjà un accompagnement principal"):
        reopen_measure(measure=first, actor=referent)
    with pytest.raises(NotAllowed):
        reopen_measure(measure=first, actor=Actor.of(make_user(role=Role.SOCIAL_WORKER)))


# ---------- one referent after another ----------


def plan(household: Household, actor: Actor, day: date) -> Contact:
    return plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=actor)


def test_planned_visits_follow_the_referent_from_his_day_on(household: Household, referent: Actor) -> None:
    head, second = make_actor(role=Role.HEAD_OF_SOCIAL), make_user(role=Role.SOCIAL_WORKER)
    before, on, after = (plan(household, referent, date(2026, 11, day)) for day in (9, 10, 12))
    by_head = plan(household, head, date(2026, 11, 13))
    set_referent(household=household, user=second, from_day=date(2026, 11, 10), actor=head)
    authors = dict(Contact.objects.values_list("pk", "author"))
    assert authors == {before.pk: referent.user_id, on.pk: second.pk, after.pk: second.pk, by_head.pk: head.user_id}
    # Named back, he has them again.
    set_referent(household=household, user=referent.user, from_day=date(2026, 11, 10), actor=head)
    assert Contact.objects.get(pk=after.pk).author == referent.user
    set_referent(household=household, user=second, from_day=date(2026, 11, 10), actor=head, with_visits=False)
    assert Contact.objects.get(pk=after.pk).author == referent.user


def test_on_the_day_of_the_change_only_the_new_one_is_referent(household: Household, referent: Actor) -> None:
    second = make_user(role=Role.SOCIAL_WORKER)
    set_referent(
        household=household, user=second, from_day=date(2026, 11, 5), actor=make_actor(role=Role.HEAD_OF_SOCIAL)
    )
    assert [row.user for row in Referent.objects.filter(period__contains=date(2026, 11, 5))] == [second]
    assert not followed_by(referent).exists()


def test_of_two_who_name_at_once_the_second_is_told(household: Household, referent: Actor) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    first, second = (make_user(role=Role.SOCIAL_WORKER) for _ in range(2))
    seen = referents_seen(household)
    set_referent(household=household, user=first, from_day=date(2026, 11, 5), actor=head, seen=seen)
    with pytest.raises(Conflict, match="entre-temps") as refused:
        set_referent(household=household, user=second, from_day=date(2026, 11, 5), actor=head, seen=seen)
    assert refused.value.code == "seen"
    assert Referent.objects.get(period__contains=date(2026, 11, 5)).user == first


# ---------- opened by mistake, other days, another hand ----------

NEXT = {"start": date(2026, 12, 1), "planned_end": date(2027, 5, 31)}


def test_a_measure_opened_by_mistake_is_withdrawn_and_comes_back(household: Household, referent: Actor) -> None:
    made = measure(household, referent, **NEXT, signed_on=date(2026, 11, 2))
    with pytest.raises(InvalidInput, match="retirez-la, ou corrigez ses jours"):
        close_measure(measure=made, reason="GOALS", on=date(2026, 11, 5), actor=referent)
    for _ in range(2):
        withdraw_measure(measure_id=made.pk, actor=referent)
    assert not Measure.objects.exists()
    for _ in range(2):
        back = bring_back_measure(measure_id=made.pk, actor=referent)
    assert (back.pk, back.period, back.signed_on) == (made.pk, period(NEXT["start"], date(2027, 6, 1)), made.signed_on)
    withdraw_measure(measure_id=made.pk, actor=referent)
    measure(household, referent, **NEXT)
    with pytest.raises(Conflict, match="est déjà ouverte"):
        bring_back_measure(measure_id=made.pk, actor=referent)


def test_the_days_of_a_measure_are_corrected_within_its_bounds(household: Household, referent: Actor) -> None:
    made = measure(household, referent, **NEXT)
    moved = move_measure(measure=made, start=date(2026, 11, 15), planned_end=date(2027, 5, 14), actor=referent)
    assert (moved.period, moved.planned_end) == (period(date(2026, 11, 15), date(2027, 5, 15)), date(2027, 5, 14))
    with pytest.raises(InvalidInput, match="6 mois au plus"):
        move_measure(measure=made, start=date(2026, 11, 15), planned_end=date(2027, 5, 15), actor=referent)
    measure(household, referent, kind="SIMPLE", start=date(2026, 6, 1), planned_end=date(2026, 11, 14))
    with pytest.raises(Conflict, match="Accompagnement simple jusqu’au 14/11/2026"):
        move_measure(measure=made, start=date(2026, 11, 1), planned_end=date(2027, 4, 30), actor=referent)
    before = made.events.order_by("pgh_id").first()  # type: ignore[attr-defined]
    assert before.planned_end == NEXT["planned_end"]


def test_others_neither_withdraw_nor_move_nor_give(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    stranger = make_actor(role=Role.SOCIAL_WORKER)
    assert stranger.user is not None
    for call in (
        lambda: withdraw_measure(measure_id=made.pk, actor=stranger),
        lambda: move_measure(measure=made, start=START, planned_end=END, actor=stranger),
        lambda: give_measure(measure=made, to=stranger.user, actor=stranger),
        lambda: bring_back_measure(measure_id=made.pk, actor=stranger),
        lambda: bring_back_measure(measure_id=made.pk + 1, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            call()
    withdraw_measure(measure_id=made.pk, actor=referent)
    with pytest.raises(NotAllowed):
        bring_back_measure(measure_id=made.pk, actor=stranger)


def test_a_measure_is_given_to_another_and_back(household: Household, referent: Actor) -> None:
    made, second = measure(household, referent), make_user(role=Role.SOCIAL_WORKER)
    assert give_measure(measure=made, to=second, actor=referent).referent == second
    assert give_measure(measure=made, to=referent.user, actor=Actor.of(second)).referent == referent.user
    with pytest.raises(InvalidInput, match="service social"):
        give_measure(measure=made, to=make_user(role=Role.TECHNICIAN), actor=referent)
    close_measure(measure=made, reason="GOALS", on=date(2026, 10, 31), actor=referent)
    with pytest.raises(Conflict, match="terminée"):
        give_measure(measure=made, to=second, actor=referent)


def test_a_measure_names_the_referent_of_a_household_that_has_none() -> None:
    household, rose = make_let().household, make_actor(role=Role.HEAD_OF_SOCIAL)
    camille, malo = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    opened = open_measure(household=household, kind="ASLL", start=START, planned_end=END, referent=camille, actor=rose)
    named = Referent.objects.get(household=household)
    # From today on: nobody followed it on the days before.
    assert (named.user, named.period, named.measure) == (camille, period(date(2026, 11, 5), None), opened)
    assert Notice.objects.visible_to(Actor.of(camille)).count() == 1
    withdraw_measure(measure_id=opened.pk, actor=rose)
    assert not Referent.objects.filter(household=household).exists()
    again = bring_back_measure(measure_id=opened.pk, actor=rose)
    assert Referent.objects.get(household=household).measure == again
    # Somebody else was named since: he stays.
    set_referent(household=household, user=malo, from_day=date(2026, 11, 5), actor=rose)
    withdraw_measure(measure_id=opened.pk, actor=rose)
    left = Referent.objects.get(household=household)
    assert (left.user, left.measure) == (malo, None)


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        (None, None, True),  # nobody ever
        (date(2025, 1, 1), date(2026, 11, 5), True),  # somebody until yesterday
        (date(2025, 1, 1), date(2026, 11, 6), False),  # still today
        (date(2027, 1, 1), None, False),  # somebody is to come
    ],
)
def test_who_is_named_already_stays(first: date | None, last: date | None, names: bool) -> None:
    household, rose = make_let().household, make_actor(role=Role.HEAD_OF_SOCIAL)
    if first:
        Referent.objects.create(
            household=household, user=make_user(role=Role.SOCIAL_WORKER), period=period(first, last)
        )
    camille = make_user(role=Role.SOCIAL_WORKER)
    open_measure(household=household, kind="ASLL", start=START, planned_end=END, referent=camille, actor=rose)
    assert Referent.objects.filter(household=household, user=camille).exists() is names


def test_a_measure_whose_days_are_over_names_nobody() -> None:
    household, rose = make_let().household, make_actor(role=Role.HEAD_OF_SOCIAL)
    camille = make_user(role=Role.SOCIAL_WORKER)
    open_measure(
        household=household, kind="ASLL", start=date(2026, 2, 1), planned_end=date(2026, 7, 31), referent=camille,
        actor=rose,
    )  # fmt: skip
    assert not Referent.objects.filter(household=household).exists()
