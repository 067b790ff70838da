"""Ancrage does not start with a kind of task or of notice that could not be kept or shown."""

from dataclasses import replace
from typing import Any

import pytest

from common.codes import Code
from office.jobs.notices import STOPPED
from office.notices import kinds as notices
from office.tasks import kinds as tasks
from office.tasks.checks import kinds_of_task_and_notice
from office.tasks.kinds import TaskKind


class Long(Code):
    FITS_A_NOTICE = "A_CODE_OF_20_LETTERS", "Trop long pour une tâche"
    FITS_NOTHING = "A_CODE_OF_21_LETTERS_", "Trop long"


def test_the_kinds_of_the_house_are_whole() -> None:
    assert len(tasks.declared()) > 5
    assert len(notices.declared()) > 5
    assert kinds_of_task_and_notice() == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": Long.FITS_A_NOTICE}, "tasks.E1"),
        ({"about": "a" * 21}, "tasks.E1"),
        ({"icon": "no-such-icon"}, "tasks.E2"),
        ({"many": "équipe à réunir"}, "tasks.E3"),
        ({"many": "équipe à réunir,"}, "tasks.E3"),
        ({"hue": "mauve"}, "tasks.E4"),
    ],
)
def test_a_kind_of_task_that_is_not_whole_is_an_error(
    kind: TaskKind, change: dict[str, Any], error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_look = {"icon", "many", "hue"}
    look = replace(kind.look, **{key: value for key, value in change.items() if key in of_look})
    wrong = replace(kind, look=look, **{key: value for key, value in change.items() if key not in of_look})
    monkeypatch.setattr(tasks, "_declared", {"x": wrong})
    assert [found.id for found in kinds_of_task_and_notice()] == [error]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"code": Long.FITS_A_NOTICE}, []),
        ({"code": Long.FITS_NOTHING}, ["tasks.E1"]),
        ({"about": "a" * 21}, ["tasks.E1"]),
        ({"icon": "no-such-icon"}, ["tasks.E2"]),
        ({"many": "travaux arrêtés"}, ["tasks.E3"]),
    ],
)
def test_a_kind_of_notice_that_is_not_whole_is_an_error(
    change: dict[str, Any], errors: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "_declared", {"x": replace(STOPPED, **change)})
    assert [found.id for found in kinds_of_task_and_notice()] == errors
