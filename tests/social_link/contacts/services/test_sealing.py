"""The texts of notes in the database: sealed where they stand, opened by the installation's keys, wrapped again."""

import logging
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from common.errors import Conflict
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.contacts import rewrapping, services
from social_link.contacts.checks import SHORTEST, keys_are_named, keys_in_use_are_known
from social_link.contacts.queries import notes_of
from social_link.contacts.sealing import Unopened
from social_link.models import Note, NoteKey
from tests.factories import make_let, make_note, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TEXT = "Venue seule, le bail sera signé vendredi"
FORMER, NEW = {"2025": "f" * SHORTEST}, {"2026": "n" * SHORTEST}


@pytest.fixture
def referent(db: None) -> Actor:
    return Actor.of(make_user(role=Role.SOCIAL_WORKER))


@pytest.fixture
def household(referent: Actor) -> Household:
    household = make_let().household
    make_referent(household=household, user=referent.user)
    return household


@pytest.fixture
def note(household: Household, referent: Actor, settings: Any) -> Note:
    settings.NOTE_KEYS = FORMER
    return make_note(household=household, author=referent.user, text=TEXT)


def read(note: Note) -> str:
    return Note.objects.get(pk=note.pk).text


def kept() -> Iterator[str]:
    """Every value of every table of the social service, as text; bytes in both of their writings."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("social_link_", "office_", "pghistory_")):
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                yield from (row for (row,) in cursor.fetchall())


def test_no_table_has_a_text_in_clear_whatever_was_done_to_it(note: Note, referent: Actor) -> None:
    services.edit_note(note=note, text=f"{TEXT} à dix heures", actor=referent)
    services.withdraw_note(note_id=note.pk, actor=referent)
    services.bring_back_note(note_id=note.pk, actor=referent)
    said = " ".join(kept())
    assert read(note) == f"{TEXT} à dix heures"
    for word in ("vendredi", "dix heures"):
        assert word not in said
        assert word.encode().hex() not in said
    assert (
        f"\\x{note.sealed_text.hex()}" in said
    )  # the first version, in the history: what is looked at is all there is


MOVES = {
    "text": "UPDATE social_link_note a SET sealed_text = b.sealed_text FROM social_link_note b "
    "WHERE a.id = %(note)s AND b.id = %(other)s",
    "text and key": "UPDATE social_link_note a SET sealed_text = b.sealed_text, key_id = b.key_id "
    "FROM social_link_noteevent b WHERE a.id = %(note)s AND b.id = %(other)s",
    "key": "UPDATE social_link_notekey a SET wrapped = b.wrapped FROM social_link_notekey b, social_link_note n "
    "WHERE n.id = %(note)s AND a.id = n.key_id AND b.id <> a.id",
    "version": "UPDATE social_link_note SET version = version + 1 WHERE id = %(note)s",
}


@pytest.mark.parametrize("moved", MOVES)
def test_what_is_moved_to_another_place_does_not_open(note: Note, moved: str, caplog: Any) -> None:
    other = make_note(author=note.author, text="Autre")
    if moved == "text and key":
        Note.objects.filter(pk=other.pk).delete()  # a key is that of one note
    with connection.cursor() as cursor:
        cursor.execute(MOVES[moved], {"note": note.pk, "other": other.pk})
        assert cursor.rowcount >= 1
    with pytest.raises(Unopened), caplog.at_level(logging.ERROR):
        read(note)
    assert caplog.records


@pytest.mark.parametrize("text", [b"Venue seule", b"\x01" + b"x" * 17_000, b""])
def test_the_database_refuses_a_text_that_is_not_sealed(note: Note, text: bytes) -> None:
    with pytest.raises(Exception, match="note_text_sealed|index 0 out of valid range"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(sealed_text=text)


def test_the_key_of_a_note_is_not_taken_away(note: Note) -> None:
    services.withdraw_note(note_id=note.pk, actor=Actor.of(note.author))
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        NoteKey.objects.filter(pk=note.key_id).delete()


# -- rotation -------------------------------------------------------------------------------------------------------


def test_a_key_is_changed_while_everything_is_read(note: Note, referent: Actor, settings: Any) -> None:
    services.edit_note(note=note, text="Second texte", actor=referent)
    gone = make_note(household=note.household, author=note.author, text="Retirée")
    services.withdraw_note(note_id=gone.pk, actor=referent)
    settings.NOTE_KEYS = NEW | FORMER
    assert read(note) == "Second texte"
    call_command("rewrap_notes", stdout=(told := StringIO()))
    assert "2 clés de notes encore sous « 2025 »" in told.getvalue().replace("\u00a0", " ")
    assert rewrapping.keys_in_use() == {"2025": 2}  # that was for show
    for _ in range(2):
        call_command("rewrap_notes", "--wet-run", stdout=StringIO())
    settings.NOTE_KEYS = NEW
    assert rewrapping.keys_in_use() == {"2026": 2}
    [line] = notes_of(note.household, referent)
    assert (line.text, [said.text for said in line.former]) == ("Second texte", [TEXT])
    assert services.bring_back_note(note_id=gone.pk, actor=referent).text == "Retirée"


def test_a_rotation_that_is_cut_goes_on(note: Note, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [note, *(make_note(author=note.author, text=f"Mot {n}") for n in range(4))]
    settings.NOTE_KEYS = NEW | FORMER
    monkeypatch.setattr(rewrapping, "AT_ONCE", 2)
    assert list(islice(rewrapping.rewrap(), 1)) == [2]
    assert rewrapping.keys_in_use() == {"2025": 3, "2026": 2}
    # Who had the row before it was wrapped again writes all the same.
    services.edit_note(note=note, text="Entre deux", actor=Actor.of(note.author))
    assert list(rewrapping.rewrap()) == [2, 3]
    settings.NOTE_KEYS = NEW
    assert [read(one) for one in notes] == ["Entre deux", "Mot 0", "Mot 1", "Mot 2", "Mot 3"]


def test_what_an_unknown_key_wraps_is_passed_over_and_told(note: Note, settings: Any) -> None:
    settings.NOTE_KEYS = {"2024": "o" * SHORTEST}
    lost = make_note(author=note.author)
    settings.NOTE_KEYS = NEW | FORMER | {"2024": "another word under the name of a key"}
    with pytest.raises(CommandError, match="Des clés manquent"):
        call_command("rewrap_notes", "--wet-run", stdout=(told := StringIO()))
    assert "1 clé de note encore sous « 2024 »" in told.getvalue().replace("\u00a0", " ")
    assert rewrapping.keys_in_use() == {"2024": 1, "2026": 1}
    assert read(note) == TEXT
    with pytest.raises(Unopened):
        read(lost)


# -- a key that is missing ------------------------------------------------------------------------------------------


def test_a_missing_key_is_told_in_the_place_of_the_text_and_breaks_nothing(note: Note, settings: Any) -> None:
    settings.NOTE_KEYS = NEW
    other = make_note(household=note.household, author=note.author, text="Sous la nouvelle clé")
    client = signed_in(note.author)
    for address in (reverse("social_link:notes", args=[note.household_id]), f"/menages/{note.household_id}/social/"):
        page = plain(client.get(address))
        assert "la clé « 2025 » manque à cette installation" in page
        assert "Sous la nouvelle clé" in page
    edit = client.get(reverse("social_link:note_edit", args=[note.pk]), follow=True)
    assert "la clé « 2025 » manque" in plain(edit)
    assert read(other) == "Sous la nouvelle clé"


def test_without_any_key_a_note_is_not_written_in_clear_and_the_contact_is_not_noted(
    household: Household, referent: Actor, settings: Any
) -> None:
    settings.NOTE_KEYS = {}
    with pytest.raises(Conflict, match="n’a pas de clé"):
        services.write_note(household=household, text=TEXT, actor=referent)
    assert [found.id for found in keys_are_named(None)] == ["social_link.E006"]


def test_what_check_says_of_the_keys(note: Note, settings: Any) -> None:
    for keys, found in (
        (FORMER, []),
        (NEW, ["social_link.W006"]),
        (NEW | FORMER, []),
        (NEW | {"2025": "w" * SHORTEST}, ["social_link.W006"]),
    ):
        settings.NOTE_KEYS = keys
        assert [said.id for said in keys_in_use_are_known(None, databases=["default"])] == found
    assert "« 2025 »" in str(keys_in_use_are_known(None, databases=["default"])[0].msg)
    assert keys_in_use_are_known(None) == []
    for keys in ({"": "w" * SHORTEST}, {"2026": "court"}, {"Clé": "w" * SHORTEST}):
        settings.NOTE_KEYS = keys
        assert [said.id for said in keys_are_named(None)] == ["social_link.E007"]


# -- the page -------------------------------------------------------------------------------------------------------


def test_a_page_of_notes_asks_a_constant_number_of_queries(
    household: Household, referent: Actor, client: Client, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address = reverse("social_link:notes", args=[household.pk])

    def corrected(n: int) -> None:
        made = make_note(household=household, author=referent.user, level="TEAM", text=f"Mot {n}")
        services.edit_note(note=made, text=f"Mot {n} corrigé", actor=referent)

    corrected(0)
    client.get(address)
    with django_assert_max_num_queries(60) as first:
        client.get(address)
    for n in range(1, 6):
        corrected(n)
    with django_assert_max_num_queries(len(first.captured_queries)):
        page = plain(client.get(address))
    assert page.count("1 texte précédent") == 6
