"""What the law says of accounts in arrears: the facts of many accounts by a fixed number of queries, then the rules."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from common.params import Params, Steps
from common.reasons import Reason
from leases.contracts.codes import ArrearsFrame
from office.house.codes import BodyKind, OwnerKind
from rent_ledger.arrears.codes import LegalWhy
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import ccapex_params, law_steps, legal_steps
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules import ccapex
from rent_ledger.arrears.rules.ccapex import Ccapex
from rent_ledger.arrears.rules.frames import frame_of
from rent_ledger.arrears.rules.legal import (
    Constitution,
    CountedDebt,
    Detection,
    detect,
    if_unpaid,
    outlook,
    paid_parts,
    standing,
)
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.bank.queries.bank_known import BankKnowledge, bank_knowledge
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind
from rent_ledger.books.queries.holds import is_held, last_hold_end
from rent_ledger.books.queries.open_items import open_items
from rent_ledger.books.rules.natures import BENEFIT_THRESHOLD_NATURES, CCAPEX_NATURES
from rent_ledger.rights.parameters import benefit_params

COUNTED_NATURES = sorted(BENEFIT_THRESHOLD_NATURES | CCAPEX_NATURES)

# For each debt that counts: what is left of it; on which day and how much allocated money was taken back (net of what
# was allocated again that same day); and when its last hold ended. A payment that was entered with its return had paid
# the debt until the bank took it back: that it stands again was known on that day.
_DEBTS = with_codes(
    f"""
WITH items AS ({{items}})
SELECT i.account_id, i.due_on, i.nature, i.remaining, again.days, again.amounts,
    {last_hold_end("i.posting_id")} AS held_until, (e.recorded_at AT TIME ZONE 'Europe/Paris')::date AS known_on
FROM items i JOIN rent_ledger_posting p ON p.id = i.posting_id JOIN rent_ledger_entry e ON e.id = p.entry_id
LEFT JOIN LATERAL (
    SELECT array_agg(day) AS days, array_agg(amount) AS amounts FROM (
        SELECT a."on" AS day, -sum(a.amount) AS amount FROM rent_ledger_allocation a
        JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
        WHERE a.debit_posting_id = i.posting_id AND a."on" <= %(day)s AND NOT (a.amount > 0 AND EXISTS (
            SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = c.entry_id AND r.kind = EntryKind.RETURN
            AND r.effective_on > greatest(c.effective_on, i.due_on)
            AND (r.recorded_at AT TIME ZONE 'Europe/Paris')::date = a."on"))
        GROUP BY a."on" HAVING sum(a.amount) < 0) taken
) again ON true
WHERE i.nature = ANY(%(natures)s) AND NOT i.is_held ORDER BY i.account_id, i.due_on, i.posting_id
""",  # noqa: S608
    EntryKind,
)
# The debts on which money was laid since an account was last at zero: days and amounts of what was laid on them and of
# what was taken back. Money counts from the day of the payment; what waited as free credit, from the day on which it
# was laid. What was reversed was never owed.
_PAID = with_codes(
    f"""
SELECT p.debit_id, p.due_on, p.amount, array_agg(moves.day ORDER BY moves.day),
    array_agg(moves.amount ORDER BY moves.day), {last_hold_end("p.id")},
    (e.recorded_at AT TIME ZONE 'Europe/Paris')::date
FROM unnest(%(ids)s::bigint[], %(since)s::date[]) AS w(account_id, since)
JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= FIRST_ID
JOIN rent_ledger_entry e ON e.id = p.entry_id
JOIN LATERAL (
    SELECT CASE WHEN a.amount < 0 OR a."on" > (ce.recorded_at AT TIME ZONE 'Europe/Paris')::date
        THEN a."on" ELSE c.effective_on END AS day, sum(a.amount) AS amount
    FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    JOIN rent_ledger_entry ce ON ce.id = c.entry_id
    WHERE a.debit_posting_id = p.id AND c.effective_on <= %(day)s AND (a.amount > 0 OR a."on" <= %(day)s) GROUP BY 1
) moves ON moves.amount <> 0
WHERE p.nature = ANY(%(natures)s) AND p.due_on <= %(day)s AND p.effective_on <= %(day)s AND NOT {is_held("p.id")}
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = p.entry_id)
GROUP BY p.id, e.recorded_at HAVING max(moves.day) >= max(w.since)
""",  # noqa: S608
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# Since when an account's debts of rent and charges have not been at zero. A debt counts from its due day, money paid on
# it from the day of the payment, and money taken back from the day on which that was known.
_STRETCH = with_codes(
    f"""
WITH debts AS (
    SELECT p.id, p.debit_id AS account_id, p.due_on, p.amount FROM rent_ledger_posting p
    WHERE p.debit_id >= FIRST_ID AND p.debit_id = ANY(%(ids)s) AND p.nature = ANY(%(natures)s) AND p.due_on <= %(day)s
      AND p.effective_on <= %(day)s
      AND NOT {is_held("p.id")}
), moves AS (
    SELECT account_id, due_on AS day, amount FROM debts
    UNION ALL
    SELECT d.account_id, greatest(d.due_on, CASE WHEN a.amount > 0 THEN c.effective_on ELSE a."on" END), -a.amount
    FROM debts d JOIN rent_ledger_allocation a ON a.debit_posting_id = d.id
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
), days AS (
    SELECT account_id, day, sum(sum(amount)) OVER (PARTITION BY account_id ORDER BY day) AS balance
    FROM moves WHERE day <= %(day)s GROUP BY account_id, day
), zeros AS (
    SELECT account_id, max(day) FILTER (WHERE balance <= 0) AS last_zero FROM days GROUP BY account_id
)
SELECT d.account_id, min(d.day) FROM days d JOIN zeros z USING (account_id)
WHERE d.balance > 0 AND d.day > coalesce(z.last_zero, '-infinity'::date) GROUP BY d.account_id
""",  # noqa: S608
    FIRST_ID=FIRST_SUBLEDGER_ID,
)
# As `HeadAgreement.is_social`.
_IS_SOCIAL = "(o.body = BodyKind.HLM OR g.is_conventioned)"
_CONTRACTS = with_codes(
    f"""
SELECT a.id, l.kind, d.stock_type, {_IS_SOCIAL}, l.bank_account_id, l.collected_for, o.is_person, o.is_family_company
FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id
JOIN stock_unit u ON u.id = l.unit_id JOIN stock_dwelling d ON d.id = u.dwelling_id
JOIN stock_headagreement g ON g.id = l.agreement_id JOIN office_organisation o ON o.id = g.owner_id
WHERE a.id = ANY(%(ids)s)
""",  # noqa: S608
    BodyKind,
)
# In advance or in arrears, a term falls due on the same day of each month; a month that is too short ends on its last.
_NEXT_DUE = with_codes(
    f"""
SELECT a.id, l.kind, d.stock_type, {_IS_SOCIAL}, due.due_on
FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id
JOIN stock_unit u ON u.id = l.unit_id JOIN stock_dwelling d ON d.id = u.dwelling_id
JOIN stock_headagreement g ON g.id = l.agreement_id JOIN office_organisation o ON o.id = g.owner_id
JOIN leases_dueterms t ON t.lease_id = l.id AND t.period @> %(day)s::date
CROSS JOIN LATERAL (
    SELECT min(fell.due_on) AS due_on FROM (
        SELECT last - greatest(extract(day FROM last)::int - t.due_day, 0) AS due_on
        FROM (SELECT (date_trunc('month', %(day)s::date) + make_interval(months => n + 1))::date - 1 AS last
              FROM generate_series(0, 1) n) months
    ) fell WHERE fell.due_on > %(day)s
) due
WHERE a.id = ANY(%(ids)s) AND l.period @> due.due_on
""",  # noqa: S608
    BodyKind,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the law says of one account on a day. `outlook`: of the same debts under the regime of 2027, before it; None
    where it was not asked for. `months`: what a month cost, up to `day` at least."""

    legal: Detection
    ccapex: Ccapex
    months: Sequence[MonthTerm]
    outlook: Detection | None = None


def weigh(
    account_ids: Sequence[int],
    *,
    day: date,
    known: BankKnowledge | None = None,
    steps: Steps[Params] | None = None,
    ahead: bool = False,
) -> dict[int, Weighed]:
    """The legal rules over these accounts as they stand (or stood) on `day`, by account id; without a contract: left
    out. `known`, `steps` (`law_steps()`): where the caller has read them. `ahead`: with the outlook, which asks for the
    months until the switch."""
    if not account_ids:
        return {}
    steps = steps or law_steps()
    known = known or bank_knowledge(day=day)
    law, seizing = legal_steps(steps), steps.map(lambda params: ccapex_params(params.day, params=params))
    ids = list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_CONTRACTS, {"ids": ids})
        contracts = cursor.fetchall()
        counted, rent, starts = _debts(cursor, ids, day)
        cursor.execute(_STRETCH, {"ids": ids, "day": day, "natures": sorted(CCAPEX_NATURES)})
        since = dict(cursor.fetchall())
        paid = _paid(cursor, since, day, starts)
    months = month_terms_of(
        ids,
        day=max(day, law.on(day).switch_on) if ahead else day,
        since=starts.items(),
        params=benefit_params(day, params=steps.on(day)),
    )
    found = {}
    for account, kind, stock_type, is_social, bank, collected_for, is_person, is_family in contracts:
        frame = frame_of(kind, stock_type, is_social=is_social)
        until = known.until(bank, collected_for)
        debts, terms = counted[account], months.get(account, ())
        found[account] = Weighed(
            detect(
                frame=frame,
                day=day,
                bank_known_until=until,
                debts=debts,
                paid=paid[account],
                months=terms,
                params=law,
            ),
            ccapex.weigh(
                frame=frame,
                landlord=landlord_of(frame, is_person=is_person, is_family=is_family),
                day=day,
                bank_known_until=until,
                debts=rent[account],
                in_debt_since=since.get(account),
                months=terms,
                params=seizing,
            ),
            terms,
            outlook(frame=frame, day=day, debts=debts, months=terms, params=law) if ahead else None,
        )
    return found


def weigh_account(*, account_id: int, day: date, known: BankKnowledge | None = None) -> Weighed | None:
    """The same for one account; None where it has no contract. `known`: where the caller has read it."""
    return weigh([account_id], day=day, known=known).get(account_id)


def if_next_unpaid(account_ids: Sequence[int], *, day: date) -> dict[int, Constitution]:
    """The accounts in arrears that would be an impayé on their next due day if the term of that day stayed unpaid too,
    by account id, with that day. A contract that ends before asks no term."""
    if not account_ids:
        return {}
    law, ids = legal_steps(law_steps()), list(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, {"ids": ids, "day": day})
        rows = cursor.fetchall()
        if not rows:
            return {}
        counted, _, starts = _debts(cursor, ids, day)
    last = max(due_on for *_, due_on in rows)
    months = month_terms_of(ids, day=last, since=starts.items(), params=benefit_params(day))
    found = {}
    for account, kind, stock_type, is_social, due_on in rows:
        constituted = if_unpaid(
            frame=frame_of(kind, stock_type, is_social=is_social), day=day, due_on=due_on, debts=counted[account],
            months=months.get(account, ()), params=law,
        )  # fmt: skip
        if constituted:
            found[account] = constituted
    return found


@dataclass(frozen=True, slots=True)
class ShownLaw:
    """What a page says of an impayé: once it is constituted, as it was found, whatever is owed today.

    `counted`, `base`: the debt and what it was compared with, euros. `now`: what counts today, None where the same.
    `again_since`: the last day on which a part of the debt was known to stand again, None where none does. `has_paid`:
    a part of it is paid since.
    """

    reason: Reason
    counted: Decimal
    base: Decimal | None
    now: Decimal | None

    @property
    def again_since(self) -> date | None:
        return max((part.day("since") for part in self._told(LegalWhy.DUE_AGAIN)), default=None)

    @property
    def has_paid(self) -> bool:
        return bool(self._told(LegalWhy.DUE_PAID))

    def _told(self, code: LegalWhy) -> list[Reason]:
        return [part for counted in self.reason.parts for part in counted.parts if part.code == code]


def stored_law(case: ArrearsCase | None) -> ShownLaw | None:
    """The stored explanation of a constituted case, without what counts today; None before. No query."""
    stored = case.legal_reason if case else None
    if stored is None:
        return None
    amounts = {part.code: part.amount for part in stored.parts}
    base = amounts.get(LegalWhy.THRESHOLD_MULTIPLE, amounts.get(LegalWhy.THRESHOLD_AMOUNT))
    return ShownLaw(stored, amounts[LegalWhy.COUNTED] or ZERO, base, None)


def shown_law(case: ArrearsCase | None, found: Detection) -> ShownLaw:
    """The stored explanation of a constituted case, else what the rule says of today's debts."""
    stored = stored_law(case)
    return replace(stored, now=found.debt) if stored else ShownLaw(found.reason, found.debt, found.base, None)


def _debts(
    cursor: Any, ids: list[int], day: date
) -> tuple[defaultdict[int, list[CountedDebt]], defaultdict[int, list[CountedDebt]], dict[int, date]]:
    """What counts for the benefit threshold, what counts for the CCAPEX, the oldest due day of both, by account id."""
    cursor.execute(
        _DEBTS.format(items=open_items(day, accounts="ids")), {"day": day, "ids": ids, "natures": COUNTED_NATURES}
    )
    counted: defaultdict[int, list[CountedDebt]] = defaultdict(list)
    rent: defaultdict[int, list[CountedDebt]] = defaultdict(list)
    starts: dict[int, date] = {}
    for account, due_on, nature, remaining, days, amounts, held_until, known_on in cursor.fetchall():
        starts.setdefault(account, due_on)
        taken_back = list(zip(days or (), amounts or (), strict=True))
        debts = standing(
            due_on=due_on, remaining=remaining, taken_back=taken_back, held_until=held_until, known_on=known_on
        )
        if nature in BENEFIT_THRESHOLD_NATURES:
            counted[account] += debts
        if nature in CCAPEX_NATURES:
            rent[account] += debts
    return counted, rent, starts


def _paid(
    cursor: Any, since: dict[int, date], day: date, starts: dict[int, date]
) -> defaultdict[int, list[CountedDebt]]:
    """What counted for the benefit threshold since each account was last at zero, and is paid, by account id. Puts the
    oldest due day of these debts into `starts`."""
    cursor.execute(
        _PAID,
        {"ids": list(since), "since": list(since.values()), "day": day, "natures": sorted(BENEFIT_THRESHOLD_NATURES)},
    )
    paid: defaultdict[int, list[CountedDebt]] = defaultdict(list)
    for account, due_on, amount, days, amounts, held_until, known_on in cursor.fetchall():
        moves = zip(days, amounts, strict=True)
        found = paid_parts(due_on=due_on, amount=amount, moves=moves, held_until=held_until, known_on=known_on)
        if found:
            paid[account] += found
            starts[account] = min(starts.get(account, due_on), due_on)
    return paid


def landlord_of(frame: ArrearsFrame, *, is_person: bool, is_family: bool) -> OwnerKind:
    """Who the landlord of the household is: the owner where we manage for him, the association where it sub-lets."""
    if frame != ArrearsFrame.LEASE:
        return OwnerKind.LEGAL_PERSON
    if is_person:
        return OwnerKind.PERSON
    return OwnerKind.FAMILY_COMPANY if is_family else OwnerKind.LEGAL_PERSON
