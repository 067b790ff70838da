"""Triggers that models declare (`class Meta: triggers = [...]`) and migrations install, by `django-pgtrigger`."""

import pgtrigger

from common.workflow import Workflow


def follows(flow: Workflow) -> pgtrigger.Trigger:
    """The database refuses a change of `state` that `flow` doesn't allow: an `IntegrityError`, whoever writes.

    Only an update that names the column and is refused runs the function, so that a set of rows is written as fast as
    without it. The state of a new row is free: a line of a bank may come in as placed already.
    """
    allowed = ", ".join(
        f"('{source}', '{target}')"
        for source, targets in sorted(flow.transitions.items())
        for target in sorted(targets)
    )
    return pgtrigger.Trigger(
        name="state_flow",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            f"OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN ({allowed})"
        ),
        func="""
            RAISE EXCEPTION 'the state of % % does not go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
        """,
    )


def for_good(column: str) -> pgtrigger.Trigger:
    """What was closed stays closed: once it has a value, `column` keeps it. An `IntegrityError`, whoever writes."""
    return pgtrigger.Trigger(
        name=f"{column}_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(column),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(f"OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column}"),
        func=f"""
            RAISE EXCEPTION '{column} of % % stands', TG_TABLE_NAME, OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
        """,
    )


def moves_the_books() -> pgtrigger.Trigger:
    """The version of the books moves with each statement that writes this table, by COPY and TRUNCATE too (ADR 15).

    For each table from which a kept answer is read (`rent_ledger.books.services.kept`).
    """
    return pgtrigger.Trigger(
        name="books_version",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func="PERFORM ancrage_books_changed(); RETURN NULL;",
    )
