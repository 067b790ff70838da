"""A reason is a code and figures; French is written once, where it is shown."""

from datetime import date
from decimal import Decimal

import pytest

from common import reasons
from common.codes import Code
from common.reasons import Reason, listed
from common.typography import NBSP


class Why(Code):
    RETURNED = "RETURNED", "Rejet du {on:day}, attendre le {until:day}"
    OWED = "OWED", "{total:euros} dus sur {terms:terme}, soit {ratio:number1} × le net"
    MONTHS = "MONTHS", "Termes {months:of_month}"
    PLAIN = "PLAIN", "Rien à dire"
    TEXT = "TEXT", "Code civil, art. 1342-10"


def _words(text: str) -> str:
    return text.replace(NBSP, " ")


def test_figures_are_written_in_french():
    owed = Reason(Why.OWED, {"total": Decimal("1204.7"), "terms": 2, "ratio": Decimal("3.25")})
    assert _words(owed.text()) == "1 204,70 € dus sur 2 termes, soit 3,3 × le net"


def test_a_day_near_today_goes_without_its_year():
    reason = Reason(Why.RETURNED, {"on": date(2026, 11, 5), "until": date(2027, 6, 12)})
    assert _words(reason.text(today=date(2026, 11, 5))) == "Rejet du 5 nov., attendre le 12 juin 2027"
    assert _words(reason.text()) == "Rejet du 5 nov. 2026, attendre le 12 juin 2027"


def test_a_number_in_letters():
    for count, words in ((1, "Un terme"), (2, "Deux termes"), (12, "12 termes")):

        class Said(Code):
            TERMS = "TERMS", "{n:letters terme}"

        assert _words(Reason(Said.TERMS, {"n": count}).text()).capitalize() == words


def test_lists():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"
    reason = Reason(Why.MONTHS, {"months": [date(2026, 9, 1), date(2026, 10, 1)]})
    assert _words(reason.text()) == "Termes de septembre 2026 et d’octobre 2026"


def test_a_figure_that_lacks_is_an_error():
    with pytest.raises(KeyError):
        Reason(Why.OWED, {"total": Decimal(1)}).text()


def test_what_is_stored_says_the_same_when_read_again():
    reason = Reason(
        Why.OWED,
        {"total": Decimal("450.00"), "terms": 1, "ratio": Decimal("1.5")},
        amount=Decimal("450.00"),
        parts=(Reason(Why.RETURNED, {"on": date(2026, 1, 1), "until": date(2026, 1, 8)}, Decimal("450.00")),),
        detail=Reason(Why.PLAIN),
        rule=Reason(Why.TEXT),
        on=date(2026, 11, 5),
        url="/x/",
    )
    again = Reason.from_json(reason.to_json(), Why)
    assert again.text() == reason.text()
    assert again.parts[0].text() == reason.parts[0].text()
    assert again.to_json() == reason.to_json()
    assert (again.amount, again.on, again.url) == (Decimal("450.00"), date(2026, 11, 5), "/x/")


FORMER = [
    ("a code that is gone", {"code": "GONE", "figures": {"on": "2026-01-01"}}, "GONE"),
    ("a figure that the sentence names and nothing stored", {"code": "RETURNED", "figures": {"on": "2026-01-01"}},
     "RETURNED"),
    ("no figures at all", {"code": "MONTHS"}, "MONTHS"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "code"), [row[1:] for row in FORMER], ids=[row[0] for row in FORMER])
def test_a_stored_reason_without_a_sentence_is_said_and_logged(node, code, caplog, monkeypatch):
    # A worker or a server that ran in this process before may have taken the handlers of the root, or silenced ours.
    monkeypatch.setattr(reasons.logger, "disabled", False)
    monkeypatch.setattr(reasons.logger, "handlers", [caplog.handler])
    monkeypatch.setattr(reasons.logger, "propagate", False)
    caplog.set_level("ERROR", logger=reasons.logger.name)
    node = {**node, "amount": "12.00", "on": "2026-02-01", "parts": [{"code": "PLAIN"}, {"code": "LOST"}]}
    again = Reason.from_json(node, Why)
    assert again.text() == f"Motif d’une version antérieure ({code})"
    assert (again.amount, again.on) == (Decimal("12.00"), date(2026, 2, 1))
    assert [part.text() for part in again.parts] == ["Rien à dire", "Motif d’une version antérieure (LOST)"]
    assert [code in record.getMessage() for record in caplog.records] == [True, False]
    assert Reason.from_json(again.to_json(), Why).text() == again.text(), "it is not wrapped twice"
