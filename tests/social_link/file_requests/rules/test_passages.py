"""What of a note is handed over: hand cases, from RGPD art. 15 § 4 (others are not told of)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_link.file_requests.rules.passages import handed, passages

TEXT = "Venue avec son fils. Il a perdu son emploi ! Elle paiera le 6.\nRappeler : 2 h."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (TEXT, ["Venue avec son fils. ", "Il a perdu son emploi ! ", "Elle paiera le 6.\n", "Rappeler : 2 h."]),
        ("Sans point", ["Sans point"]),
        ("Dit « non. » Puis oui.", ["Dit « non. » ", "Puis oui."]),
        ("Doit 12.50 euros… Et puis ?", ["Doit 12.50 euros… ", "Et puis ?"]),
        ("Un\n\n\nDeux\n", ["Un\n\n\n", "Deux\n"]),
        ("... \n", ["... \n"]),
    ],
)
def test_the_passages_of_a_text(text: str, parts: list[str]) -> None:
    assert passages(text) == parts


@given(st.text(alphabet="ab .!?…\n»)", max_size=60).filter(str.strip))
def test_the_passages_are_the_whole_text(text: str) -> None:
    assert "".join(passages(text)) == text
    assert handed(text, range(len(passages(text)))) == [None]


@pytest.mark.parametrize(
    ("struck", "said"),
    [
        ([], [TEXT]),
        ([1], ["Venue avec son fils.", None, "Elle paiera le 6.\nRappeler : 2 h."]),
        ([0, 1], [None, "Elle paiera le 6.\nRappeler : 2 h."]),
        ([0, 3], [None, "Il a perdu son emploi ! Elle paiera le 6.", None]),
        ([9], [TEXT]),
    ],
)
def test_what_is_struck_is_not_handed_over(struck: list[int], said: list[str | None]) -> None:
    assert handed(TEXT, struck) == said
