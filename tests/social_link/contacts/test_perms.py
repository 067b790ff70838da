"""Whose social file is open to whom, and who writes in it: rows CONTACT and PRIVATE_NOTE, case by case."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from common import clock
from common.errors import NotAllowed
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.alerts.codes import AlertState
from social_link.contacts.perms import (
    can_edit_note,
    can_follow,
    can_read_note,
    can_read_note_with_reason,
    followed_by,
    require_follows,
)
from social_link.models import Alert, Measure, Note, NoteReader, Referent
from tests.factories import make_actor, make_household, make_note, make_user

pytestmark = pytest.mark.django_db
TODAY, TOMORROW, SPRING, AUTUMN = date(2026, 11, 5), date(2026, 11, 6), date(2026, 3, 1), date(2026, 9, 1)


def referent(household: Household, user: User, start: date = SPRING, end: date | None = None) -> None:
    Referent.objects.create(household=household, user=user, period=period(start, end))


def measure(household: Household, user: User, **given: Any) -> None:
    facts = {"period": period(SPRING), "planned_end": date(2027, 2, 28)} | given
    Measure.objects.create(household=household, kind="ASLL", referent=user, **facts)


def alert(household: Household, user: User, state: str) -> None:
    Alert.objects.create(
        household=household, rule="R9", level="NORMAL", assignee=user, state=state, ack_due_on=TODAY,
        answer_due_on=TODAY, answered_at=clock.now() if state == AlertState.ANSWERED else None,
    )  # fmt: skip


# What ties a social worker to a household on 5 November 2026 → whether it is a case of hers.
Tie = Callable[[Household, User], None]
TIES: dict[str, tuple[Tie, bool]] = {
    "nothing": (lambda h, u: None, False),
    "referent since spring": (referent, True),
    "referent from today": (lambda h, u: referent(h, u, TODAY), True),
    "referent from tomorrow": (lambda h, u: referent(h, u, TOMORROW), False),
    "referent to yesterday": (lambda h, u: referent(h, u, SPRING, TODAY), False),
    "measure that runs": (measure, True),
    "measure over": (lambda h, u: measure(h, u, period=period(SPRING, AUTUMN)), False),
    "measure ended": (lambda h, u: measure(h, u, ended_on=AUTUMN, end_reason="GOALS"), False),
    "alert by name": (lambda h, u: alert(h, u, AlertState.RAISED), True),
    "alert that was read": (lambda h, u: alert(h, u, AlertState.ACKNOWLEDGED), True),
    "alert that was answered": (lambda h, u: alert(h, u, AlertState.ANSWERED), False),
    "somebody else's alert": (lambda h, u: alert(h, make_user(role=Role.SOCIAL_WORKER), AlertState.RAISED), False),
}


@pytest.mark.parametrize("tie", TIES)
def test_a_social_worker_follows_own_cases(tie: str) -> None:
    household, user = make_household(), make_user(role=Role.SOCIAL_WORKER)
    other = make_household()
    make, is_own = TIES[tie]
    make(household, user)
    actor = Actor.of(user)
    assert list(followed_by(actor)) == ([household] if is_own else [])
    assert can_follow(actor, [household]) is is_own
    assert not can_follow(actor, [other])
    assert not can_follow(actor, [household, other])


@pytest.mark.parametrize("role", Role)
def test_the_head_follows_all_and_another_trade_none_though_once_the_referent(role: Role) -> None:
    household, other, user = make_household(), make_household(), make_user(role=role)
    referent(household, user)
    measure(household, user)
    alert(household, user, AlertState.RAISED)
    seen = {Role.HEAD_OF_SOCIAL: {household, other}, Role.SOCIAL_WORKER: {household}}.get(role, set())
    actor = Actor.of(user)
    assert set(followed_by(actor)) == seen
    assert {one for one in (household, other) if can_follow(actor, [one])} == seen
    # Who is of the service is told why; the others, who is.
    message = "^Vous ne suivez pas ce ménage" if role == Role.SOCIAL_WORKER else "Travail social, Responsable"
    for one in (household, other):
        if one in seen:
            require_follows(actor, one)
        else:
            with pytest.raises(NotAllowed, match=message):
                require_follows(actor, one)


def test_jobs_of_the_house_write_and_read_no_file_and_a_stranger_does_neither() -> None:
    household = make_household()
    assert can_follow(Actor.system(), [household])
    require_follows(Actor.system(), household)
    for actor in (Actor.system(), Actor(user=None), Actor(user=None, roles=frozenset({Role.SOCIAL_WORKER}))):
        assert not followed_by(actor).exists()
    for actor in (Actor(user=None), Actor(user=None, roles=frozenset({Role.SOCIAL_WORKER}))):
        assert not can_follow(actor, [household])


def test_two_cases_known_in_two_ways_are_both_followed() -> None:
    first, second, user = make_household(), make_household(), make_user(role=Role.SOCIAL_WORKER)
    referent(first, user)
    measure(second, user)
    assert can_follow(Actor.of(user), [first, second])


def test_what_it_costs_to_ask(django_assert_num_queries: Any) -> None:
    household, user = make_household(), make_user(role=Role.SOCIAL_WORKER)
    referent(household, user)
    worker, head = Actor.of(user), make_actor(role=Role.HEAD_OF_SOCIAL)
    nobody = Actor(user=None, roles=frozenset({Role.SOCIAL_WORKER}))
    for actor, queries in ((worker, 1), (head, 1), (Actor.system(), 0), (Actor(user=None), 0), (nobody, 0)):
        with django_assert_num_queries(queries):
            can_follow(actor, [household])
    # A role without a person follows nobody, whoever has no name on an alert.
    with django_assert_num_queries(0):
        assert not followed_by(nobody).exists()


# -- notes ----------------------------------------------------------------------------------------------------------


def note(author: User, level: str, *readers: User) -> Note:
    written = make_note(level=level, author=author)
    for user in readers:
        NoteReader.objects.create(note=written, user=user)
    return written


@pytest.mark.parametrize("role", Role)
def test_the_text_of_a_note_by_level(role: Role) -> None:
    author, user = make_user(role=Role.SOCIAL_WORKER), make_user(role=role)
    actor = Actor.of(user)
    read = {
        "own": can_read_note(actor, note(user, "PRIVATE")),
        "team": can_read_note(actor, note(author, "TEAM")),
        "shared": can_read_note(actor, note(author, "SHARED")),
        "private": can_read_note(actor, note(author, "PRIVATE")),
        "sealed": can_read_note(actor, note(author, "SEALED")),
        "sealed, named": can_read_note(actor, note(author, "SEALED", user)),
        "private, named": can_read_note(actor, note(author, "PRIVATE", user)),
    }
    social = role in (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)
    assert read == {
        "own": social,
        "team": social,
        "shared": social or role == Role.RENTAL_MANAGER,
        "private": False,
        "sealed": False,
        "sealed, named": social,
        "private, named": False,
    }
    assert can_read_note_with_reason(actor) is (role == Role.HEAD_OF_SOCIAL)


def test_only_its_author_corrects_a_note() -> None:
    author = make_user(role=Role.SOCIAL_WORKER)
    written = note(author, "SHARED")
    assert can_edit_note(Actor.of(author), written)
    for other in (make_actor(role=Role.SOCIAL_WORKER), make_actor(role=Role.HEAD_OF_SOCIAL), Actor.system()):
        assert not can_edit_note(other, written)
