"""Which tasks a commit starts, and when."""

import pytest
from django.core.cache import cache

from config.wakes import TOPICS, _sender


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> list[tuple[str, int | None]]:
    from config.celery import app

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    cache.clear()
    found: list[tuple[str, int | None]] = []
    monkeypatch.setattr(app, "send_task", lambda name, countdown=None: found.append((name, countdown)))
    return found


def test_the_commits_of_a_moment_share_one_look_at_the_arrears(sent: list[tuple[str, int | None]]) -> None:
    send = _sender("arrears_changed", TOPICS["arrears_changed"])
    send()
    send()
    assert sent == [("rent_ledger.detect_arrears", 4), ("social_link.raise_alerts", 4)]
    cache.clear()  # the moment is over
    send()
    assert len(sent) == 4


def test_a_person_s_own_request_does_not_wait(sent: list[tuple[str, int | None]]) -> None:
    send = _sender("help_requested", TOPICS["help_requested"])
    send()
    send()
    assert sent == [("social_link.raise_alerts", None)] * 2
