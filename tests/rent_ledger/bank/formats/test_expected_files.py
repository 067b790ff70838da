"""Every real bank file reads as an independent script read it (`EXPECTED.json` beside the files)."""

import itertools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rent_ledger.bank.formats.detect import read_bank_file
from rent_ledger.bank.formats.model import ReadStatement, to_json

BANK = Path(__file__).resolve().parents[3] / "data" / "bank"
FOLDERS = ("camt", "camt_daily_series", "cfonb120")


def _expected() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (folder, name, expected)
        for folder in FOLDERS
        for name, expected in sorted(json.loads((BANK / folder / "EXPECTED.json").read_text()).items())
        if not name.startswith("_")
    ]


CASES = _expected()


def test_all_files_are_in_the_expected_lists() -> None:
    on_disk = {
        (folder, path.name) for folder in FOLDERS for path in (BANK / folder).iterdir() if path.name != "EXPECTED.json"
    }
    assert on_disk == {(folder, name) for folder, name, _ in CASES}
    assert len(on_disk) == 52


def _first(expected: dict[str, Any], *names: str) -> Any:
    return next((expected[name] for name in names if name in expected), None)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(("folder", "name", "expected"), CASES, ids=[f"{f}/{n}" for f, n, _ in CASES])
def test_file_reads_as_expected(folder: str, name: str, expected: dict[str, Any]) -> None:
    content = read_bank_file((BANK / folder / name).read_bytes(), filename=name)
    printed: Any = json.loads(json.dumps(to_json(content)))
    assert printed["format"] == expected["format"]
    assert printed["errors"] == []
    assert len(printed["statements"]) == len(expected["detail"])
    for ours, theirs, read in zip(printed["statements"], expected["detail"], content.statements, strict=True):
        assert list(ours) == [
            "account", "currency", "opening", "closing", "entries", "credits", "debits",
            "sum_credits", "sum_debits", "not_booked", "adds_up",
        ]  # fmt: skip
        assert ours["account"] == theirs["account"]
        assert ours["currency"] == (theirs["currency"] and theirs["currency"].replace("(defaulted)", ""))
        for key in ("opening", "closing"):
            assert _decimal(ours[key]) == _decimal(theirs.get(key))
        assert ours["entries"] == theirs["entries"]
        assert ours["credits"] == _first(theirs, "booked_credits_n", "credits_n")
        assert ours["debits"] == _first(theirs, "booked_debits_n", "debits_n")
        assert Decimal(ours["sum_credits"]) == Decimal(_first(theirs, "sum_booked_credits", "sum_credits"))
        assert Decimal(ours["sum_debits"]) == Decimal(_first(theirs, "sum_booked_debits", "sum_debits"))
        assert ours["not_booked"] == theirs.get("not_booked_entries", 0)
        assert ours["adds_up"] == theirs.get("balances_agree")
        if folder == "cfonb120":
            _check_cfonb(read, theirs)
        else:
            _check_camt(read, theirs)


def _check_camt(read: ReadStatement, theirs: dict[str, Any]) -> None:
    assert (read.kind, read.id, read.sequence or None) == (theirs["kind"], theirs["id"], theirs["sequence"])
    assert [(b.kind, str(b.amount), b.currency, str(b.day)) for b in read.balances] == [
        (b["type"], b["amount"], b["currency"], b["date"]) for b in theirs["balances"]
    ]
    assert sum(e.transactions for e in read.entries) == theirs["tx_details"]
    assert sum(1 for e in read.entries if e.transactions > 1) == theirs["entries_with_several_tx"]
    assert sum(1 for e in read.entries if e.reversal) == theirs.get("reversal_entries", 0)
    assert sum(1 for e in read.entries if not e.status) == theirs.get("entries_without_Sts", 0)
    reasons = [
        reason
        for e in read.entries
        for reason in ([d.return_reason for d in e.details] if e.details else [e.return_reason])
        if reason
    ]
    assert reasons == theirs.get("return_reasons", [])
    apart = [e for e in read.entries if not e.booked]
    assert sum((e.amount for e in apart if e.credit), Decimal(0)) == Decimal(theirs.get("sum_not_booked_credits", "0"))
    assert sum((e.amount for e in apart if not e.credit), Decimal(0)) == Decimal(
        theirs.get("sum_not_booked_debits", "0")
    )
    if "gap_closing_minus_computed" in theirs:
        assert read.gap == Decimal(theirs["gap_closing_minus_computed"])


def _check_cfonb(read: ReadStatement, theirs: dict[str, Any]) -> None:
    assert read.opening_day is not None
    assert read.closing_day is not None
    assert f"{read.opening_day:%d%m%y}" == theirs["opening_date_JJMMAA"]
    assert f"{read.closing_day:%d%m%y}" == theirs["closing_date_JJMMAA"]
    assert sorted({e.operation_code for e in read.entries}) == theirs["operation_codes"]
    assert read.gap == Decimal(theirs.get("gap_closing_minus_computed", "0"))


def test_the_daily_series_chains_from_day_to_day() -> None:
    """The series' `chain_breaks` are those of the first statement of each file; 28 March has its two in other order."""
    series = json.loads((BANK / "camt_daily_series" / "EXPECTED.json").read_text())["_series"]
    by_account: dict[str | None, list[ReadStatement]] = {}
    for path in sorted((BANK / "camt_daily_series").glob("*.xml")):
        for statement in read_bank_file(path.read_bytes()).statements:
            by_account.setdefault(statement.iban, []).append(statement)
    assert set(by_account) == {"LT625883379695428516", "LT414319056143772570"}
    for statements in by_account.values():
        assert len(statements) == series["files"]
        assert all(before.closing == after.opening for before, after in itertools.pairwise(statements))
    main = by_account["LT625883379695428516"]
    assert main[0].opening == Decimal(series["first_opening"])
    assert main[-1].closing == Decimal(series["last_closing"])


def test_what_matching_needs_is_read_from_real_files() -> None:
    content = read_bank_file((BANK / "cfonb120" / "cfonb_classic.cfo").read_bytes())
    entries = content.statements[0].entries
    durancia = entries[1]
    assert durancia.counterparty_name == "DURANCIA MONTGENEVRE"
    assert durancia.end_to_end == "0018937"
    assert durancia.remittance == "F230866 F230765 F238765"
    assert durancia.label == "VIR DURANCIA MONTGENEVRE F230866 F230765 F238765"
    debit = next(e for e in entries if e.operation_code == "B1" and e.counterparty_name == "FREE MOBILE")
    assert (debit.credit, debit.amount, debit.mandate) == (False, Decimal("19.99"), "FM-793478343-1")
    swiss = read_bank_file((BANK / "camt" / "genkgo_camt053.v8.xml").read_bytes()).statements[0].entries[0]
    assert swiss.counterparty_name == "NAME NAME"
    assert swiss.counterparty_iban == "NL56AGDH9619008421"
    assert swiss.structured_reference == "4654654654654654"
    assert str(swiss.booking_day) == "2014-12-31"
    returned = read_bank_file(next((BANK / "camt").glob("moov_camt054-returns*")).read_bytes()).statements[0].entries[0]
    assert returned.is_return
    assert returned.return_reason == "AC01"
    assert returned.counterparty_name == "Robert Schneider SA"
    assert returned.bank_reference == "075820002ZZTJR1K"
