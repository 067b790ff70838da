"""matrix 6.6, cell by cell, on what each role can read at all: pages, lists, search, CSV, API.

The whole is read once per role (GET of every page of `PAGES` and of every operation of the API, on the three
households; of a PDF, all that its template was given), then each cell listens for words that were written in one place
of the data only. A word that a role may not read is in no answer; one that it may read is where the product shows it.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse

from common import clock
from office.documents.services import HAND_DELIVERED
from office.models import AccessLog
from tests.access import world as w
from tests.access.readings import NAMES, Readings, plain
from tests.access.test_pages import LETTERS, PAGES
from tests.access.world import World
from tests.factories import make_team


def _heard(text: str) -> str:
    """What is read, and what the source holds (attributes, data)."""
    return plain(re.sub(r"<[^>]*>", "", text)) + "\0" + plain(text)


class Voices:
    """What each role was answered: {letter: {address: plain text}}; `ids` of the three homes by kind."""

    def __init__(self) -> None:
        self.heard: dict[str, dict[str, str]] = {}
        self.objects: dict[str, tuple[Any, ...]] = {}

    def where(self, letter: str, word: str) -> list[str]:
        """The addresses whose answer holds the word."""
        wanted = plain(word)
        return [address for address, text in self.heard[letter].items() if wanted in text]

    def at(self, letter: str, name: str, whose: int = 0) -> str:
        """The answer of a page about one of the homes."""
        page = PAGES[name]
        return self.heard[letter][reverse(name, args=[self.objects[kind][whose] for kind in page.of])]


@pytest.fixture(scope="module")
def voices(readings: Readings) -> Voices:
    found = Voices()
    found.objects = readings.objects
    for letter, answers in readings.answers.items():
        heard = found.heard[letter] = {}
        for address, answer in answers.items():
            if answer.status != 200:
                continue
            if answer.kind.startswith(("text/", "application/json")):
                heard[address] = _heard(answer.body.decode())
            elif answer.kind == "application/pdf":
                heard[address] = _heard(readings.papers[answer.body])
    return found


MINE = (NAMES[w.MINE], w.MY_PHONE, w.MY_STREET)
PRIVATE = (w.MY_PRIVATE, w.MY_SEALED, w.THEIR_PRIVATE, w.THEIR_SEALED)
TEAM = (w.MY_TEAM, w.THEIR_TEAM)
WORDS = (w.MY_WORDS, w.THEIR_WORDS)
SHARED = (w.MY_SHARED, w.THEIR_SHARED)
AMOUNTS = (w.MY_DEBT, w.MY_RENT, w.THEIR_RENT, w.HIDDEN_RENT)
BANK = (w.BANK_LABEL, w.BANK_NAME)
ALERTS = (w.MY_FACT, w.THEIR_FACT)
ANSWERS = (w.MY_STEP, w.THEIR_STEP, w.THEIR_HOLD)
SOCIAL = (w.MY_RIGHT, w.THEIR_RIGHT, w.MY_BUDGET, w.THEIR_BUDGET)
CAUSE = (w.CAUSE.label,)
SIGNAL = (w.SIGNAL,)
DIFFICULTY = (w.DIFFICULTY.label, w.PARTNER)
HOUSEHOLDS = (
    *NAMES.values(), w.MY_PHONE, w.THEIR_PHONE, w.HIDDEN_PHONE, w.MY_STREET, w.THEIR_STREET, w.HIDDEN_STREET,
    w.MY_CONTACT_NAME,
)  # fmt: skip
EVERYTHING = (
    *HOUSEHOLDS, *PRIVATE, *TEAM, *SHARED, *AMOUNTS, *BANK, *ALERTS, *ANSWERS, *SIGNAL, w.SAFETY, w.ACCESS_NOTES,
    *SOCIAL, *WORDS,
)  # fmt: skip

NEVER: dict[str, tuple[str, ...]] = {
    "G": (*PRIVATE, *TEAM, *WORDS, *SOCIAL, *SIGNAL, *DIFFICULTY),
    "T": (
        *(word for word in HOUSEHOLDS if word not in (*MINE, w.MY_CONTACT_NAME, w.THEIR_STREET, w.HIDDEN_STREET)),
        *PRIVATE, *TEAM, *WORDS, *SHARED, *SOCIAL, *AMOUNTS, *BANK, *ALERTS, *ANSWERS, *CAUSE, *DIFFICULTY,
    ),
    "S": (
        w.THEIR_PRIVATE, w.THEIR_SEALED, w.THEIR_FACT, w.THEIR_STEP, w.THEIR_HOLD, w.THEIR_RIGHT, w.THEIR_BUDGET,
        w.THEIR_WORDS, "2026-11-27", *BANK,
    ),
    "H": PRIVATE,
    "D": (*PRIVATE, *TEAM, *WORDS, *SHARED, *SOCIAL, *BANK, *ALERTS, *ANSWERS, *SIGNAL, w.SAFETY, w.ACCESS_NOTES),
    "F": EVERYTHING,
    "A": (*EVERYTHING, *DIFFICULTY),
}  # fmt: skip


@pytest.mark.parametrize(("letter", "word"), [(letter, word) for letter, words in NEVER.items() for word in words])
def test_no_answer_of_the_role_holds_the_word(letter: str, word: str, voices: Voices) -> None:
    assert voices.where(letter, word) == []


@pytest.mark.parametrize("letter", [letter for letter in LETTERS if letter != "H"])
def test_who_lives_at_the_protected_address_is_not_told(letter: str, voices: Voices) -> None:
    """The dwelling is known to the house, the household too: never one with the other."""
    named = set(voices.where(letter, NAMES[w.HIDDEN]))
    # Its code too: the page of a dwelling tells its street.
    both = named & {*voices.where(letter, w.HIDDEN_STREET), *voices.where(letter, w.HIDDEN_CODE)}
    # The lists of dwellings and of search name streets; a search for the name answers without any.
    assert sorted(both) == []


@pytest.mark.parametrize("letter", LETTERS)
def test_the_protected_address_is_on_no_paper(letter: str, voices: Voices) -> None:
    assert [address for address in voices.where(letter, w.HIDDEN_STREET) if address.endswith(".pdf")] == []


def test_every_word_of_the_social_service_is_listened_for() -> None:
    """A field that holds free text is one of `FREE_WORDS`, or is here with what it holds."""
    others = {
        "AgreementText": "the words of the house in its contracts", "LetterText": "those of its letters",
        "Agreement": "digests", "SupportLetter": "a digest", "ReferralLink": "a digest", "Visit": "a digest",
        "AgreementSignature": "who signed", "AgreementScan": "the name of a file", "AlertFact": "a key",
        "NoteKey": "the name of a key", "Commission": "a place", "CommissionMember": "a function",
        "FundingLine": "the reference of an agreement", "Partner": "listened for as `PARTNER`",
    }  # fmt: skip
    names = {"Referral": {"contact_phone", "first_name", "last_name", "phone"}}
    missing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("social_link").get_models()
        if model.__name__ not in others and not model.__name__.endswith("Event")
        for field in model._meta.concrete_fields
        if type(field) in (CharField, TextField) and not field.choices
        and field.name not in names.get(model.__name__, set())
        and field.name not in w.FREE_WORDS.get(model, ("", ()))[1]
    ]  # fmt: skip
    assert missing == []


# -- what each role does read: a cell, the page that shows it, the words --------------------------------------------

READ: list[tuple[str, str, str, int, tuple[str, ...]]] = [
    # (row of the matrix, role, page, whose, words)
    ("identity", "G", "desk:household", 0, MINE),
    ("identity", "G", "desk:household", 1, (NAMES[w.THEIRS], w.THEIR_PHONE, w.THEIR_STREET)),
    ("identity", "T", "maintenance:job", 0, MINE),
    ("identity", "S", "desk:household", 1, (NAMES[w.THEIRS], w.THEIR_PHONE, w.THEIR_STREET)),
    ("identity", "H", "desk:household", 0, MINE),
    ("identity", "D", "desk:household", 0, MINE),
    ("protected address", "H", "desk:household", 2, (w.HIDDEN_STREET,)),
    ("protected address", "G", "desk:household", 2, ("Adresse protégée",)),
    ("protected address", "S", "desk:household", 2, ("Adresse protégée",)),
    ("protected address", "D", "desk:household", 2, ("Adresse protégée",)),
    ("balance and ledger", "G", "rent_ledger:statement", 0, (w.MY_DEBT,)),
    ("balance and ledger", "S", "rent_ledger:statement", 1, (w.THEIR_RENT,)),
    ("balance and ledger", "H", "rent_ledger:statement", 0, (w.MY_DEBT,)),
    ("balance and ledger", "D", "rent_ledger:statement", 0, (w.MY_DEBT,)),
    ("cause code", "G", "rent_ledger:case", 0, CAUSE),
    ("cause code", "S", "rent_ledger:case", 0, CAUSE),
    ("cause code", "H", "rent_ledger:case", 0, CAUSE),
    ("difficulties", "S", "desk:household_social", 0, DIFFICULTY),
    ("difficulties", "H", "desk:household_social", 1, DIFFICULTY),
    ("shared note", "G", "desk:household_social", 0, (w.MY_SHARED,)),
    ("shared note", "S", "social_link:notes", 0, (w.MY_SHARED,)),
    ("shared note", "H", "social_link:notes", 1, (w.THEIR_SHARED,)),
    ("note of the team", "S", "social_link:notes", 0, (w.MY_TEAM,)),
    ("note of the team", "S", "desk:household_social", 1, (w.THEIR_TEAM,)),
    ("note of the team", "H", "social_link:notes", 1, (w.THEIR_TEAM,)),
    ("private note", "S", "social_link:notes", 0, (w.MY_PRIVATE, w.MY_SEALED)),
    ("words of a measure", "S", "social_link:measure", 0, (w.MY_WORDS,)),
    ("words of a measure", "H", "social_link:measure", 1, (w.THEIR_WORDS,)),
    ("words of a referral", "S", "social_link:referral", 0, (w.MY_WORDS,)),
    ("words of a commission", "H", "social_link:commission_item", 1, (w.THEIR_WORDS,)),
    ("rights", "S", "desk:household_social", 0, (w.MY_RIGHT,)),
    ("rights", "H", "social_link:household_rights", 1, ("AAH", "Refusé")),
    ("budget", "S", "social_link:budgets", 0, (w.MY_BUDGET,)),
    ("budget", "H", "social_link:budgets", 1, (w.THEIR_BUDGET,)),
    ("ticket", "G", "maintenance:ticket", 1, ("Chasse",)),
    ("ticket", "T", "maintenance:job", 0, ("Chasse",)),
    ("ticket", "S", "maintenance:ticket", 1, ("Chasse",)),
    ("ticket", "H", "maintenance:ticket", 1, ("Chasse",)),
    ("ticket", "D", "maintenance:ticket", 1, ("Chasse",)),
    ("safety notice", "G", "maintenance:ticket", 0, (w.SAFETY,)),
    ("safety notice", "T", "maintenance:job", 0, (w.SAFETY,)),
    ("safety notice", "S", "maintenance:ticket", 0, (w.SAFETY,)),
    ("safety notice", "H", "maintenance:ticket", 0, (w.SAFETY,)),
    ("alert", "G", "desk:household_social", 0, (w.MY_FACT, *CAUSE, w.MY_STEP, "20 nov")),
    ("alert", "G", "rent_ledger:case", 1, (w.THEIR_HOLD,)),
    ("alert", "H", "rent_ledger:case", 1, (w.THEIR_HOLD,)),
    ("alert", "S", "social_link:alert", 0, (w.MY_FACT,)),
    ("alert", "H", "social_link:alert", 1, (w.THEIR_FACT,)),
    ("timeline", "G", "desk:household", 0, ("Visite à domicile", "réservé")),
    ("timeline", "S", "desk:household", 1, ("réservé",)),
    ("documents of account", "G", "rent_ledger:bank", 0, BANK),
    ("documents of account", "H", "rent_ledger:arrears_export", 0, (NAMES[w.MINE], w.MY_DEBT)),
    ("papers", "G", "rent_ledger:demand_pdf", 0, (NAMES[w.MINE], w.MY_STREET, w.MY_RENT)),
    ("papers", "G", "rent_ledger:receipt_pdf", 0, (NAMES[w.MINE], w.MY_STREET)),
    ("papers", "H", "rent_ledger:statement_pdf", 2, (NAMES[w.HIDDEN], HAND_DELIVERED)),
    ("staff", "D", "office:staff", 0, ("Equipe-TECHNICIAN",)),
    ("staff", "A", "office:staff", 0, ("Equipe-TECHNICIAN",)),
]


@pytest.mark.parametrize(
    ("row", "letter", "page", "whose", "words"), READ, ids=[f"{r[0]}-{r[1]}-{r[2]}-{r[3]}" for r in READ]
)
def test_the_role_reads_it(
    row: str, letter: str, page: str, whose: int, words: tuple[str, ...], voices: Voices
) -> None:
    text = voices.at(letter, page, whose)
    assert [word for word in words if plain(word) not in text] == []


@pytest.mark.parametrize(
    ("letter", "page", "whose", "words"),
    [
        # The director reads names and balances, never why a given household owes.
        ("D", "desk:household", 0, CAUSE),
        ("D", "desk:household_technical", 0, CAUSE),
        ("D", "rent_ledger:statement", 0, CAUSE),
        # A social worker reads the facts of the cases that she follows.
        ("S", "desk:household_social", 1, (w.THEIR_FACT, w.THEIR_STEP, w.THEIR_PRIVATE)),
        # A masked address is masked on every view of the household.
        ("G", "desk:household_technical", 2, (w.HIDDEN_STREET,)),
        ("G", "desk:household_social", 2, (w.HIDDEN_STREET,)),
    ],
)
def test_this_page_does_not_say_it(letter: str, page: str, whose: int, words: tuple[str, ...], voices: Voices) -> None:
    text = voices.at(letter, page, whose)
    assert [word for word in words if plain(word) in text] == []


@pytest.mark.parametrize("letter", "GTSHDFA")
def test_the_export_of_arrears(letter: str, voices: Voices) -> None:
    """By name, for the rental manager and the head of social; nobody else has the file."""
    address = f"{reverse('rent_ledger:arrears_export')}?situation=tous&suivi=tous"
    named = [word for word in NAMES.values() if address in voices.where(letter, word)]
    assert named == (list(NAMES.values()) if letter in "GH" else [])


def test_the_funder_and_the_administrator_are_answered(voices: Voices) -> None:
    """Silence proves something only where something was said."""
    assert len(voices.heard["F"]) >= 3
    assert len(voices.heard["A"]) >= 10
    for letter in "GTSHD":
        assert len(voices.heard[letter]) >= 15, letter


# -- a sealed note, the access log ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_sealed_note_is_read_with_a_reason_and_the_read_is_logged(world: World) -> None:
    client = Client()
    client.force_login(world.people[LETTERS["H"]])
    note = world.theirs.notes["SEALED"]
    address = reverse("social_link:note_open", args=[note.pk])
    assert plain(w.THEIR_SEALED) not in _heard(client.post(address, {"reason": ""}, follow=True).content.decode())
    assert not AccessLog.objects.filter(household_id=note.household_id, object_id=note.pk).exists()
    answer = client.post(address, {"reason": "Relais pendant les congés"}, follow=True)
    assert plain(w.THEIR_SEALED) in _heard(answer.content.decode())
    logged = AccessLog.objects.order_by("pk").last()
    assert logged is not None
    assert (logged.user, logged.reason) == (world.people[LETTERS["H"]], "Relais pendant les congés")
    assert logged.household_id == world.theirs.lease.household_id


@pytest.mark.django_db
def test_the_log_of_ones_own_team(world: World) -> None:
    """The head reads the log of her team; the director and the administrator the whole of it."""
    team_mate, stranger = world.people[LETTERS["S"]], world.people[LETTERS["G"]]
    make_team(name="Service social").members.add(world.people[LETTERS["H"]], team_mate)
    for user in (team_mate, stranger):
        AccessLog.objects.create(user=user, subject="PRIVATE_NOTE", object_type="note", object_id=1, reason="Essai")
    for letter, seen in (("H", False), ("D", True), ("A", True)):
        client = Client()
        client.force_login(world.people[LETTERS[letter]])
        text = client.get(reverse("office:access_log")).content.decode()
        assert "Equipe-SOCIAL_WORKER" in text, letter
        assert ("Equipe-RENTAL_MANAGER" in text) == seen, letter


@pytest.mark.django_db
def test_who_is_in_charge_reads_the_protected_address(world: World) -> None:
    for user, page, ids in (
        (world.others[LETTERS["G"]], "desk:household", world.hidden.lease.household_id),
        (world.others[LETTERS["S"]], "desk:household", world.hidden.lease.household_id),
        (world.others[LETTERS["T"]], "maintenance:job", world.hidden.ticket.pk),
    ):
        client = Client()
        client.force_login(user)
        assert plain(w.HIDDEN_STREET) in _heard(client.get(reverse(page, args=[ids])).content.decode()), page


@pytest.mark.django_db
def test_the_technician_reads_the_protected_address_that_day_only(world: World) -> None:
    client = Client()
    client.force_login(world.others[LETTERS["T"]])
    address = reverse("maintenance:job", args=[world.hidden.ticket.pk])
    with clock.travel(w.TODAY + timedelta(days=1)):
        text = _heard(client.get(address).content.decode())
    assert plain(w.HIDDEN_STREET) not in text


def test_why_an_aid_was_refused_is_for_the_social_service(voices: Voices) -> None:
    """Management and colleagues read the facts of a file: of which aid, where it stands, days, amounts."""
    reason = w.AID_REFUSED.label
    for letter in "GTDFA":
        assert voices.where(letter, reason) == []
    assert plain("800,00") in voices.at("G", "rent_ledger:aid_file")
    assert plain(reason) in voices.at("S", "rent_ledger:aid_file")
    assert plain(reason) not in voices.at("S", "rent_ledger:aid_file", 1)
    assert plain(reason) in voices.at("H", "rent_ledger:aid_file", 1)
