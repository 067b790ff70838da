"""Waking the layers above."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from office.jobs.wake import _listeners, asleep, register, wake

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung() -> Any:
    calls: list[str] = []
    register("test_topic", lambda: calls.append("rung"))
    yield calls
    del _listeners["test_topic"]


def test_a_topic_rings_once_per_commit(rung: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wake("test_topic")
        with transaction.atomic():
            wake("test_topic")
        assert rung == []
    assert rung == ["rung"]


def test_what_is_rolled_back_does_not_ring(rung: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), suppress(ZeroDivisionError), transaction.atomic():
        wake("test_topic")
        raise ZeroDivisionError
    assert rung == []


def test_a_wake_rolled_back_inside_does_not_swallow_the_next(
    rung: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with suppress(ZeroDivisionError), transaction.atomic():
            wake("test_topic")
            raise ZeroDivisionError
        wake("test_topic")
    assert rung == ["rung"]


def test_registering_twice_rings_once(django_capture_on_commit_callbacks: Any) -> None:
    calls: list[int] = []

    def start() -> None:
        calls.append(1)

    register("test_twice", start)
    register("test_twice", start)
    with django_capture_on_commit_callbacks(execute=True):
        wake("test_twice")
    assert calls == [1]


def test_a_topic_without_listener_is_no_error(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wake("test_nobody_listens")


def test_who_plays_past_days_wakes_nobody(rung: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with asleep(), django_capture_on_commit_callbacks(execute=True):
        wake("test_topic")
    assert rung == []
