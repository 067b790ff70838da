"""The statement of an account on paper: on one sheet where it can be, months long past in one row each."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from common import typography
from common.errors import InvalidInput
from common.money import ZERO
from common.periods import Month
from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import needs
from office.documents.services import identity, make_document
from office.models import Document
from rent_ledger.billing.services.papers import amount, credit_transfer, lease_facts
from rent_ledger.books.models import Account, AccountState
from rent_ledger.books.queries.statement import Statement, StatementLine

STATEMENT = "account_statement"
WHOLE, LATEST = 12, 3
"""Up to so many lines each has a row. With more, only those of the latest months have."""


def _rows(lines: Sequence[StatementLine]) -> Iterator[dict[str, str | None]]:
    """A row a line; where there are many, a row for each month before the latest ones."""
    months = [(month, list(group)) for month, group in groupby(lines, lambda line: Month.of(line.on))]
    for rank, (month, group) in enumerate(months):
        if len(lines) > WHOLE and rank < len(months) - LATEST and len(group) > 1:
            yield _folded(month, group)
        else:
            yield from map(_printed, group)


def _folded(month: Month, lines: Sequence[StatementLine]) -> dict[str, str | None]:
    """A month in one row: its sums, the days on which money came, what was left at its end."""
    days = sorted({line.on for line in lines if line.received > 0})
    return {
        "on": None,
        "title": typography.month(month).capitalize(),
        "detail": _paid_on([typography.day_number(day) for day in days]),
        "due": _sum(line.due for line in lines),
        "received": _sum(line.received for line in lines),
        "aid": _sum(line.aid for line in lines),
        "remaining": amount(lines[-1].remaining),
    }


def _paid_on(days: Sequence[str]) -> str:
    """`payé le 5`, `payé les 3, 5 et 9`."""
    if len(days) < 2:
        return "".join(f"payé le {day}" for day in days)
    return f"payé les {', '.join(days[:-1])} et {days[-1]}"


def _sum(values: Iterator[Decimal]) -> str | None:
    total = sum(values, ZERO)
    return amount(total) if total else None


def _printed(line: StatementLine) -> dict[str, str | None]:
    return {
        "on": line.on.isoformat(),
        "title": line.title,
        "detail": line.detail,
        "due": amount(line.due) if line.due else None,
        "received": amount(line.received) if line.received else None,
        "aid": amount(line.aid) if line.aid else None,
        "remaining": amount(line.remaining),
    }


@needs(Read(Data.ACCOUNT_PAPERS))
def statement_document(*, account: Account, statement: Statement, actor: Actor) -> Document:
    """The statement of account as a document. Asked twice on a day with the same content, it is the same document.

    `InvalidInput` for an account without any line or without a lease.
    """
    if account.lease_id is None:
        raise InvalidInput("Ce compte n’est pas celui d’un bail : son relevé se lit à l’écran.", code="no_lease")
    if not (statement.lines or statement.coming):
        raise InvalidInput("Aucun mouvement sur ce compte : il n’y a pas de relevé à imprimer.", code="empty_statement")
    lease = lease_facts({account.lease_id: statement.day})[account.lease_id]
    state = AccountState.objects.filter(account=account).first()
    data: dict[str, Any] = {
        "recipient": lease.recipient,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "on": statement.day.isoformat(),
        "year": statement.year,
        "before": amount(statement.before),
        "lines": list(_rows(statement.lines)),
        "coming": [_printed(line) for line in statement.coming],
        "coming_sum": amount(statement.upcoming),
        "due": amount(statement.due),
        "received": amount(statement.received),
        "remaining": amount(statement.remaining),
        # As the pages say them: the last line of a year, or one paid ahead of its term, is another figure.
        "owed": amount(state.debt if state else ZERO),
        "advance": amount(state.credit) if state and state.credit else None,
        "upcoming": amount(state.upcoming) if state and state.upcoming else None,
        "total": amount(state.total if state else ZERO),
        "to_pay": amount(max(state.debt - state.held - state.credit, ZERO) if state else ZERO),
        "held": amount(state.held) if state and state.held else None,
        "aid_pending": amount(state.aid_pending) if state and state.aid_pending else None,
        "payment_reference": lease.payment_reference,
        "bank": dict(lease.bank),
    }
    data["credit_transfer"] = credit_transfer(data, identity()["name"])
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:8]
    return make_document(
        kind=STATEMENT,
        number=f"REL-{account.pk}-{statement.day:%y%m%d}-{digest}",
        title=f"Relevé de compte au {typography.short_day(statement.day, year=True)}",
        data=data,
        actor=actor,
    )
