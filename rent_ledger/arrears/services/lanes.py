"""Bringing lanes and proposed actions up to date in the account states."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection, transaction

from common.codes import with_codes
from common.params import Params
from office.access.actor import Actor
from office.parameters.queries import params_on
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.duties import DECISION, PLAN
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import default_params, lane_params, order_params
from rent_ledger.arrears.queries.behaviour import behaviours
from rent_ledger.arrears.queries.lanes import propose
from rent_ledger.arrears.rules.case_facts import CaseFacts, Proposal
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.rules.order import Behaviour, Order, order_of
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.bank.queries.bank_known import BankKnowledge
from rent_ledger.books.codes import Action, Lane
from rent_ledger.books.queries.plans import plan_runs

# `has_turned`: an account that waits for a decision now and did not before, or the reverse; of which a plan is asked
# now and was not, or the reverse; or that is in arrears, or in a plan, now.
_UPDATE = with_codes(
    """
WITH changed AS (
UPDATE rent_ledger_accountstate s SET lane = w.lane, action = w.action, reason = w.reason::jsonb, terms = w.terms,
    lapses_on = w.lapses_on, gravity = w.gravity, ranking = w.ranking::jsonb
FROM (
    SELECT w.*, s.action AS former, s.lane AS former_lane,
        CASE WHEN w.net > 0 THEN least(round(s.debt / w.net, 2), 999999) ELSE 0 END AS terms
    FROM unnest(%(ids)s::bigint[], %(lanes)s::text[], %(actions)s::text[], %(reasons)s::text[], %(nets)s::numeric[],
            %(lapses)s::date[], %(gravities)s::smallint[], %(rankings)s::text[])
        AS w(account_id, lane, action, reason, net, lapses_on, gravity, ranking)
    JOIN rent_ledger_accountstate s USING (account_id)
) w
WHERE s.account_id = w.account_id
  AND (s.lane, s.action, s.reason, s.terms, s.lapses_on, s.gravity, s.ranking)
    IS DISTINCT FROM (w.lane, w.action, w.reason::jsonb, w.terms, w.lapses_on, w.gravity, w.ranking::jsonb)
RETURNING s.account_id, (s.action IN TO_DECIDE) <> (w.former IN TO_DECIDE)
    OR s.lane <> w.former_lane AND w.former_lane IN (Lane.NONE, Lane.HELD, Lane.PLAN)
    OR (s.action = Action.ANSWER_PLAN) <> (w.former = Action.ANSWER_PLAN) AS has_turned
)
SELECT count(*), coalesce(array_agg(account_id) FILTER (WHERE has_turned), '{}') FROM changed
""",
    Action,
    Lane,
    TO_DECIDE=TO_DECIDE,
)
_CLEAR = with_codes(
    """
UPDATE rent_ledger_accountstate s SET lane = w.lane, action = '', reason = NULL, lapses_on = NULL,
    gravity = 0, ranking = NULL
FROM (
    SELECT s.account_id,
        CASE WHEN s.held <= 0 THEN Lane.NONE WHEN {plan_runs} THEN Lane.PLAN ELSE Lane.HELD END AS lane
    FROM rent_ledger_accountstate s WHERE s.arrears <= 0 AND {scope}
) w
WHERE s.account_id = w.account_id AND (s.lane <> w.lane OR (s.action <> '' AND w.lane <> Lane.PLAN))
RETURNING s.account_id
""",
    Lane,
)


@transaction.atomic(savepoint=False)
def refresh_lanes(*, account_ids: Sequence[int] | None, day: date) -> int:
    """Bring lane, action, reason and terms owed of the accounts (None: all) up to date, and what their cases ask.
    Returns how many rows changed."""
    changed, turned = update_lanes(account_ids=account_ids, day=day)
    if turned:
        refresh_case_tasks(account_ids=turned)
    return changed


def update_lanes(
    *,
    account_ids: Sequence[int] | None,
    day: date,
    params: Params | None = None,
    known: BankKnowledge | None = None,
    months: Mapping[int, Sequence[MonthTerm]] | None = None,
) -> tuple[int, list[int]]:
    """`refresh_lanes`, but for the tasks: how many rows changed, and the accounts whose cases may ask something else
    now. The caller refreshes their tasks.

    Reads `AccountState`, so call it after the balances were refreshed. A fixed number of reads and at most two updates,
    whatever the number of accounts.
    """
    params = params or params_on(day)
    proposed = propose(account_ids=account_ids, day=day, params=params, known=known, months=months)
    orders = _orders(proposed, day, params)
    scope, ids = ("true", {}) if account_ids is None else ("s.account_id = ANY(%(ids)s)", {"ids": list(account_ids)})
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR.format(scope=scope, plan_runs=plan_runs("s.account_id")), ids)
        turned = [account for (account,) in cursor.fetchall()]
        changed = len(turned)
        if proposed:
            cursor.execute(
                _UPDATE,
                {
                    "ids": list(proposed),
                    "lanes": [p.lane for _, p in proposed.values()],
                    "actions": [p.action or "" for _, p in proposed.values()],
                    "reasons": [json.dumps(p.reason.to_json()) if p.reason else None for _, p in proposed.values()],
                    "nets": [f.net_term for f, _ in proposed.values()],
                    "lapses": [order.lapses_on for order in orders],
                    "gravities": [order.gravity for order in orders],
                    "rankings": [json.dumps([why.to_json() for why in order.why]) for order in orders],
                },
            )
            updated, to_decide = cursor.fetchone()
            changed += updated
            turned += to_decide
    return changed, turned


def _orders(proposed: Mapping[int, tuple[CaseFacts, Proposal]], day: date, params: Params) -> list[Order]:
    """The place of each account in the list, in the order of `proposed`."""
    order, lanes = order_params(day, params=params), lane_params(day, params=params)
    grace = default_params(day, params=params).grace_days
    paid = behaviours(list(proposed), day=day, months=order.months, grace_days=grace, trend_months=order.trend_months)
    return [order_of(f, paid.get(account, Behaviour()), lanes, order) for account, (f, _) in proposed.items()]


def refresh_case_tasks(*, account_ids: Sequence[int]) -> None:
    """What the cases of these accounts ask, where something is proposed now and was not, or is late no more."""
    cases = ArrearsCase.objects.filter(account_id__in=account_ids, closed_on=None).values_list("pk", flat=True)
    refresh_tasks(DECISION, PLAN, ids=list(cases), actor=Actor.system())
