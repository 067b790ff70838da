"""The statement of an account on paper: on one sheet where it can be, months long past in one row each."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from common import typography
from common.errors import InvalidInput
from common.money import ZERO
from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import needs
from office.documents.services import identity, make_document
from office.models import Document
from rent_ledger.billing.services.papers import amount, credit_transfer, lease_facts
from rent_ledger.books.models import Account, AccountState
from rent_ledger.books.queries.plans import left_in_plan, next_instalment
from rent_ledger.books.queries.statement import Statement, StatementLine
from rent_ledger.books.queries.statement_rows import StatementMonth, StatementRow, months_of, rows_of

STATEMENT = "account_statement"


def _rows(lines: Sequence[StatementLine]) -> Iterator[dict[str, str | None]]:
    """As on the page: a correction is one row, and so is a month before the latest ones where there are many rows."""
    for month in months_of(rows_of(lines)):
        if month.is_folded:
            yield _printed(month)
        else:
            yield from map(_printed, month.rows)


def _printed(moved: StatementLine | StatementRow | StatementMonth) -> dict[str, str | None]:
    return {
        "on": None if isinstance(moved, StatementMonth) else moved.on.isoformat(),
        "title": moved.title,
        "detail": moved.detail,
        "due": amount(moved.due) if moved.due else None,
        "received": amount(moved.received) if moved.received else None,
        "aid": amount(moved.aid) if moved.aid else None,
        "remaining": amount(moved.remaining),
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
    # What a plan asks by now is to pay; what it asks later is said apart. A freeze and a dispute ask nothing.
    held, due = (
        (state.held - left_in_plan(account.pk), next_instalment(account.pk)) if state and state.held else (ZERO, None)
    )
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
        "instalment": {"label": due.words, "on": due.due_on.isoformat(), "amount": amount(due.left)} if due else None,
        "spread": amount(state.spread) if state and state.spread else None,
        "to_pay": amount(max(state.debt - held - state.credit, ZERO) if state else ZERO),
        "held": amount(held) if held else None,
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
