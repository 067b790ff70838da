"""Notices: each once, to one person, until it is seen or its cause is over, about what may still be read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.codes import Code
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.notices import STOPPED
from office.models import Job, Notice, RoleGrant
from office.notices import kinds
from office.notices.kinds import declare, declared
from office.notices.queries import lines
from office.notices.services import (
    KEPT,
    NewNotice,
    forget_seen,
    forget_unreadable,
    mark_all_seen,
    mark_seen,
    mark_unseen,
    notify,
    over,
)
from tests.at_once import both_at_once
from tests.factories import make_actor, make_user
from tests.office.notices.telling import tell

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def test_the_same_thing_is_told_once() -> None:
    notice = tell(make_user())
    new = NewNotice(STOPPED, notice.user_id, notice.about_id, notice.key, is_urgent=True)
    notify(new=[new, new], actor=SYSTEM)
    assert Notice.objects.get() == notice


@pytest.mark.django_db(transaction=True)
def test_told_at_once_from_two_places_it_is_told_once() -> None:
    user = make_user()
    new = NewNotice(STOPPED, user.pk, 1, "1")
    both_at_once(*[lambda: notify(new=[new], actor=SYSTEM)] * 2)
    assert Notice.objects.count() == 1


def test_nobody_is_told_of_what_he_does_himself() -> None:
    nadege, yann = make_user(), make_user()
    notify(new=[NewNotice(STOPPED, user.pk, 1, "1") for user in (nadege, yann)], actor=Actor.of(nadege))
    assert [notice.user for notice in Notice.objects.all()] == [yann]


def test_many_are_written_by_as_many_queries_as_one(django_assert_max_num_queries: Any) -> None:
    user = make_user()
    with django_assert_max_num_queries(3):
        notify(new=[NewNotice(STOPPED, user.pk, n, str(n)) for n in range(500)], actor=SYSTEM)
    assert Notice.objects.count() == 500


def test_a_notice_is_of_one_person_only() -> None:
    notice, other = tell(make_user()), make_actor(role=Role.ADMINISTRATOR)
    assert list(Notice.objects.visible_to(Actor.of(notice.user))) == [notice]
    assert not Notice.objects.visible_to(other).exists()
    assert not Notice.objects.visible_to(SYSTEM).exists()


def test_who_lost_the_role_sees_it_no_more() -> None:
    notice = tell(make_user())
    RoleGrant.objects.filter(user=notice.user).delete()
    assert not Notice.objects.visible_to(Actor.of(notice.user)).exists()


def test_who_lost_the_object_sees_it_no_more_and_the_bell_forgets_it() -> None:
    notice = tell(make_user())
    kept = tell(notice.user)
    Job.objects.filter(pk=notice.about_id).update(author=make_user())
    actor = Actor.of(notice.user)
    assert list(Notice.objects.visible_to(actor)) == [kept]
    forget_unreadable(actor)
    assert list(Notice.objects.unseen()) == [kept]


def test_a_token_reads_what_its_scope_allows() -> None:
    user = tell(make_user()).user
    assert not Notice.objects.visible_to(Actor.of(user, scopes=frozenset({"stock:read"}))).exists()
    assert Notice.objects.visible_to(Actor.of(user, scopes=frozenset({"office:read"}))).exists()


def test_the_sentence_is_made_when_it_is_shown() -> None:
    notice = tell(make_user(), title="Quittancement")
    Job.objects.update(title="Quittancement de décembre")
    [line] = lines([notice])
    assert (line.shown.title, line.shown.url) == (
        "Travail arrêté : Quittancement de décembre",
        f"/bureau/travaux/{notice.about_id}/",
    )


def test_sentences_cost_a_query_per_kind(django_assert_num_queries: Any) -> None:
    user = make_user()
    notices = [tell(user) for _ in range(5)]
    with django_assert_num_queries(1):
        assert len(lines(notices)) == 5


def test_what_no_kind_knows_any_more_says_nothing() -> None:
    user = make_user()
    old = Notice.objects.create(user=user, kind="OLD", about="job", about_id=1, key="1")
    assert lines([old]) == []
    assert not Notice.objects.visible_to(Actor.of(user)).exists()


def test_seen_again_it_was_seen_the_first_time() -> None:
    notice = tell(make_user())
    actor = Actor.of(notice.user)
    first = mark_seen(notice=notice, actor=actor).seen_at
    assert first == clock.now()
    with clock.travel(clock.now() + timedelta(hours=1)):
        assert mark_seen(notice=notice, actor=actor).seen_at == first


def test_nobody_marks_the_notice_of_another() -> None:
    with pytest.raises(Notice.DoesNotExist):
        mark_seen(notice=tell(make_user()), actor=make_actor())


def test_all_that_was_shown_is_seen_and_taken_back() -> None:
    user = make_user()
    before, shown = tell(user), tell(user)
    with clock.travel(clock.now() - timedelta(hours=1)):
        mark_seen(notice=before, actor=Actor.of(user))
    late, of_another = tell(user), tell(make_user())
    count, moment = mark_all_seen(actor=Actor.of(user), until=shown.pk)
    assert count == 1
    assert set(Notice.objects.unseen()) == {late, of_another}
    assert mark_unseen(seen_at=moment, actor=make_actor()) == 0
    assert mark_unseen(seen_at=moment, actor=Actor.of(user)) == 1
    assert set(Notice.objects.unseen()) == {shown, late, of_another}


def test_what_is_done_waits_for_nobody_but_the_one_named() -> None:
    nadege, yann = make_user(), make_user()
    notify(new=[NewNotice(STOPPED, user.pk, job, str(job)) for user in (nadege, yann) for job in (1, 2)], actor=SYSTEM)
    over(STOPPED, about_ids=[1], but=yann.pk)
    left = {(notice.user, notice.about_id) for notice in Notice.objects.unseen()}
    assert left == {(nadege, 2), (yann, 1), (yann, 2)}


def test_what_was_seen_long_ago_is_erased() -> None:
    user = make_user()
    old, recent, unseen = tell(user), tell(user), tell(user)
    for notice, age in ((old, KEPT + timedelta(seconds=1)), (recent, KEPT)):
        Notice.objects.filter(pk=notice.pk).update(seen_at=clock.now() - age)
    forget_seen()
    assert set(Notice.objects.all()) == {recent, unseen}


def test_a_kind_is_declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice(Code):
        STOPPED = "JOB_STOPPED", "Autre"

    monkeypatch.setattr(kinds, "_declared", dict(declared()))
    assert declare(STOPPED) is STOPPED
    with pytest.raises(ValueError, match="declared twice"):
        declare(replace(STOPPED, code=Twice.STOPPED))


@pytest.mark.parametrize("kind", list(declared().values()), ids=lambda kind: str(kind.code))
def test_each_kind_fits_its_columns(kind: Any) -> None:
    assert len(kind.code) <= 20
    assert len(kind.about) <= 20
    assert kind.label[0].isupper()
    assert kind.shown([]) == {}
    # A readable set that PostgreSQL refuses would empty the list of everybody.
    assert isinstance(list(kind.readable(make_actor())), list)
