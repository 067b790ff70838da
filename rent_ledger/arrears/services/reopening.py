"""Cases closed by money that never came: they stand open again, or the one that opened since goes on with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from common import clock
from common.codes import with_codes
from rent_ledger.arrears.models import ArrearsCase, LetterHold
from rent_ledger.arrears.services.social import unanswered
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind
from rent_ledger.books.queries.standing import ended_by

FOUND_BY_LAW = ("constituted_on", "ccapex_on")

# The last case of each account, where money that was there when it was closed was undone since as if it had never come:
# an amount typed wrong, a line placed on the wrong account, a file of the wrong bank. What the bank takes back counts
# from its own day, and leaves the case closed (reading 7). By its balances of now the account was in debt all along.
_CLOSED_BY_MISTAKE = with_codes(
    f"""
SELECT DISTINCT ON (c.account_id) c.account_id, c.id, c.constituted_on, c.ccapex_on, c.closed_on, r.id AS entry
FROM rent_ledger_arrearscase c JOIN rent_ledger_accountstate s ON s.account_id = c.account_id
JOIN rent_ledger_posting p ON p.credit_id = c.account_id AND p.credit_id >= FIRST_ID
    AND p.effective_on <= c.closed_on
JOIN rent_ledger_entry e ON e.id = p.entry_id
    AND e.kind IN (EntryKind.PAYMENT, EntryKind.PLACEMENT, EntryKind.BENEFIT_SETTLED)
    AND (e.recorded_at AT TIME ZONE 'Europe/Paris')::date <= c.closed_on
JOIN rent_ledger_entry r ON r.id = {ended_by("e.id")} AND r.kind = EntryKind.REVERSAL
    AND r.effective_on = e.effective_on AND (r.recorded_at AT TIME ZONE 'Europe/Paris')::date >= c.closed_on
WHERE c.account_id = ANY(%(ids)s) AND s.in_debt_since < c.closed_on
  AND c.closed_on = (SELECT max(last.closed_on) FROM rent_ledger_arrearscase last WHERE last.account_id = c.account_id)
  AND NOT c.reopenings @> '[{{"joined": true}}]'
ORDER BY c.account_id, c.id DESC, r.id DESC
""",  # noqa: S608
    EntryKind,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A case that was closed by mistake. `row`: what the detection reads of it; `reopening`: what the case keeps."""

    account_id: int
    case_id: int
    row: dict[str, Any]
    reopening: dict[str, Any]


def closed_by_mistake(rows: Sequence[dict[str, Any]], day: date) -> dict[int, Mistake]:
    """The last case of each account where it was closed by mistake, by account id. Of a past day nothing is asked: the
    states are those of now."""
    ids = [row["account_id"] for row in rows if row["last_closed"] is not None]
    if not ids or day < clock.today():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED_BY_MISTAKE, {"ids": ids})
        return {
            account: Mistake(
                account, case, {"case_id": case, "constituted_on": constituted_on, "ccapex_on": ccapex_on},
                {"closed_on": closed_on.isoformat(), "on": day.isoformat(), "entry": entry},
            )
            for account, case, constituted_on, ccapex_on, closed_on, entry in cursor.fetchall()
        }  # fmt: skip


def reopen(mistakes: Sequence[Mistake]) -> None:
    """As if these cases had never been closed: what was declared, decided and answered is theirs still."""
    cases = ArrearsCase.objects.in_bulk([mistake.case_id for mistake in mistakes])
    for mistake in mistakes:
        case = cases[mistake.case_id]
        case.closed_on = None
        case.reopenings.append(mistake.reopening)
    ArrearsCase.objects.bulk_update(cases.values(), ["closed_on", "reopenings"], batch_size=1000)


def join(mistakes: Sequence[Mistake]) -> None:
    """Another case has opened since: the debt had no break, so it goes on with the one that was closed by mistake.

    That one lasts until the day on which the other opened. The other has its first default, what the law found of it
    and its report, so that nothing is to be declared twice, the pauses of it that still run, and the requests for help
    that wait for an answer: the alerts that tell them follow from above.
    """
    if not mistakes:
        return
    former = ArrearsCase.objects.in_bulk([mistake.case_id for mistake in mistakes])
    accounts = [mistake.account_id for mistake in mistakes]
    now = {case.account_id: case for case in ArrearsCase.objects.filter(account__in=accounts, closed_on=None)}
    for mistake in mistakes:
        old, case = former[mistake.case_id], now[mistake.account_id]
        old.closed_on = case.opened_on
        old.reopenings.append(mistake.reopening | {"joined": True})
        case.first_default_on = min(case.first_default_on, old.first_default_on)
        if old.constituted_on is not None:
            for name in ("regime", "constituted_on", "threshold", "report_due_on"):
                setattr(case, name, getattr(old, name))
            case.found_by = case.found_by | {"legal": old.found_by.get("legal")}
            case.reported_on = old.reported_on or case.reported_on
        if old.ccapex_on is not None:
            case.ccapex_on, case.ccapex = old.ccapex_on, old.ccapex
            case.found_by = case.found_by | {"ccapex": old.found_by.get("ccapex")}
        paused = LetterHold.objects.filter(case=case, lifted_at=None).values("source")
        LetterHold.objects.filter(case=old, lifted_at=None, until__gte=clock.today()).exclude(source__in=paused).update(
            case=case
        )
        unanswered([old.pk]).update(case=case)
    ArrearsCase.objects.bulk_update(former.values(), ["closed_on", "reopenings"], batch_size=1000)
    ArrearsCase.objects.bulk_update(
        now.values(),
        [
            "first_default_on", "regime", "constituted_on", "threshold", "report_due_on", "reported_on", "ccapex_on",
            "ccapex", "found_by",
        ],
        batch_size=1000,
    )  # fmt: skip
