"""The database holds the table of states that a model names as its `flow`: each pair of states is tried on a row."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from common.db import constraint_name
from tests.access.world import build

STATEFUL = [model for model in apps.get_models() if hasattr(model, "flow")]


def test_there_are_fourteen_of_them() -> None:
    assert sorted(model.__name__ for model in STATEFUL) == [
        "Alert", "BankLine", "BankStatement", "BenefitLine", "Job", "JobChunk", "Lease", "Message", "Referral",
        "RentDemand", "RentRun", "Task", "Ticket", "WriteOff",
    ]  # fmt: skip


def _free(model: type[models.Model]) -> None:
    """Without the other constraints on states, which ask for the days and names that a state comes with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [model._meta.db_table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{name}"')


def _refused(row: models.QuerySet, source: str, target: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        row.update(state=source)
        cursor.execute("SET LOCAL session_replication_role = origin")
    try:
        with transaction.atomic():
            row.update(state=target)
    except IntegrityError as error:
        if constraint_name(error).startswith("pgtrigger_state_flow_"):
            return True
        raise
    return False


def _pairs(states: set[str]) -> Iterator[tuple[str, str]]:
    yield from ((source, target) for source in sorted(states) for target in sorted(states))


@pytest.mark.django_db
def test_a_state_goes_where_its_flow_says_and_nowhere_else(subtests: pytest.Subtests) -> None:
    build()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in STATEFUL:
        with subtests.test(model.__name__):
            first = model._default_manager.order_by("pk").first()
            assert first is not None, "the world has no row of it"
            row = model._default_manager.filter(pk=first.pk)
            with transaction.atomic():
                _free(model)
                let_in = {pair for pair in _pairs(model.flow.states) if not _refused(row, *pair)}  # type: ignore[attr-defined]
                transaction.set_rollback(True)
            allowed = {(s, t) for s, t in _pairs(model.flow.states) if s == t or model.flow.allows(s, t)}  # type: ignore[attr-defined]
            assert let_in == allowed
