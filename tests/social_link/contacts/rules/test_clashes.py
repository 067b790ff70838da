"""What is asked before a meeting is planned where it hardly fits."""

from datetime import date, time

import pytest

from social_link.contacts.rules.clashes import Meeting, clashes, overlap

DAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (time(14), time(14), True),
        (time(14), time(14, 59), True),
        (time(14, 59), time(14), True),
        (time(14), time(15), False),
        (time(13), time(14), False),
        (time(14), None, False),
        (None, time(14), False),
        (None, None, False),
        (time(23, 30), time(0, 15), False),
    ],
)
def test_two_meetings_overlap(one: time | None, other: time | None, meet: bool) -> None:
    assert overlap(one, other) is meet


@pytest.mark.parametrize(
    ("at", "others", "given", "asked"),
    [
        (time(14), [], {}, []),
        (time(14), [Meeting(2, time(14, 30))], {}, ["Un autre rendez-vous est prévu à 14 h 30 le 5 novembre 2026"]),
        # The first one is said.
        (time(14), [Meeting(3, time(14, 30)), Meeting(2, time(13, 30))], {},
         ["Un autre rendez-vous est prévu à 13 h 30 le 5 novembre 2026"]),
        (time(14), [Meeting(2, time(15))], {}, []),
        (None, [Meeting(2, time(14))], {}, []),
        # The same household twice is one question, whatever the hours.
        (time(14), [Meeting(1, time(14))], {}, ["Ce ménage est déjà prévu le 5 novembre 2026"]),
        (None, [Meeting(1, None)], {}, ["Ce ménage est déjà prévu le 5 novembre 2026"]),
        (None, [], {"holiday": "Toussaint"}, ["Le 5 novembre 2026 est férié (Toussaint)"]),
        (None, [], {"away": "Malo Roux"}, ["Malo Roux est en absence le 5 novembre 2026"]),
        (time(9), [Meeting(2, time(9))], {"holiday": "Noël", "away": "Malo Roux"},
         ["Un autre rendez-vous est prévu à 9 h le 5 novembre 2026", "Le 5 novembre 2026 est férié (Noël)",
          "Malo Roux est en absence le 5 novembre 2026"]),
    ],
)  # fmt: skip
def test_what_is_asked(at: time | None, others: list[Meeting], given: dict[str, str], asked: list[str]) -> None:
    found = clashes(Meeting(1, at), DAY, others, **given)
    assert [question.text().replace("\u00a0", " ") for question in found] == asked
