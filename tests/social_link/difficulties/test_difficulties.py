"""What stands is noted from a day on, ended, taken back; and who reads it, logged."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, User
from social_link.difficulties import services
from social_link.difficulties.models import Difficulty
from social_link.difficulties.queries import difficulty_totals, kind_sets, seen_word
from social_link.funding.services import add_share
from social_link.measures.services.measures import open_measure
from tests.factories import make_household, make_organisation, make_referent, make_user
from tests.pages import signed_in, words

pytestmark = pytest.mark.django_db
OCT, NOV = date(2026, 10, 12), date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_household()


@pytest.fixture
def referent(household: Household) -> User:
    return make_referent(household=household)


def note(household: Household, user: User, kinds: Collection[str], on: date = NOV, **given: str) -> UUID | None:
    standing = Difficulty.objects.filter(household=household, period__endswith=None)
    return services.note_difficulties(
        household=household, kinds=kinds, on=on, seen=given.get("seen", seen_word(standing)), actor=Actor.of(user)
    )


def standing(household: Household, day: date = NOV) -> set[str]:
    return set(Difficulty.objects.filter(household=household, period__contains=day).values_list("kind", flat=True))


def test_difficulties_begin_and_end_and_stay_in_the_past(household: Household, referent: User) -> None:
    note(household, referent, ["RESOURCES", "HEALTH"], OCT)
    note(household, referent, ["RESOURCES", "ISOLATION"])
    assert standing(household, OCT) == {"RESOURCES", "HEALTH"}
    assert standing(household) == {"RESOURCES", "ISOLATION"}
    gone = Difficulty.objects.get(kind="HEALTH")
    assert (gone.last_day, gone.noted_by, gone.ended_by) == (date(2026, 11, 4), referent, referent)


def test_the_same_again_changes_nothing(household: Household, referent: User) -> None:
    note(household, referent, ["HEALTH"], OCT)
    assert note(household, referent, ["HEALTH"]) is None
    assert Difficulty.objects.get().period.lower == OCT


def test_what_never_stood_is_out(household: Household, referent: User) -> None:
    note(household, referent, ["HEALTH"])
    note(household, referent, [], OCT)
    assert not Difficulty.objects.exists()


def test_a_gesture_is_taken_back_whole_and_once(household: Household, referent: User) -> None:
    note(household, referent, ["RESOURCES"], OCT)
    note(household, referent, ["RESOURCES", "HEALTH"])
    gesture = note(household, referent, ["ISOLATION"])
    assert gesture is not None
    assert standing(household) == {"ISOLATION"}
    for _ in range(2):
        services.take_back_difficulties(household=household, gesture=gesture, actor=Actor.of(referent))
        assert standing(household) == {"RESOURCES", "HEALTH"}
        assert not Difficulty.objects.exclude(ended_in=None).exists()


def test_what_another_built_on_is_not_taken_back(household: Household, referent: User) -> None:
    gesture = note(household, referent, ["HEALTH"], OCT)
    assert gesture is not None
    second = note(household, referent, [])
    with pytest.raises(Conflict, match="Autre chose"):
        services.take_back_difficulties(household=household, gesture=gesture, actor=Actor.of(referent))
    note(household, referent, ["HEALTH"])
    assert second is not None
    with pytest.raises(Conflict, match="déjà notée"):
        services.take_back_difficulties(household=household, gesture=second, actor=Actor.of(referent))


def test_what_was_taken_out_twice_comes_back_by_its_own_gesture(household: Household, referent: User) -> None:
    note(household, referent, ["HEALTH"])
    first = note(household, referent, [])
    assert first is not None
    services.take_back_difficulties(household=household, gesture=first, actor=Actor.of(referent))
    note(household, referent, [])
    services.take_back_difficulties(household=household, gesture=first, actor=Actor.of(referent))
    assert standing(household) == set()


def test_two_who_note_at_once_do_not_end_what_the_other_noted(household: Household, referent: User) -> None:
    note(household, referent, ["RESOURCES"], seen="")
    with pytest.raises(Conflict, match="entre-temps"):
        note(household, referent, ["ISOLATION"], seen="")
    assert standing(household) == {"RESOURCES"}


def test_refusals(household: Household, referent: User) -> None:
    with pytest.raises(InvalidInput, match="jour passé"):
        note(household, referent, ["HEALTH"], date(2026, 11, 6))
    with pytest.raises(InvalidInput, match="dans la liste"):
        note(household, referent, ["X"])
    with pytest.raises(NotAllowed, match="ne suivez pas"):
        note(household, make_user(role=Role.SOCIAL_WORKER), ["HEALTH"])
    note(household, referent, ["HEALTH"], OCT)
    note(household, referent, [])
    with pytest.raises(InvalidInput, match="déjà notée"):
        note(household, referent, ["HEALTH"], date(2026, 11, 1))


def test_who_is_in_charge_and_the_head_read_them_and_her_read_is_logged(household: Household, referent: User) -> None:
    note(household, referent, ["HEALTH"])
    read = {
        role: len(services.show_difficulties(household=household, actor=Actor.of(user)))
        for role, user in (("own", referent), ("other", make_user(role=Role.SOCIAL_WORKER)))
    }
    assert read == {"own": 1, "other": 0}
    assert not AccessLog.objects.exists()
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    assert services.show_difficulties(household=household, actor=Actor.of(head))
    assert AccessLog.objects.get().subject == "DIFFICULTY"


def test_a_funder_reads_of_those_whose_measures_it_pays() -> None:
    ours, theirs = make_organisation(kinds=["FUNDER"]), make_organisation(kinds=["FUNDER"])
    for place, count in ((ours, 5), (theirs, 6), (None, 7)):
        for n in range(count):
            home = make_household()
            referent = make_referent(household=home)
            note(home, referent, ["ISOLATION"])
            measure = open_measure(
                household=home, kind="SIMPLE", start=date(2026, 1, 1), planned_end=date(2026, 12, 31),
                referent=referent, funder=place, actor=Actor.of(referent),
            )  # fmt: skip
            # One of the others is paid in part by the first.
            if place == theirs and n == 0:
                add_share(
                    measure=measure, funder=ours, share=30, first=date(2026, 10, 1), last=date(2026, 12, 31),
                    actor=Actor.of(make_user(role=Role.HEAD_OF_SOCIAL)),
                )  # fmt: skip
    assert kind_sets(NOV, [ours.pk]) == {frozenset(["ISOLATION"]): 6}
    page = reverse("social_link:difficulty_counts")
    read = words(signed_in(make_user(role=Role.FUNDER, organisation=ours)).get(page))
    assert "Ménages avec une difficulté notée 6" in read
    assert "Ceux dont vous financez la mesure" in read
    whole = words(signed_in(make_user(role=Role.DIRECTOR)).get(page))
    assert "Ménages avec une difficulté notée 18" in whole
    assert "vous financez" not in whole
    assert "Ménages avec une difficulté notée 0" in words(signed_in(make_user(role=Role.FUNDER)).get(page))


def test_totals_hide_a_few(django_assert_num_queries: object) -> None:
    for kinds, count in ((["RESOURCES"], 3), (["RESOURCES", "HEALTH"], 2)):
        for _ in range(count):
            home = make_household()
            note(home, make_referent(household=home), kinds)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert kind_sets(NOV) == {frozenset(["RESOURCES"]): 3, frozenset(["RESOURCES", "HEALTH"]): 2}
    totals = difficulty_totals(NOV, 3)
    assert totals.total == 5
    assert {row.label: row.count for row in totals.kinds if row.count != 0} == {
        "Ressources faibles": 5, "Santé ou addiction": None,
    }  # fmt: skip
    assert totals.by_number[:2] == [("1", None), ("2", None)]
    # A few households in all: a nought beside what is hidden would tell what they have.
    few = difficulty_totals(NOV, 6)
    assert few.total is None
    assert {count for row in few.kinds for count in (row.count, *row.along)} == {None}
    assert {count for _, count in few.by_number} == {None}
