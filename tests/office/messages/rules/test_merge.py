"""Merge fields: what a text may hold, and what comes out."""

import pytest

from office.messages.codes import Channel
from office.messages.rules.merge import MAX_BODY, MAX_SMS, MAX_SUBJECT, MergeField, merged, names_in, problems

FIELDS = (MergeField("nom", "Nom", "Mme Sarr"), MergeField("somme", "Somme", "12,00 €", is_private=True))


def said(channel: Channel, subject: str, body: str) -> list[tuple[str, str]]:
    """(field, first word or two of each problem)."""
    return [
        (field, text.split(" ")[0] if text[0] != "«" else " ".join(text.split(" ")[1:2]))
        for field, text in problems(channel=channel, subject=subject, body=body, fields=FIELDS)
    ]


def test_fields_are_found_once_each_in_order() -> None:
    assert names_in("{b} {a} {b} { a}") == ["b", "a", " a"]


def test_values_are_put_in_and_braces_in_them_are_no_field() -> None:
    assert merged("Bonjour {nom}, {somme}.", {"nom": "{somme}", "somme": "12 €"}) == "Bonjour {somme}, 12 €."
    with pytest.raises(KeyError):
        merged("{autre}", {"nom": "x"})


@pytest.mark.parametrize(
    ("channel", "subject", "body"),
    [
        (Channel.EMAIL, "Pour {nom}", "Il reste {somme}."),
        (Channel.PAPER, "s" * MAX_SUBJECT, "b" * MAX_BODY),
        (Channel.SMS, "", "b" * MAX_SMS),
        (Channel.CALL, "", "Il reste {somme}."),
    ],
)
def test_a_text_that_may_be_saved(channel: Channel, subject: str, body: str) -> None:
    assert problems(channel=channel, subject=subject, body=body, fields=FIELDS) == []


@pytest.mark.parametrize(
    ("channel", "subject", "body", "expected"),
    [
        (Channel.EMAIL, "Objet", "Bonjour {prenom}", [("body", "{prenom}")]),
        (Channel.EMAIL, "Il reste {somme}", "b", [("subject", "{somme}")]),
        (Channel.SMS, "", "Il reste {somme}", [("body", "{somme}")]),
        (Channel.EMAIL, "", "b", [("subject", "Donnez")]),
        (Channel.PAPER, " ", "b", [("subject", "Donnez")]),
        (Channel.SMS, "Objet", "b", [("subject", "Un")]),
        (Channel.CALL, "Objet", "b", [("subject", "Un")]),
        (Channel.EMAIL, "a\nb", "b", [("subject", "L’objet")]),
        (Channel.EMAIL, "a\rb", "b", [("subject", "L’objet")]),
        (Channel.EMAIL, "s" * (MAX_SUBJECT + 1), "b", [("subject", "L’objet")]),
        (Channel.EMAIL, "Objet", " \n", [("body", "Écrivez")]),
        (Channel.SMS, "", "b" * (MAX_SMS + 1), [("body", "Le")]),
        (Channel.EMAIL, "Objet", "b" * (MAX_BODY + 1), [("body", "Le")]),
        (Channel.EMAIL, "Objet", "Bonjour {nom", [("body", "Une")]),
        (Channel.EMAIL, "Objet", "Bonjour nom}", [("body", "Une")]),
    ],
)  # fmt: skip
def test_a_text_that_may_not(channel: Channel, subject: str, body: str, expected: list[tuple[str, str]]) -> None:
    assert said(channel, subject, body) == expected


def test_an_unknown_field_is_told_with_those_that_exist() -> None:
    [(_, text)] = problems(channel=Channel.EMAIL, subject="o", body="{nome}", fields=FIELDS)
    assert text == "« {nome} » n’est pas un champ de ce message. Ceux qui existent : {nom}, {somme}."
    [(_, text)] = problems(channel=Channel.SMS, subject="", body="b" * (MAX_SMS + 1), fields=FIELDS)
    assert text == "Le texte tient en 459 caractères : il en a 460."
    [(_, text)] = problems(channel=Channel.EMAIL, subject="s" * 121, body="b", fields=FIELDS)
    assert text == "L’objet tient en 120 caractères."
    [(_, text)] = problems(channel=Channel.PAPER, subject="o", body="b" * 5001, fields=FIELDS)
    assert text == "Le texte tient en 5000 caractères : il en a 5001."
