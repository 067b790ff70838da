"""An agreement that ends soon asks the rental managers to extend it, or to prepare its end."""

from datetime import date

import pytest

from common import clock
from office.models import Task
from office.tasks.codes import TaskState
from office.tasks.queries import shown
from office.tasks.services.checking import check_tasks
from stock.agreements.services import update_agreement
from tests.factories import make_actor, make_agreement

pytestmark = pytest.mark.django_db


def test_it_asks_from_the_first_reminder_and_is_done_by_the_extension() -> None:
    manager = make_actor()
    agreement = make_agreement(last_day=date(2026, 12, 31), reference="CONV-7")
    task = Task.objects.get()
    assert (task.about_id, task.due_on, task.assignee_id) == (agreement.pk, date(2026, 12, 31), None)
    assert task in Task.objects.of(manager)
    [row] = shown([task], manager)
    assert row.line.title == "Fin de convention : Logements du centre"
    assert row.line.text == "CONV-7, jusqu’au 31\u00a0déc."
    update_agreement(agreement=agreement, last_day=date(2028, 12, 31), actor=manager)
    task.refresh_from_db()
    assert (task.state, task.ended_by_id) == (TaskState.DONE, manager.user_id)


def test_the_check_of_the_morning_opens_it_on_its_day_and_drops_it_after_its_end() -> None:
    make_agreement(last_day=date(2027, 8, 31))
    assert not Task.objects.exists()
    with clock.travel(date(2027, 3, 1)):
        assert [difference.changed.opened for difference in check_tasks()] == [1]
    with clock.travel(date(2027, 9, 1)):
        assert [difference.changed.ended for difference in check_tasks()] == [1]
        assert list(check_tasks()) == []
    assert (Task.objects.get().state, Task.objects.get().why) == (TaskState.DROPPED, "La convention a pris fin")
