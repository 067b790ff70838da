"""Database errors in French: from the name of a constraint to the message that the model declares. Locks, ANALYZE."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, connections, models, transaction
from psycopg import sql

from common.errors import Conflict, InvalidInput
from common.text import CONTROLS, has_controls


@lru_cache(maxsize=1)
def _messages() -> dict[str, str]:
    """The French sentence of each declared constraint that has its own."""
    found = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.violation_error_message != constraint.default_violation_error_message:
                found[constraint.name] = str(constraint.violation_error_message)
    return found


def _diagnosis(error: IntegrityError) -> Any:
    return getattr(error.__cause__, "diag", None)


def constraint_name(error: IntegrityError) -> str:
    """The name of the constraint that refused, or an empty string."""
    return str(getattr(_diagnosis(error), "constraint_name", None) or "")


def constraint_message(error: IntegrityError) -> str | None:
    """The French sentence of the constraint that refused, or None where none is known.

    A unique column declares no message: one is made from its verbose name.
    """
    known = _messages().get(constraint_name(error))
    if known:
        return known
    field = _unique_field(error)
    if field is None:
        return None
    return f"Cette valeur existe déjà : {field.verbose_name}. Choisissez-en une autre, ou ouvrez la fiche existante."


def constraint_field(error: IntegrityError) -> str | None:
    """The name of the form field to blame, where one unique column was repeated."""
    field = _unique_field(error)
    return field.name if field else None


def _unique_field(error: IntegrityError) -> "models.Field[Any, Any] | None":
    diagnosis = _diagnosis(error)
    column = re.match(r"[^(]*\((\w+)\)=", getattr(diagnosis, "message_detail", None) or "")
    if column is None or getattr(diagnosis, "sqlstate", "") != "23505":
        return None
    for model in apps.get_models():
        if model._meta.db_table == diagnosis.table_name:
            return next((f for f in model._meta.concrete_fields if f.column == column[1]), None)
    return None


@contextmanager
def french_refusals(*rows: models.Model) -> Iterator[None]:
    """Run a block in a savepoint and turn the violation of a constraint into a domain error in French.

    `InvalidInput` with its field if a row of `rows` fails the validation of that constraint. `Conflict` otherwise: two
    people wrote at the same time. An unknown constraint stays an `IntegrityError`.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for row in rows:
            _name_refusal(row, error)
        message = constraint_message(error)
        if message is None:
            raise
        raise Conflict(message, field=constraint_field(error)) from error


def _name_refusal(row: models.Model, error: IntegrityError) -> None:
    """Validate the row against its model's constraints, and raise `InvalidInput` for the one the database named."""
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as refusal:
        raise _invalid(refusal) from error


def checked(row: models.Model) -> None:
    """Validate a row's fields as its form would; the first refusal becomes `InvalidInput` with its field. A text of one
    line has no line break in it.

    Constraints are not checked here: that would be one query each. The write checks them all, and
    `french_refusals(row)` around it gives the French sentence. A related object already loaded is not fetched again.
    """
    in_hand = {f.name for f in row._meta.concrete_fields if f.is_relation and _in_hand(f, row)}
    try:
        row.full_clean(exclude=in_hand, validate_unique=False, validate_constraints=False)
    except ValidationError as refusal:
        raise _invalid(refusal) from refusal
    for field in row._meta.concrete_fields:
        if isinstance(field, models.CharField) and has_controls(str(getattr(row, field.attname) or "")):
            raise InvalidInput(CONTROLS, field=field.name)


def _in_hand(relation: "models.Field[Any, Any]", row: models.Model) -> bool:
    return (
        isinstance(relation, models.ForeignKey)
        and not relation.get_limit_choices_to()
        and relation.is_cached(row)
        and getattr(row, relation.name) is not None
    )


def _invalid(refusal: ValidationError) -> InvalidInput:
    name, messages = next(iter(refusal.message_dict.items()))
    return InvalidInput(messages[0], field=None if name == NON_FIELD_ERRORS else name)


def lock_for_transaction(name: str) -> None:
    """Wait until no other transaction holds the advisory lock `name`, and hold it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def many_with_history() -> None:
    """Say in this transaction that no trigger of `django-pgtrigger` is ignored, which is so without a word too.

    For a service that inserts thousands of rows with a history. Such a trigger asks for
    `current_setting('pgtrigger.ignore')`, which fails where nothing was said. A failure is a subtransaction that ends,
    and looks at each foreign key that the transaction still has to check: time by the square of the rows (20,000:
    25 s instead of 7). `django-pghistory` asks for its context in the same way: each request has one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def turn_jit_off(*, using: str) -> None:
    """Turn the compiler of queries off in this database: for all its roles where we own it, else for our own role.

    Compiling a wide query costs seconds where running it costs a tenth of one (arrears of 8,000 accounts: 6.4 s, of
    which 6 for the compiler). Kept by the database and not asked by each connection: a pooler passes no options on.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT datname, pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
        )
        name, owned = cursor.fetchone()
        scope = "DATABASE {}" if owned else "ROLE CURRENT_USER IN DATABASE {}"
        cursor.execute(sql.SQL(f"ALTER {scope} SET jit = off").format(sql.Identifier(name)))


def check_constraints() -> None:
    """Check the deferred foreign keys now rather than at the commit: before taking a lock that others wait for."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def analyze_new(tables: Sequence[str], *, below: int = 1000) -> None:
    """Run ANALYZE on those of `tables` whose statistics say fewer than `below` rows, after many rows were written.

    Autovacuum would do it within a minute. Until then the planner may loop over rows where it should hash them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples < %s",
            [list(tables), below],
        )
        names = [row[0] for row in cursor.fetchall()]
        if names:
            cursor.execute(f"ANALYZE {', '.join(names)}")
