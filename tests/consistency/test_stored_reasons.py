"""A reason is stored as its code, so a code lives as long as the rows do. `stored_reasons.toml` holds each of them."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.codes import Code
from common.reasons import Former, Reason, named_figures
from rent_ledger.arrears.codes import CcapexWhy, LegalWhy, SignWhy
from rent_ledger.books.codes import DefaultWhy, LaneWhy, OrderWhy
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import said
from rent_ledger.models import AccountState, ArrearsCase, BenefitLine, EarlySign
from rent_ledger.rights.codes import LineWhy
from social_link.alerts.codes import AlertWhy
from social_link.models import AlertFact

PINNED: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("stored_reasons.toml").read_text(encoding="utf-8")
)
Read = Callable[[dict[str, Any]], Reason | None]
# How each field is read, and the classes whose members are stored in it.
FIELDS: dict[str, tuple[Read, tuple[type[Code], ...]]] = {
    "AccountState.reason": (lambda node: AccountState(reason=node).why, (LaneWhy, DefaultWhy)),
    "AccountState.ranking": (lambda node: AccountState(ranking=[node]).place[0], (OrderWhy,)),
    "EarlySign.reason": (lambda node: EarlySign(reason=node).why, (SignWhy,)),
    "ArrearsCase.threshold": (lambda node: ArrearsCase(threshold=node).legal_reason, (LegalWhy,)),
    "ArrearsCase.ccapex": (lambda node: ArrearsCase(ccapex=node).ccapex_reason, (CcapexWhy,)),
    "BankLine.reasons": (lambda node: said([{**node, "ok": True}])[0].reason, (MatchWhy,)),
    "BenefitLine.reason": (lambda node: BenefitLine(reason=node).why, (LineWhy,)),
    "AlertFact.reasons": (lambda node: AlertFact(reasons=[node]).said[0], (AlertWhy, DefaultWhy)),
}


def test_every_field_is_pinned() -> None:
    assert set(PINNED) == set(FIELDS)


@pytest.mark.parametrize(
    ("field", "code", "figures"),
    [(field, code, figures) for field, codes in PINNED.items() for code, figures in codes.items()],
)
def test_a_code_that_was_stored_has_its_sentence(field: str, code: str, figures: list[str]) -> None:
    reason = FIELDS[field][0]({"code": code, "figures": dict.fromkeys(figures, "2026-11-01")})
    assert reason is not None
    assert reason.code is not Former.VERSION, (
        f"{field}: stored rows have the code {code} with the figures {figures}. Write a migration that gives them "
        "another code or the figures that lack, then change stored_reasons.toml"
    )


@pytest.mark.parametrize("field", FIELDS)
def test_a_code_that_is_stored_is_pinned(field: str) -> None:
    now = {str(m): sorted(named_figures(m.label)) for codes in FIELDS[field][1] for m in codes}
    lacking = {code: figures for code, figures in now.items() if code not in PINNED[field]}
    assert not lacking, f"{field}: add these codes to stored_reasons.toml"
