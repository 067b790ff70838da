"""Answers kept with the version of the books: while somebody writes, after he committed, after he gave up (ADR 15)."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction

from common import clock
from common.copy import copy_rows
from rent_ledger.books.services import accounts
from rent_ledger.books.services.kept import books_version, kept
from rent_ledger.models import Counter, KeptAnswer, LedgerMonth
from tests.factories import make_household

TODAY = date(2026, 11, 5)
COMMITTED = pytest.mark.django_db(transaction=True)


def moved(act: Callable[[], object]) -> bool:
    before = books_version().number
    act()
    return books_version().number > before


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def count_households() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM leases_household")
        return int(cursor.fetchone()[0])


def asked() -> int:
    return int(kept("households", day=TODAY, read=count_households))


class Writer:
    """Somebody else, on a connection of his own, in the middle of a transaction."""

    def __init__(self, write: Callable[[], object]) -> None:
        self.write = write
        self.wrote, self.may_end = threading.Event(), threading.Event()
        self.gives_up = False
        self.errors: list[BaseException] = []

    def work(self) -> None:
        try:
            with clock.travel(TODAY), transaction.atomic():
                self.write()
                self.wrote.set()
                assert self.may_end.wait(30)
                transaction.set_rollback(self.gives_up)
        except BaseException as error:
            self.errors.append(error)
        finally:
            self.wrote.set()
            connections.close_all()


@contextmanager
def writing(write: Callable[[], object] = make_household, *, gives_up: bool = False) -> Iterator[None]:
    """Inside the block, somebody has written and not committed. He ends with the block."""
    writer = Writer(write)
    writer.gives_up = gives_up
    thread = threading.Thread(target=writer.work)
    thread.start()
    try:
        assert writer.wrote.wait(30)
        yield
    finally:
        writer.may_end.set()
        thread.join(30)
    assert not thread.is_alive()
    assert writer.errors == []


# ---------- what moves the version ----------


@pytest.mark.django_db
def test_each_statement_on_a_table_with_the_trigger_moves_it(subtests: pytest.Subtests) -> None:
    tables = {model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.name == "books_version"}
    assert len(tables) > 15
    for table in sorted(tables):
        with subtests.test(table):
            column = _any_column(table)
            for statement in (
                f'UPDATE "{table}" SET "{column}" = "{column}" WHERE false',
                f'DELETE FROM "{table}" WHERE false',
                f'INSERT INTO "{table}" ("{column}") SELECT "{column}" FROM "{table}" WHERE false',
            ):
                assert moved(partial(sql, statement)), statement


def _any_column(table: str) -> str:
    [model] = [model for model in apps.get_models() if model._meta.db_table == table]
    return next(field.column for field in model._meta.concrete_fields if not (field.generated or field.primary_key))


@pytest.mark.django_db
def test_copy_and_truncate_move_it_and_what_nobody_keeps_does_not() -> None:
    def copied() -> None:
        copy_rows("rent_ledger_ledgermonth", ("month",), [(date(2030, 1, 1),)])

    assert moved(copied)
    assert moved(lambda: sql("TRUNCATE leases_duetermsevent, leases_dueterms"))
    assert not moved(lambda: Counter.objects.create(series="essai"))
    assert not moved(LedgerMonth.objects.count)


@pytest.mark.django_db
def test_migrate_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of Ancrage may answer otherwise from the same rows. The chart of accounts moves it by chance."""
    monkeypatch.setattr(accounts, "sync_chart", lambda using: None)
    assert moved(lambda: call_command("migrate", interactive=False, verbosity=0))


@COMMITTED
def test_a_role_without_any_right_on_the_sequence_moves_it_and_sees_who_writes() -> None:
    role = f"ancrage_other_{os.getpid()}"
    sql(f"CREATE ROLE {role}")
    try:
        sql(f"GRANT SELECT, INSERT, UPDATE ON leases_household TO {role}")

        def as_other() -> None:
            sql(f"SET LOCAL ROLE {role}")
            sql("UPDATE leases_household SET name = name WHERE false")

        def look() -> bool:
            with transaction.atomic():
                sql(f"SET LOCAL ROLE {role}")
                return books_version().is_settled

        before = books_version().number
        assert look()
        with writing(as_other):
            assert books_version().number > before
            assert not books_version().is_settled
            assert not look()
    finally:
        sql(f"DROP OWNED BY {role}")
        sql(f"DROP ROLE {role}")


# ---------- what may be kept ----------


@COMMITTED
def test_an_answer_is_read_once_until_somebody_commits(django_assert_num_queries: Any) -> None:
    make_household()
    assert asked() == 1
    with django_assert_num_queries(1):
        assert asked() == 1
    with writing():
        pass
    assert asked() == 2
    with django_assert_num_queries(1):
        assert asked() == 2


@COMMITTED
@pytest.mark.parametrize("gives_up", [False, True])
def test_what_is_read_while_somebody_writes_is_not_kept(gives_up: bool) -> None:
    """His version is there before his rows: kept with it, the answer would stay without them."""
    make_household()
    with writing(gives_up=gives_up):
        assert not books_version().is_settled
        assert asked() == 1
        assert not KeptAnswer.objects.exists()
    assert asked() == (1 if gives_up else 2)
    assert KeptAnswer.objects.get().version == books_version().number


@COMMITTED
def test_who_writes_something_else_is_in_nobodys_way() -> None:
    with writing(lambda: Counter.objects.create(series="essai")):
        assert books_version().is_settled
        assert asked() == 0
        assert KeptAnswer.objects.exists()


@COMMITTED
def test_who_begins_after_the_look_makes_what_was_read_outdated() -> None:
    """He commits between two statements of one reading."""

    def read() -> int:
        first = count_households()
        with writing():
            pass
        return first

    assert kept("households", day=TODAY, read=read) == 0
    assert KeptAnswer.objects.get().version < books_version().number
    assert asked() == 1


@COMMITTED
def test_a_transaction_with_one_snapshot_keeps_nothing() -> None:
    """It began before the version that it sees: it may lack what that version has."""
    with transaction.atomic():
        sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert count_households() == 0
        with writing():
            pass
        assert asked() == 0
        assert not books_version().is_settled
    assert asked() == 1


@COMMITTED
def test_what_a_transaction_keeps_of_its_own_rows_goes_with_them() -> None:
    with transaction.atomic():
        make_household()
        assert asked() == 1
        transaction.set_rollback(True)
    assert not KeptAnswer.objects.exists()
    assert asked() == 0


@pytest.mark.django_db
def test_an_answer_is_of_its_day(django_assert_num_queries: Any) -> None:
    days = [TODAY, date(2026, 11, 6)]
    for _ in range(2):
        for day in days:
            assert kept("day", day=day, read=day.isoformat) == day.isoformat()
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db
def test_what_is_kept_comes_back_as_it_was_read() -> None:
    value = [1, "2.50", None, [["a", [True]]], {"b": "é"}]
    for _ in range(2):
        assert kept("value", day=TODAY, read=lambda: value) == value
    assert KeptAnswer.objects.get().value == value
