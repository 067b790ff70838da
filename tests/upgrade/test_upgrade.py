"""Each base that is kept becomes one of now: nothing is lost, the books are exact, the schema is that of a new base."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.test import override_settings
from PIL import Image

from common import clock
from common.history import events_of
from config.history import other_history
from demo import empty
from rent_ledger.checking.services import check_ledger
from social_link.contacts.models import text_of
from social_link.models import Note
from tests.conftest import DEFAULT_DAY
from tests.upgrade import bases
from tests.upgrade.states import quick_states

# Tables whose rows a migration takes away or adds by intention: name → rows of a later base less those of the former.
# Losses and remissions have an account each (0031), and so has what guarantors pay (0043).
CHANGED: dict[str, int] = {"rent_ledger_account": 3}
EACH = pytest.mark.parametrize("base", bases.kept(), ids=lambda base: base.name.split(".")[0])
PHOTOS = bases.FOLDER / "2026-11-29.sql.gz"  # of the days when a photo was a column
IN_A_BASE = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.long


# -- a base of former days ------------------------------------------------------------------------------------------


@contextmanager
def new_database(name: str, *, template: str = "template0") -> Iterator[str]:
    """Its name, until the end of the block."""
    name = f"{connection.settings_dict['NAME']}_{name}"
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = usual


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def counts() -> dict[str, int]:
    tables = [table for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    own = [table for table in tables if table.startswith(tuple(f"{app}_" for app in bases.ours()))]
    return {table: rows(f'SELECT count(*) FROM "{table}"')[0][0] for table in own}


def balances() -> list[tuple[Any, ...]]:
    """Of the accounts with a posting: a new nature brings an account that is empty."""
    return rows(
        "SELECT id, (SELECT coalesce(sum(amount), 0) FROM rent_ledger_posting WHERE debit_id = a.id), "
        "(SELECT coalesce(sum(amount), 0) FROM rent_ledger_posting WHERE credit_id = a.id) "
        "FROM rent_ledger_account a "
        "WHERE EXISTS (SELECT FROM rent_ledger_posting WHERE a.id IN (debit_id, credit_id)) ORDER BY id"
    )


def migrate() -> None:
    assert other_history(connection) is None
    with quick_states():
        call_command("migrate", interactive=False, verbosity=0)


# Names and what doesn't change its wording when it is dumped and read again (a condition does).
SCHEMA = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, character_maximum_length, numeric_precision,
    numeric_scale, is_nullable, is_identity, is_generated) FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, concat_ws(' ', contype, condeferrable, condeferred,
        (SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute
         WHERE attrelid = conrelid AND attnum = ANY(conkey)))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT 'index', tablename, indexname, '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, concat_ws(' ', tgenabled, obj_description(oid, 'pg_trigger'))
    FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', '', proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT 'extension', '', extname, '' FROM pg_extension
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Upgraded:
    """A database that was brought to now, and what it held before."""

    name: str
    before: dict[str, int]
    owed: list[tuple[Any, ...]]


@pytest.fixture(scope="module", params=bases.kept(), ids=lambda base: base.name.split(".")[0])
def upgraded(request: pytest.FixtureRequest, django_db_setup: Any, django_db_blocker: Any) -> Iterator[Upgraded]:
    """Once for all that is said of it; a test that changes it takes a copy."""
    with django_db_blocker.unblock(), clock.travel(DEFAULT_DAY), new_database("upgraded") as name:
        with connected_to(name):
            bases.load(request.param)
            before, owed = counts(), balances()
            migrate()
        yield Upgraded(name, before, owed)


@IN_A_BASE
def test_a_kept_base_becomes_one_of_now(upgraded: Upgraded):
    new, before = rows(SCHEMA), upgraded.before
    assert before["rent_ledger_allocation"] > 0
    with connected_to(upgraded.name):
        after = counts()
        changed = {table: after[table] - n for table, n in before.items() if table in after and after[table] != n}
        assert changed == CHANGED
        assert balances() == upgraded.owed
        assert check_ledger(sources=True) == []
        assert rows(SCHEMA) == new


# What differs from one time to the next: the order of numbers, and when it was.
OF_THAT_DAY = ("id", "applied", "recorded_at", "content_type_id", "permission_id", "group_id")


def contents() -> dict[str, list[tuple[Any, ...]]]:
    columns: dict[str, list[str]] = {}
    for table, column in rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND is_generated = 'NEVER' ORDER BY table_name, column_name"
    ):
        columns.setdefault(table, []).append(column)
    found = {}
    for table, names in columns.items():
        of_all = ", ".join(f'"{name}"::text' for name in names if name not in OF_THAT_DAY) or "''"
        found[table] = sorted(rows(f'SELECT {of_all} FROM "{table}"'), key=str)
    return found


@IN_A_BASE
def test_the_template_is_what_all_migrations_write(django_db_setup: Any):
    """The template of the tests begins with a base that is kept, and runs the migrations since."""
    schema, content = rows(SCHEMA), contents()
    assert content["django_migrations"]
    with new_database("zero") as name, connected_to(name):
        migrate()
        assert rows(SCHEMA) == schema
        assert contents() == content


@IN_A_BASE
def test_a_migration_of_tomorrow_runs_on_a_kept_base(upgraded: Upgraded):
    with new_database("tomorrow", template=upgraded.name) as name, connected_to(name):
        with override_settings(MIGRATION_MODULES={"stock": "tests.upgrade.stock_of_tomorrow"}):
            migrate()
        assert rows("SELECT count(*) FROM django_migrations WHERE name = '9999_storeys'") == [(1,)]
        dwellings = upgraded.before["stock_dwelling"]
        assert rows("SELECT count(*) FROM stock_dwelling WHERE storeys IN (1, 2)") == [(dwellings,)]
        assert rows("SELECT count(*) FROM pg_constraint WHERE conname = 'dwelling_storeys'") == [(1,)]
        assert check_ledger(sources=True) == []


VALUES = """
INSERT INTO office_parametervalue (key, scope, territory, period, value, source, is_verified, recorded_at)
SELECT 'measure.asll_max', 'DEPARTEMENT', territory, period::daterange, '9', 'FSL', false, now() FROM
    (VALUES ('44', '[2026-01-01,)'), ('35', '[2019-01-01,2020-01-01)'), ('56', '[2999-01-01,)')) v (territory, period)
"""


@dataclass(frozen=True)
class Former:
    """A base of the days when a photo was a column has three of them, one sent twice, texts beyond their bounds, values
    of a département, and notes in clear: one corrected, one that is gone."""

    name: str
    files: Path
    author: int
    pictures: tuple[bytes, bytes]


@pytest.fixture(scope="module")
def former(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Former]:
    files, pictures = tmp_path_factory.mktemp("photos"), (make_picture_bytes("red"), make_picture_bytes("blue"))
    with django_db_blocker.unblock(), clock.travel(DEFAULT_DAY), new_database("former") as name:
        with connected_to(name), override_settings(MEDIA_ROOT=files):
            bases.load(PHOTOS)
            author = insert_photos(*pictures)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE maintenance_ticket SET description = repeat('é', 60000)")
                cursor.execute("UPDATE office_association SET address = repeat('é', 4000)")
                cursor.execute(VALUES)
                cursor.execute("UPDATE social_link_note SET text = text || ' Et bis.' WHERE id = 1")
                cursor.execute("UPDATE social_link_note SET level = 'PRIVATE' WHERE id = 1")
                cursor.execute("DELETE FROM social_link_note WHERE id = 3")
            migrate()
        yield Former(name, files, author, pictures)


def insert_photos(red: bytes, blue: bytes) -> int:
    """Four photos of two pictures; whose they are."""
    (ticket, household, author) = rows(
        "SELECT id, household_id, assignee_id FROM maintenance_ticket "
        "WHERE household_id IS NOT NULL AND assignee_id IS NOT NULL ORDER BY id LIMIT 1"
    )[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO maintenance_intervention "
            "(id, ticket_id, technician_id, started_at, ended_at, outcome, report) "
            "VALUES (90001, %s, %s, '2026-11-02 10:00+01', '2026-11-02 11:00+01', 'DONE', '')",
            [ticket, author],
        )
        cursor.execute(
            "INSERT INTO maintenance_weaksignal (id, ticket_id, household_id, kind, author_id, seen_at, request_key) "
            "VALUES (90001, %s, %s, 'DANGER', %s, '2026-11-02 10:30+01', gen_random_uuid())",
            [ticket, household, author],
        )
        for pk, passage, signal, data in (
            (1, 90001, None, red),
            (2, 90001, None, blue),
            (3, None, 90001, red),
            (4, 90001, None, red),
        ):
            cursor.execute(
                "INSERT INTO maintenance_photo "
                "(id, intervention_id, signal_id, content_type, data, sha256, taken_at) "
                "VALUES (%s, %s, %s, 'image/jpeg', %s, %s, '2026-11-02 10:45+01')",
                [pk, passage, signal, data, sha256(data).hexdigest()],
            )
    return author


@IN_A_BASE
def test_a_text_beyond_its_bound_is_cut_and_stands_in_the_way_of_no_migration(former: Former):
    with connected_to(former.name):
        assert set(rows("SELECT length(description), right(description, 1) FROM maintenance_ticket")) == {(4000, "…")}
        assert rows("SELECT length(address), right(address, 1) FROM office_association") == [(4000, "é")]


@IN_A_BASE
def test_values_of_a_departement_end_and_stay_as_history(former: Former):
    with connected_to(former.name):
        assert rows("SELECT territory, upper(period) = CURRENT_DATE FROM office_parametervalue ORDER BY territory") == [
            ("35", False), ("44", True),
        ]  # fmt: skip
        kept = "SELECT DISTINCT territory FROM office_parametervalueevent ORDER BY territory"
        assert rows(kept) == [("35",), ("44",), ("56",)]


@IN_A_BASE
def test_notes_that_stood_in_clear_are_sealed_with_their_history(former: Former):
    said = "Le ménage a repris les paiements, il appelle en cas de souci."
    with connected_to(former.name):
        assert rows("SELECT table_name FROM information_schema.columns WHERE column_name = 'text' "
                    "AND table_name LIKE 'social_link_note%'") == []  # fmt: skip
        note = Note.objects.get(pk=1)
        texts = [(event.version, text_of(event, note.key.open())) for event in events_of(Note).filter(id=1)]
        assert texts == [(1, said), (2, f"{said} Et bis."), (2, f"{said} Et bis.")]
        assert (note.version, note.text) == (2, f"{said} Et bis.")
        gone = events_of(Note).get(id=3)
        assert text_of(gone, gone.key.open()) == said
        assert Note.objects.count() > 5
        assert all(note.text for note in Note.objects.select_related("key"))
        with pytest.raises(DatabaseError, match="Cannot"):  # history is kept as it was again
            rows("DELETE FROM social_link_noteevent")


@IN_A_BASE
def test_photos_leave_the_database_and_none_is_lost(former: Former):
    author = former.author
    digests = [sha256(data).hexdigest() for data in former.pictures]
    with connected_to(former.name):
        assert rows("SELECT id, blob_id, stage, name, author_id FROM maintenance_photo ORDER BY id") == [
            (1, digests[0], "AFTER", "photo-1.jpg", author),
            (2, digests[1], "AFTER", "photo-2.jpg", author),
            (3, digests[0], "", "photo-3.jpg", author),
        ]
        assert rows("SELECT count(DISTINCT uuid), min(added_at) = '2026-11-02 10:45+01' FROM maintenance_photo") == [
            (3, True)
        ]
        assert set(rows("SELECT sha256, size, width, height FROM office_blob")) == {
            (digest, len(data), 400, 300) for digest, data in zip(digests, former.pictures, strict=True)
        }
    kept = {path.name: path.read_bytes() for path in former.files.rglob("*.jpg")}
    assert {digest: kept.pop(f"{digest}.jpg") for digest in digests} == dict(zip(digests, former.pictures, strict=True))
    assert {name: Image.open(BytesIO(data)).size for name, data in kept.items()} == {
        f"{digest}.{side}.jpg": (min(side, 400), min(side, 400) * 3 // 4) for digest in digests for side in (320, 960)
    }


def make_picture_bytes(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), colour).save(out, "JPEG")
    return out.getvalue()


# -- migrations stay as they are ------------------------------------------------------------------------------------


def test_migrations_that_bases_have_applied_stay_as_they_are():
    assert list(bases.rewritten(bases.pinned(), settings.BASE_DIR)) == []


@EACH
def test_each_migration_of_a_base_is_pinned(base: Path):
    """Where a base has one that the list does not, somebody took it off the list."""
    assert {bases.path_of(*key) for key in bases.applied(empty.text_of(base))} <= set(bases.pinned())


def test_each_migration_is_pinned():
    """From its first day on the main branch: a base in use may have it."""
    ours = {bases.path_of(app, path.stem) for app, folder in bases.ours().items() for path in folder.glob("0*.py")}
    assert ours - set(bases.pinned()) == set(), "sha256sum it into tests/upgrade/migrations.sha256"


def test_one_base_at_least_is_kept_and_is_small():
    assert bases.kept()
    assert all(base.stat().st_size < 300 * 1024 for base in bases.kept())


def test_a_changed_and_a_removed_migration_are_noticed(tmp_path: Path):
    changed, removed = sorted(bases.pinned())[:2]
    for path in bases.pinned():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.BASE_DIR / path, tmp_path / path)
    assert list(bases.rewritten(bases.pinned(), tmp_path)) == []
    (tmp_path / changed).write_text("# one word more\n" + (tmp_path / changed).read_text())
    (tmp_path / removed).rename(tmp_path / f"{removed}.former")
    found = list(bases.rewritten(bases.pinned(), tmp_path))
    assert found == [f"{changed} was written again", f"{removed} was removed or renamed"]


def test_no_migration_reads_a_module_of_a_subject():
    """It would break on the day on which the module moves or its codes change. `common` stays where it is."""
    reads = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(bases.ours().keys() - {'common'})})\b", re.MULTILINE)
    files = [path for folder in bases.ours().values() for path in folder.glob("*.py")]
    assert len(files) > 10
    assert [str(path) for path in files if reads.search(path.read_text())] == []
