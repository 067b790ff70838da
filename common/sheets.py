"""What people take into a spreadsheet: the one writer of CSV."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse


def plain_cell(text: str) -> str:
    """A typed text that a spreadsheet would run is made a text again: also by the wide signs of Asian keyboards, which
    some take for the plain ones, and behind blanks, which some drop."""
    start = text.lstrip()[:1]
    runs = start in tuple("=+-@＝＋－＠") or text[:1] in tuple("\t\r\n")
    return f"'{text}" if runs else text


def cell(value: Any) -> str:
    """An amount with a decimal comma, a day as 05/11/2026, nothing for None; every other value is a plain text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return plain_cell(str(value))


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A French CSV to keep: semicolons, decimal commas, UTF-8 with its mark."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return response
