"""A decision in plain words, by hand."""

from datetime import date
from typing import Any

import pytest

from social_link.commissions.codes import Ask, Ruling
from social_link.commissions.rules.words import decision_words

DAY = date(2026, 11, 12)


@pytest.mark.parametrize(
    ("ask", "decision", "given", "said"),
    [
        ("OPENING", "ACCORD", {"months": 6, "day": DAY}, "accordée pour 6 mois, à compter du 12 novembre 2026."),
        ("OPENING", "NO", {}, "Elle n’a pas accordé la mesure ASLL."),
        ("RENEWAL", "RENEWED", {"months": 3, "until": date(2027, 2, 14)}, "de 3 mois, jusqu’au 14 février 2027."),
        (
            "RENEWAL",
            "RENEWED",
            {"months": 3, "conditions": ["Loyer courant payé"]},
            "Elle demande : loyer courant payé.",
        ),
        ("RENEWAL", "NO", {}, "qui finit à son terme."),
        ("RENEWAL", "NO", {"until": date(2026, 11, 14), "held_on": DAY}, "qui finit le 14 novembre 2026."),
        ("RENEWAL", "NO", {"until": date(2026, 11, 9), "held_on": DAY}, "qui a fini le 9 novembre 2026."),
        ("RENEWAL", "ENDED", {"day": DAY}, "se termine le 12 novembre 2026."),
        ("CHANGE", "ACCORD", {"day": DAY}, "La mesure devient : ASLL, à compter du 12 novembre 2026."),
        ("CHANGE", "NO", {}, "Elle n’a pas changé le type de la mesure."),
        ("END", "NO", {}, "La mesure ASLL continue."),
        ("END", "ADJOURN", {}, "elle examinera de nouveau la demande."),
    ],
)
def test_words(ask: str, decision: str, given: dict[str, Any], said: str) -> None:
    words = decision_words(ask=Ask(ask), decision=Ruling(decision), kind="ASLL", **given)
    assert said in words.replace("\xa0", " ")
