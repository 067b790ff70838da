"""« Banque connue jusqu'au … »: how far the bank's statements tell what was paid, per bank account (decision 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from common.codes import with_codes
from office.house.codes import HeldFor
from rent_ledger.bank.codes import StatementState


@dataclass(frozen=True, slots=True)
class BankKnown:
    """`until`: last day of the accepted statements of an active account of ours; None where none was accepted."""

    bank_account_id: int
    label: str
    held_for: str
    until: date | None


class BankKnowledge:
    """What is known of each account, and up to which day a lease's payments are known."""

    def __init__(self, known: Sequence[BankKnown], day: date) -> None:
        self.accounts = list(known)
        self._day = day
        self._by_id = {k.bank_account_id: k.until for k in known}

    def until(self, bank_account_id: int | None, collected_for: str | None) -> date | None:
        """The last known day for a lease, never after the day asked.

        A lease without its own bank account may be paid to any account held for the same; the earliest `until` decides.
        An association without a bank account is paid at the desk, so its bank is known to the day asked.
        """
        if not self.accounts:
            return self._day
        if bank_account_id in self._by_id:
            until = self._by_id[bank_account_id]
            return min(until, self._day) if until else None
        same = [k.until for k in self.accounts if k.held_for == (collected_for or HeldFor.ITSELF)]
        known = [u for u in same or self._by_id.values() if u is not None]
        return min(*known, self._day) if known else None


_KNOWN = with_codes(
    """
SELECT b.id, b.label, b.held_for, CASE WHEN max(s.last_day) > %(day)s THEN %(day)s ELSE max(s.last_day) END
FROM office_bankaccount b
LEFT JOIN rent_ledger_bankstatement s
  ON s.bank_account_id = b.id AND s.state = StatementState.ACCEPTED AND coalesce(s.first_day, s.last_day) <= %(day)s
WHERE b.is_active GROUP BY b.id ORDER BY b.id
""",
    StatementState,
)


def bank_knowledge(*, day: date) -> BankKnowledge:
    """One query. Reading as of a past day: statements that begin after it are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN,
            {"day": day},
        )
        return BankKnowledge([BankKnown(*row) for row in cursor.fetchall()], day)
