"""The texts of the association, by version."""

import pytest

from common.errors import Conflict, InvalidInput
from office.messages.codes import Channel
from office.messages.kinds import Text, declare
from office.messages.models import MessageText
from office.messages.queries import text_in_use
from office.messages.services.texts import save_text
from tests.factories import make_actor
from tests.office.messages.conftest import HELLO
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


def save(body: str, seen: int, *, channel: str = "SMS", kind: str = "HELLO", subject: str = "") -> MessageText:
    return save_text(kind=kind, channel=channel, subject=subject, body=body, seen_version=seen, actor=make_actor())


def test_each_change_is_a_new_version_and_messages_keep_theirs() -> None:
    assert text_in_use("HELLO", "SMS") == (Text("", "Bonjour {nom}."), 0)
    before = written()
    assert save("Salut {nom}.\r\n", 0).version == 1
    assert save("Coucou {nom}.", 1).version == 2
    assert text_in_use("HELLO", "SMS") == (Text("", "Coucou {nom}."), 2)
    assert text_in_use("HELLO", "EMAIL")[1] == 0
    before.refresh_from_db()
    assert (before.body, before.text_version) == ("Bonjour Mme Sarr.", 0)
    assert MessageText.objects.get(version=1).body == "Salut {nom}."


def test_the_same_words_are_no_new_version() -> None:
    with pytest.raises(InvalidInput, match="rien n’a changé"):
        save("Bonjour {nom}.\r\n", 0)
    save("Salut {nom}.", 0)
    with pytest.raises(InvalidInput, match="rien n’a changé"):
        save("Salut {nom}.", 1)
    assert save("Bonjour {nom}.", 1).version == 2, "the way back to the text that comes with Ancrage"


def test_a_text_that_somebody_changed_meanwhile_is_refused() -> None:
    save("Salut {nom}.", 0)
    with pytest.raises(Conflict, match="Rechargez"):
        save("Coucou {nom}.", 0)


@pytest.mark.parametrize(
    ("channel", "subject", "body", "field"),
    [("SMS", "", "{autre}", "body"), ("SMS", "", "{somme}", "body"), ("EMAIL", "{somme}", "b", "subject")],
)
def test_fields_are_checked_when_the_text_is_saved(channel: str, subject: str, body: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save(body, 0, channel=channel, subject=subject)
    assert refusal.value.field == field
    assert not MessageText.objects.exists()


@pytest.mark.parametrize(("kind", "channel"), [("AUTRE", "SMS"), ("HELLO", "CALL"), ("HELLO", "PIGEON")])
def test_only_what_is_declared_has_a_text(kind: str, channel: str) -> None:
    with pytest.raises(InvalidInput, match="n’existe pas"):
        save("b", 0, kind=kind, channel=channel)


def test_a_declared_text_is_checked_as_a_typed_one() -> None:
    from dataclasses import replace

    from tests.office.messages.conftest import TestMessage

    with pytest.raises(ValueError, match="declared twice"):
        declare(replace(HELLO, about="elsewhere"))

    class Other(type(TestMessage.HELLO).__base__):  # type: ignore[misc]
        BAD = "BAD", "Mauvais"

    with pytest.raises(ValueError, match="n’est pas un champ"):
        declare(replace(HELLO, code=Other.BAD, texts={Channel.SMS: Text("", "{autre}")}))
