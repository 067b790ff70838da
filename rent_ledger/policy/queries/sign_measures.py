"""What the early signs were worth: as each was known on its day, against what the books say of the terms after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.periods import add_months
from rent_ledger.arrears.queries.behaviour import IS_REVERSED, PAID_IN_TIME
from rent_ledger.arrears.queries.defaults import TERM_NATURES
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, AccountKind
from rent_ledger.policy.models import SignMeasure
from rent_ledger.policy.parameters import MeasureParams

# A term is unpaid on the day after its days of grace, as R1 counts them. The unpaid terms of a run are one default: its
# first. A sign has the day on which it was found; what was written since makes no sign of that day.
_MEASURE = with_codes(
    f"""
WITH debts AS MATERIALIZED (
    SELECT p.id, p.debit_id AS account_id, p.due_on, p.amount
    FROM rent_ledger_posting p JOIN rent_ledger_account k ON k.id = p.debit_id AND k.kind = AccountKind.TENANT
    WHERE p.debit_id >= FIRST_ID AND p.due_on >= %(since)s AND p.due_on <= %(until)s AND p.nature = ANY(%(natures)s)
      AND NOT {IS_REVERSED.format(posting="p.id")}
), terms AS (
    SELECT d.account_id, d.due_on + %(grace)s + 1 AS unpaid_on, {PAID_IN_TIME} AS in_time
    FROM debts d GROUP BY d.account_id, d.due_on
), unpaid AS (
    SELECT account_id, unpaid_on, is_first FROM (
        SELECT account_id, unpaid_on, in_time,
            coalesce(lag(in_time) OVER (PARTITION BY account_id ORDER BY unpaid_on), true) AS is_first FROM terms
    ) ranked WHERE NOT in_time
), signs AS (
    SELECT s.kind, EXISTS (SELECT 1 FROM unpaid u WHERE u.account_id = s.account_id
        AND u.unpaid_on > s.known_on AND u.unpaid_on <= s.known_on + %(within)s) AS is_right
    FROM rent_ledger_earlysign s WHERE s.known_on >= %(start)s AND s.known_on < %(end)s
), defaults AS (
    SELECT account_id, unpaid_on FROM unpaid WHERE is_first AND unpaid_on >= %(start)s AND unpaid_on < %(end)s
), foreseen AS (
    SELECT coalesce(kind, '') AS kind, count(DISTINCT (account_id, unpaid_on)) AS n FROM (
        SELECT d.account_id, d.unpaid_on, s.kind FROM defaults d JOIN rent_ledger_earlysign s USING (account_id)
        WHERE s.known_on < d.unpaid_on AND s.known_on >= d.unpaid_on - %(within)s
    ) known GROUP BY GROUPING SETS ((kind), ())
), shown AS (
    SELECT coalesce(kind, '') AS kind, count(*) AS n, count(*) FILTER (WHERE is_right) AS right_n
    FROM signs GROUP BY GROUPING SETS ((kind), ())
)
SELECT kind, coalesce(shown.n, 0), coalesce(shown.right_n, 0), (SELECT count(*) FROM defaults), coalesce(foreseen.n, 0)
FROM shown FULL JOIN foreseen USING (kind) ORDER BY kind
""",  # noqa: S608  constants of ours
    AccountKind,
    FIRST_ID=FIRST_SUBLEDGER_ID,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of a kind of sign, as `SignMeasure` keeps them; `kind` is blank for all."""

    kind: str
    signs: int
    right: int
    defaults: int
    foreseen: int


def counted_signs(start: date, end: date, params: MeasureParams) -> list[Counted]:
    """The signs known in `[start, end)`, all kinds first, then each kind that there was. One query."""
    asked: dict[str, Any] = {
        "start": start,
        "end": end,
        "within": params.within_days,
        "grace": params.grace_days,
        "natures": TERM_NATURES,
        # The term before the first one says whether that one begins a run.
        "since": add_months(start, -3),
        "until": end + timedelta(days=params.within_days),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, asked)
        return [Counted(*row) for row in cursor.fetchall()]


def judged_until(day: date, params: MeasureParams) -> date | None:
    """The last day whose signs can be judged on `day`: what followed them is known to the bank. None where the bank
    tells nothing."""
    known = bank_knowledge(day=day)
    days = [account.until for account in known.accounts if account.until is not None]
    if known.accounts and not days:
        return None
    return min([*days, day]) - timedelta(days=params.within_days)


def last_measure() -> Sequence[SignMeasure]:
    """The rows of the period that was measured last, all kinds first. Two queries; none where nothing was measured."""
    newest = SignMeasure.objects.order_by("-measured_at", "-id").values_list("period", flat=True).first()
    if newest is None:
        return []
    return list(SignMeasure.objects.filter(period=newest).order_by("kind"))
