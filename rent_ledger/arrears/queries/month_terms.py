"""What a month costs (`rules.term`) under many contracts, from their dated amounts, rights and stays. Four queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.copy import bigints
from leases.contracts.codes import EndReason, LeaseState
from leases.contracts.rules.billing import TermRow
from rent_ledger.arrears.rules.term import Contract, MonthTerm, month_terms
from rent_ledger.rights.parameters import benefit_params
from rent_ledger.rights.queries import rights_by_lease
from rent_ledger.rights.rules.benefits import BenefitParams

# Who gave notice leaves on the day announced, as a demand says too, until the end of the contract says that the
# household is still there.
_STAYS = with_codes(
    """
SELECT a.id, a.lease_id, coalesce(o.entry, lower(l.period)),
    CASE WHEN o.stays = 0 THEN upper(l.period)
         WHEN l.state = LeaseState.ACTIVE AND l.notice_on IS NOT NULL
         THEN least(nullif(o.exit, 'infinity'::date), upper(l.period))
         ELSE nullif(o.exit, 'infinity'::date) END,
    l.end_reason = EndReason.DEATH
FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id
CROSS JOIN LATERAL (
    SELECT count(*) AS stays, min(lower(period)) AS entry, max(coalesce(upper(period), 'infinity'::date)) AS exit
    FROM leases_occupancy WHERE lease_id = l.id
) o
WHERE a.id = ANY(%s::bigint[])
""",
    EndReason,
    LeaseState,
)
_TERMS = """
SELECT lease_id, id, nature, amount, lower(period), upper(period) FROM leases_rentterm
WHERE lease_id = ANY(%s::bigint[]) ORDER BY id
"""


def contracts_of(account_ids: Collection[int]) -> dict[int, Contract]:
    """The contract behind each account that has one and that says when it began, by account id. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, [bigints(account_ids)])
        stays = cursor.fetchall()
        leases = [lease for _, lease, *_ in stays]
        terms = _by_lease(cursor, _TERMS, bigints(leases), TermRow)
    rights = rights_by_lease(leases)
    return {
        account: Contract(terms=terms[lease], rights=rights[lease], entry_on=entry, exit_on=exit_, died=died)
        for account, lease, entry, exit_, died in stays
        if entry is not None
    }


def _by_lease(cursor: Any, sql: str, leases: str, row: Any) -> "defaultdict[int, list[Any]]":
    cursor.execute(sql, [leases])
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for lease_id, *rest in cursor.fetchall():
        found[lease_id].append(row(*rest))
    return found


def month_terms_of(
    account_ids: Collection[int],
    *,
    day: date,
    since: Iterable[tuple[int, date]] = (),
    params: BenefitParams | None = None,
) -> dict[int, tuple[MonthTerm, ...]]:
    """What a month cost under each contract from its day in `since` (else `day`) to `day`, by account id."""
    if not account_ids:
        return {}
    first = dict(since)
    params = params or benefit_params(day)
    return {
        account: month_terms(contract, start=min(first.get(account, day), day), end=day, params=params)
        for account, contract in contracts_of(account_ids).items()
    }
