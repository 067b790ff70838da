"""Reasons of a match, as COPY writes them and as a model takes them: the same, and read again they say the same."""

import json
from datetime import date
from decimal import Decimal

from common.reasons import Reason
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import said, stored, stored_text

FOR = (
    Reason(MatchWhy.IBAN_KNOWN),
    Reason(MatchWhy.CHEQUES_IN_HAND, {"amount": Decimal("213.40")}),
    Reason(MatchWhy.RETURN_OF, {"on": date(2026, 11, 4)}),
    Reason(MatchWhy.NAME, {"percent": 87}),
)
AGAINST = (Reason(MatchWhy.PAID_AS, {"name": 'UDAF "44"\\ \t\n’é'}),)


def test_the_two_ways_to_store_are_one() -> None:
    assert json.loads(stored_text(FOR, ())) == stored(*FOR)
    assert json.loads(stored_text((), AGAINST)) == [{**AGAINST[0].to_json(), "ok": False}]


def test_what_was_stored_is_said_again() -> None:
    read = said(json.loads(stored_text(FOR, AGAINST)))
    assert [s.reason.text() for s in read] == [r.text() for r in (*FOR, *AGAINST)]
    assert [s.ok for s in read] == [True] * 4 + [False]
