"""Finding arrears: cases opened, constituted by law and closed, for all accounts by a constant number of queries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest

from common import clock
from common.codes import with_codes
from common.errors import Conflict
from common.params import Params, Steps
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.jobs.wake import wake
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears import parameters
from rent_ledger.arrears.duties import DECISION, PLAN, REPORT
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.legal import COUNTED_NATURES, Weighed, weigh
from rent_ledger.arrears.rules import ccapex
from rent_ledger.arrears.rules.ccapex import Ccapex
from rent_ledger.arrears.rules.legal import Detection, regime_on
from rent_ledger.arrears.services.freezes import freeze_earlier
from rent_ledger.arrears.services.lanes import update_lanes
from rent_ledger.arrears.services.plan_judging import judge_plans, tell_broken
from rent_ledger.arrears.services.reopening import FOUND_BY_LAW, closed_by_mistake, join, reopen
from rent_ledger.bank.queries.bank_known import BankKnowledge, BankKnown, bank_knowledge
from rent_ledger.books.codes import DEBT_KINDS, FIRST_SUBLEDGER_ID, Lane
from rent_ledger.books.models import AccountState
from rent_ledger.books.queries.holds import is_held
from rent_ledger.books.queries.open_items import open_items
from rent_ledger.books.services import projections
from rent_ledger.books.services.kept import reads_from_here

READER = "arrears"
"""Under which name the detection keeps which version of the books it has read."""
# One run of the detection at a time: "ARRE" in ASCII.
_LOCK = 0x41525245

# One row per account with something past due, or with an open case. `counted`: held or not, it keeps a case open.
# `last_closed`: when the case before was closed.
_ACCOUNTS = with_codes(
    """
WITH items AS ({items}), sums AS (
    SELECT account_id, sum(remaining) AS debt, sum(remaining) FILTER (WHERE nature = ANY(%(natures)s)) AS counted,
        sum(remaining) FILTER (WHERE due_on < %(day)s AND NOT is_held) AS arrears,
        min(due_on) FILTER (WHERE NOT is_held) AS oldest_due
    FROM items GROUP BY account_id
), cases AS (
    SELECT c.id, c.account_id, c.constituted_on, c.ccapex_on FROM rent_ledger_arrearscase c WHERE c.closed_on IS NULL
)
SELECT a.id AS account_id, coalesce(s.debt, 0) AS debt, coalesce(s.counted, 0) AS counted,
    s.arrears, s.oldest_due, c.id AS case_id, c.constituted_on, c.ccapex_on, a.lease_id,
    l.bank_account_id, l.collected_for, hh.name,
    (SELECT max(old.closed_on) FROM rent_ledger_arrearscase old WHERE old.account_id = a.id) AS last_closed
FROM sums s FULL JOIN cases c USING (account_id) JOIN rent_ledger_account a ON a.id = account_id
LEFT JOIN leases_lease l ON l.id = a.lease_id LEFT JOIN leases_household hh ON hh.id = a.household_id
WHERE a.kind IN DEBT_KINDS AND (c.id IS NOT NULL OR s.arrears IS NOT NULL) AND {scope}
ORDER BY a.id
""",
    DEBT_KINDS=DEBT_KINDS,
)

# What was past due on the day on which a case opens, found later: what was paid since was still owed then. Where all of
# it was held on that day and is free since, it is that.
_OPENING = with_codes(
    f"""
SELECT w.account_id, coalesce(
    sum(p.amount - coalesce(laid.amount, 0)) FILTER (WHERE NOT {is_held("p.id", day="w.day")}),
    sum(p.amount - coalesce(laid.amount, 0)))
FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS w(account_id, day)
JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= FIRST_ID AND p.due_on < w.day
CROSS JOIN LATERAL (
    SELECT sum(a.amount) AS amount FROM rent_ledger_allocation a
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    WHERE a.debit_posting_id = p.id AND c.effective_on <= w.day
) laid
GROUP BY w.account_id
""",  # noqa: S608
    FIRST_ID=FIRST_SUBLEDGER_ID,
)

_CONSTITUTED = """
UPDATE rent_ledger_arrearscase c SET regime = w.regime, constituted_on = w.reached_on, report_due_on = w.due_on,
    threshold = w.reason::jsonb, found_by = c.found_by || jsonb_build_object('legal', w.found_by::jsonb)
FROM unnest(%(ids)s::bigint[], %(regimes)s::text[], %(days)s::date[], %(dues)s::date[], %(reasons)s::text[],
    %(found)s::text[]) AS w(account_id, regime, reached_on, due_on, reason, found_by)
WHERE c.account_id = w.account_id AND c.closed_on IS NULL
"""
_SIGNALLED = """
UPDATE rent_ledger_arrearscase c SET ccapex_on = w.reached_on, ccapex = w.reason::jsonb,
    found_by = c.found_by || jsonb_build_object('ccapex', w.found_by::jsonb)
FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(reasons)s::text[], %(found)s::text[])
    AS w(account_id, reached_on, reason, found_by)
WHERE c.account_id = w.account_id AND c.closed_on IS NULL
"""
_MOVED = with_codes(
    """
SELECT s.account_id FROM rent_ledger_accountstate s JOIN rent_ledger_account a ON a.id = s.account_id
LEFT JOIN LATERAL (
    SELECT bool_or(coalesce(upper(o.period) > %(day)s, true)) AS goes_on FROM leases_occupancy o
    WHERE o.lease_id = a.lease_id
) stay ON s.lane <> Lane.TECHNICAL
WHERE s.lane NOT IN (Lane.NONE, Lane.HELD, Lane.GONE) AND (s.lane = Lane.TECHNICAL OR NOT stay.goes_on)
""",
    Lane,
)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One account of a report. `on`: first default (opened), day reached (constituted, signalled), day (closed,
    reopened)."""

    account_id: int
    household: str
    debt: Decimal
    on: date
    regime: str = ""
    report_due_on: date | None = None


@dataclass(slots=True)
class DetectReport:
    """What was found, and written unless `dry`. `banks`: how far each bank account is known."""

    day: date
    dry: bool
    opened: list[CaseLine] = field(default_factory=list)
    reopened: list[CaseLine] = field(default_factory=list)
    joined: list[CaseLine] = field(default_factory=list)
    constituted: list[CaseLine] = field(default_factory=list)
    signalled: list[CaseLine] = field(default_factory=list)
    closed: list[CaseLine] = field(default_factory=list)
    banks: list[BankKnown] = field(default_factory=list)


@needs(Write(Data.ARREARS))
def detect_arrears(
    *, day: date, actor: Actor, dry: bool = False, account_ids: Sequence[int] | None = None
) -> DetectReport:
    """Open a case the day after the oldest unpaid due date, never beyond the day to which the account's bank is known;
    constitute by law; close what is at zero. A case that was closed by money that never came is open again, with all
    that was decided in it, or joined by the one that has opened since. Running it again the same day changes nothing.
    What a procedure of overindebtedness freezes is frozen first, then plans are judged; of one that is broken the
    social service is asked, and letters wait for its answer.

    `dry` reads only, as of any day. Otherwise `day` is today: the past is not written again (`Conflict`).
    """
    if dry:
        return _run(day, dry=True, account_ids=account_ids)
    if day != clock.today():
        raise Conflict("La recherche des impayés n’écrit qu’à la date du jour. Pour une autre date, lisez seulement.")
    # Who detects inside a transaction of his own goes on or fails with it: there is nothing to come back to.
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if account_ids is None:
            projections.roll(day=day)
            reads_from_here(READER, day=day)
        freeze_earlier(day=day)
        broken = judge_plans(day=day, account_ids=account_ids)
        report = _run(day, dry=False, account_ids=account_ids)
        if broken:
            tell_broken(broken)
        return report


def last_run_day() -> date | None:
    """The day of the last refresh of accounts and cases: detection writes nothing for earlier days."""
    last: date | None = AccountState.objects.aggregate(last=Max("as_of"))["last"]
    return last


def _run(day: date, *, dry: bool, account_ids: Sequence[int] | None) -> DetectReport:
    known = bank_knowledge(day=day)
    steps, params = parameters.law_and_day(day)
    report = DetectReport(day=day, dry=dry, banks=known.accounts)
    to_open, to_close, to_weigh, to_reopen, to_join = [], [], [], [], []
    rows = _accounts(day, account_ids)
    mistakes = closed_by_mistake(rows, day)
    for row in rows:
        if mistake := mistakes.get(row["account_id"]):
            if row["case_id"] is None and row["oldest_due"] is not None:
                row |= mistake.row
                to_reopen.append(mistake)
            elif row["case_id"] is not None:
                row |= {name: found for name in FOUND_BY_LAW if (found := mistake.row[name]) is not None}
                to_join.append(mistake)
        if _is_settled(row):
            to_close.append(row)
            # If anything is still owed, it opens a new case, with a new duty to report.
            row = row | {"case_id": None, "constituted_on": None, "ccapex_on": None, "last_closed": day}
        if row["case_id"] is None:
            until = known.until(row["bank_account_id"], row["collected_for"])
            # Nothing that stands, or the bank is not known to the day after.
            if row["oldest_due"] is None or until is None or row["oldest_due"] >= until:
                continue
            to_open.append(row)
        if row["lease_id"]:
            to_weigh.append(row)
    weighed = weigh([row["account_id"] for row in to_weigh], day=day, known=known, steps=steps)

    report.opened = [_line(row, _first_default_on(row)) for row in to_open]
    report.closed = [_line(row, day) for row in to_close]
    again = {mistake.account_id for mistake in to_reopen}
    report.reopened = [_line(row, day) for row in rows if row["account_id"] in again]
    gone_on = {mistake.account_id for mistake in to_join}
    report.joined = [_line(row, day) for row in rows if row["account_id"] in gone_on]
    for row in to_weigh:
        found = weighed[row["account_id"]]
        if row["constituted_on"] is None and found.legal.threshold_on:
            report.constituted.append(_line(row, found.legal.threshold_on, found.legal))
        if row["ccapex_on"] is None and found.ccapex.reached_on:
            report.signalled.append(_line(row, found.ccapex.reached_on))
    if not dry:
        reopen(to_reopen)
        join(to_join)
        _write(report, to_open, to_close, weighed, steps, known, params)
    return report


def _is_settled(row: dict[str, Any]) -> bool:
    """Whether a case has nothing owed any more. For a constituted case: nothing of the debt that the law counts.

    Without a case there is a debt, or the account would not be read.
    """
    constituted = row["constituted_on"] is not None or row["ccapex_on"] is not None
    return bool(row["debt"] <= 0 or (constituted and row["counted"] <= 0))


def _accounts(day: date, account_ids: Sequence[int] | None) -> list[dict[str, Any]]:
    sql_params: dict[str, Any] = {"day": day, "natures": COUNTED_NATURES}
    scope, accounts = "true", ""
    if account_ids is not None:
        scope, accounts, sql_params["ids"] = "a.id = ANY(%(ids)s)", "ids", list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS.format(items=open_items(day, accounts=accounts), scope=scope), sql_params)
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _line(row: dict[str, Any], on: date, found: Detection | None = None) -> CaseLine:
    return CaseLine(
        account_id=row["account_id"],
        household=row["name"] or "",
        debt=found.debt if found else row["arrears"] or row["debt"],
        on=on,
        regime=found.regime if found else "",
        report_due_on=found.report_due_on if found else None,
    )


def _write(
    report: DetectReport,
    to_open: Sequence[dict[str, Any]],
    to_close: Sequence[dict[str, Any]],
    weighed: dict[int, Weighed],
    steps: Steps[Params],
    known: BankKnowledge,
    params: Params,
) -> None:
    day, regime_now = report.day, regime_on(report.day, parameters.legal_steps(steps).on(report.day))
    ArrearsCase.objects.filter(pk__in=[row["case_id"] for row in to_close]).update(
        # A case that a clock ahead has opened ends on its first day.
        closed_on=Greatest(F("opened_on"), day)
    )
    opening = _opening_debts(to_open)
    ArrearsCase.objects.bulk_create(
        [
            ArrearsCase(
                account_id=row["account_id"],
                opened_on=_opens_on(row),
                first_default_on=_first_default_on(row),
                opening_debt=opening[row["account_id"]],
                regime=regime_now,
            )
            for row in to_open
        ]
    )
    # The regime follows the day until the case is constituted, then stays (reading 7).
    ArrearsCase.objects.filter(closed_on=None, constituted_on=None).exclude(regime=regime_now).update(regime=regime_now)
    # Two updates: a case found by one law only keeps NULL in the columns of the other.
    _constitute({line.account_id: weighed[line.account_id].legal for line in report.constituted}, steps)
    _signal({line.account_id: weighed[line.account_id].ccapex for line in report.signalled}, steps)
    changed = (report.opened, report.reopened, report.joined, report.constituted, report.signalled, report.closed)
    named = {line.account_id for lines in changed for line in lines}
    _, turned = update_lanes(
        account_ids=sorted(named.union(_moved_with_the_day(day))),
        day=day,
        params=params,
        known=known,
        months={account: one.months for account, one in weighed.items()},
    )
    if asked := named.union(turned):
        asking = ArrearsCase.objects.filter(Q(closed_on=None) | Q(closed_on__gte=day), account_id__in=asked)
        refresh_tasks(DECISION, REPORT, PLAN, ids=list(asking.values_list("pk", flat=True)), actor=Actor.system())
    if named:
        wake("arrears_changed")


def _first_default_on(row: dict[str, Any]) -> date:
    """The day after the oldest due day."""
    first: date = row["oldest_due"] + timedelta(days=1)
    return first


def _opens_on(row: dict[str, Any]) -> date:
    """The first default; of a case that follows another, at the earliest the day on which that one was closed: no day
    belongs to two cases."""
    first, last_closed = _first_default_on(row), row["last_closed"]
    return first if last_closed is None else max(first, last_closed)


def _opening_debts(to_open: Sequence[dict[str, Any]]) -> dict[int, Decimal]:
    """What was past due on the day on which each case opens, by account id. One query."""
    ids, days = [row["account_id"] for row in to_open], [_opens_on(row) for row in to_open]
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, {"ids": ids, "days": days})
        return dict(cursor.fetchall())


def _moved_with_the_day(day: date) -> list[int]:
    """Accounts that may be in another lane though nothing was posted on them: what waited for the bank may be known
    now, and a stay may have ended since the account was last touched."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"day": day})
        return [account for (account,) in cursor.fetchall()]


def _constitute(found: Mapping[int, Detection], steps: Steps[Params]) -> None:
    """What the law found of each account stays as it was found: the day, why, by which version of the rule, from which
    figures."""
    _keep(
        _CONSTITUTED,
        list(found),
        regimes=[one.regime for one in found.values()],
        days=[one.threshold_on for one in found.values()],
        dues=[one.report_due_on for one in found.values()],
        reasons=[json.dumps(one.reason.to_json()) for one in found.values()],
        found=[
            json.dumps(_found_by(one.version, one.threshold_on, parameters.LEGAL_KEYS, steps)) for one in found.values()
        ],
    )


def _signal(found: Mapping[int, Ccapex], steps: Steps[Params]) -> None:
    _keep(
        _SIGNALLED,
        list(found),
        days=[one.reached_on for one in found.values()],
        reasons=[json.dumps(one.reason.to_json()) for one in found.values()],
        found=[
            json.dumps(_found_by(ccapex.VERSION, one.reached_on, parameters.CCAPEX_KEYS, steps))
            for one in found.values()
        ],
    )


def _keep(statement: str, account_ids: list[int], **columns: list[Any]) -> None:
    if account_ids:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"ids": account_ids, **columns})


def _found_by(version: int, on: date | None, keys: Sequence[str], steps: Steps[Params]) -> dict[str, Any]:
    """The version of the rule, and the ids of the values in force on the day found."""
    assert on is not None
    return {"version": version, "parameters": steps.on(on).ids(*keys)}
