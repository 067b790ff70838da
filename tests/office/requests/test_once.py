"""A write that can be sent twice is done once."""

import threading
from datetime import date, timedelta
from hashlib import sha256
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection

from common import clock
from common.errors import Busy, Conflict, InvalidInput
from office.models import SentRequest, Team
from office.requests import services
from office.requests.services import ANSWER_DAYS, Answer, digest_of, forget_answers, once
from tests.at_once import both_at_once
from tests.factories import make_user, number

pytestmark = pytest.mark.django_db
KEY = UUID("6f4cbb4e-5d6a-4b62-9c3b-0d5a3f6f0001")


def make_team() -> Answer:
    team = Team.objects.create(name=f"Secteur {number()}")
    return Answer(201, f'{{"id": {team.pk}}}')


def send(user: int, *, key: UUID = KEY, operation: str = "create_team", content: bytes = b"nord", write=make_team):
    return once(user_id=user, key=key, operation=operation, digest=digest_of([content]), write=write)


def test_the_second_send_gets_the_first_answer_and_writes_nothing() -> None:
    user = make_user().pk
    first, again = send(user), send(user)
    assert (first.is_again, again.is_again) == (False, True)
    assert (again.status, again.text) == (first.status, first.text) == (201, f'{{"id": {Team.objects.get().pk}}}')


@pytest.mark.parametrize("other", [{"content": b"sud"}, {"operation": "close_team"}])
def test_the_key_of_another_content_is_refused(other) -> None:
    user = make_user().pk
    send(user)
    with pytest.raises(Conflict) as refusal:
        send(user, **other)
    assert (refusal.value.code, Team.objects.count()) == ("key_reused", 1)


def test_keys_are_of_one_person() -> None:
    """The key of somebody else tells nothing: neither that it was used, nor what was answered."""
    send(make_user().pk)
    mine = send(make_user().pk, content=b"sud")
    assert (mine.is_again, Team.objects.count()) == (False, 2)


def test_what_was_refused_or_wrote_nothing_can_be_sent_again() -> None:
    user = make_user().pk

    def refused() -> Answer:
        Team.objects.create(name="à moitié")
        raise InvalidInput("Ce nom est pris.")

    with pytest.raises(InvalidInput):
        send(user, write=refused)
    assert send(user, write=lambda: None) is None
    assert (SentRequest.objects.count(), Team.objects.count()) == (0, 0)
    assert send(user, content=b"mended").status == 201


def test_an_old_answer_is_erased_and_the_key_still_counts() -> None:
    user = make_user().pk
    with clock.travel(date(2026, 11, 5)):
        send(user)
    limit = date(2026, 11, 5) + timedelta(days=ANSWER_DAYS)
    with clock.travel(limit):
        assert (forget_answers(), send(user).is_again) == (0, True)
    with clock.travel(limit + timedelta(days=1)):
        assert forget_answers() == 1
        with pytest.raises(Conflict, match="déjà été reçu le 5.nov. à 9.h") as refusal:
            send(user)
    assert (refusal.value.code, Team.objects.count()) == ("already_sent", 1)


def test_parts_do_not_run_into_each_other() -> None:
    assert digest_of([b"ab", b"c"]) != digest_of([b"a", b"bc"])


def test_a_digest_lets_guess_nothing_without_the_key(settings) -> None:
    """A form may hold a note, and its words are few."""
    here = digest_of([b"enceinte"])
    assert here == digest_of([b"enceinte"])
    settings.SECRET_KEY = "that of another installation"
    assert digest_of([b"enceinte"]) != here


def test_a_digest_of_before_is_keyed_and_still_told_again() -> None:
    """The key of a send that a phone tries again after the upgrade is that of the same content."""
    user, content = make_user().pk, b"nord"
    send(user, content=content)
    plain = sha256(len(content).to_bytes(8, "big") + content).hexdigest()
    SentRequest.objects.update(digest=plain)
    keyed = import_module("office.migrations.0033_keyed_digests")
    keyed.key(apps, None)
    assert SentRequest.objects.get().digest == digest_of([content]) != plain
    assert send(user, content=content).is_again


@pytest.mark.django_db(transaction=True)
def test_two_sends_at_the_same_moment_write_once() -> None:
    user = make_user().pk
    answers = both_at_once(*[lambda: send(user)] * 2)
    assert sorted(answer.is_again for answer in answers) == [False, True]
    assert Team.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_where_the_first_of_two_sends_fails_the_second_writes() -> None:
    """It waited for the transaction of the first, which left nothing."""
    user, key, turns = make_user().pk, uuid4(), iter([True, False])

    def first_fails() -> Answer:
        if next(turns):
            raise Conflict("La base a refusé.")
        return make_team()

    answers = both_at_once(*[lambda: send(user, key=key, write=first_fails)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Answer", "Conflict"]
    assert Team.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_send_does_not_wait_for_a_long_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds no thread of the server until the first ends; and the first waits for its own locks as ever."""
    monkeypatch.setattr(services, "PATIENCE", "50ms")
    user, at_work, refused, told = make_user().pk, threading.Event(), threading.Event(), []

    def works_long() -> Answer:
        at_work.set()
        assert refused.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            told.append(cursor.fetchone()[0])
        return make_team()

    def comes_second() -> Answer:
        assert at_work.wait(30)
        try:
            return send(user)
        finally:
            refused.set()

    first, second = both_at_once(lambda: send(user, write=works_long), comes_second)
    assert (first.is_again, told, Team.objects.count()) == (False, ["0"], 1)
    assert isinstance(second, Busy)
    assert send(user).is_again
