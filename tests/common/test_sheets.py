"""The one writer of CSV: French, and nothing in it that a spreadsheet would run."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from common.sheets import cell, sheet


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Mme Sarr", "Mme Sarr"),
        ("=1+2+1790", "'=1+2+1790"),
        ("+33", "'+33"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("\t=1", "'\t=1"),
        (" \t=1", "' \t=1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\n=1", "'\n=1"),
        ("＝1+2", "'＝1+2"),
        ("＋33", "'＋33"),
        ("－1", "'－1"),
        ("＠A1", "'＠A1"),
        (" Mme Sarr", " Mme Sarr"),
        (Decimal("-12.50"), "-12,50"),
        (Decimal("0.00"), "0,00"),
        (3, "3"),
        (date(2026, 11, 5), "05/11/2026"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_cell(value: Any, written: str) -> None:
    assert cell(value) == written


def test_a_sheet_is_a_file_to_keep() -> None:
    answer = sheet("impayes", ["Ménage", "Solde"], [("=A1", Decimal("1.50"))])
    assert answer["Content-Disposition"] == 'attachment; filename="impayes.csv"'
    assert answer.content.decode() == "\ufeffMénage;Solde\r\n'=A1;1,50\r\n"


def test_nobody_else_writes_csv() -> None:
    """The demo writes the files that others send us."""
    found = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in ("common", "desk", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock")
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
        if "csv.writer" in path.read_text(encoding="utf-8")
    }
    assert found == {"common/sheets.py"}
