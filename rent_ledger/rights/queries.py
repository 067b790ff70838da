"""Rights as the rule reads them, and when a household leaves, as far as is known."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from common.copy import bigints
from common.periods import ONE_DAY, Month
from leases.contracts.codes import LeaseState
from leases.models import Lease, Occupancy
from rent_ledger.rights.models import BenefitRetention, BenefitRight
from rent_ledger.rights.rules.benefits import RightRow

# `gone`: until when the aid of a household belongs to the dwelling of ours that it left, by the contract that came
# after. Few rights are followed: all of them are read.
_RIGHTS = """
SELECT r.lease_id, r.id, r.payer_id, r.kind, r.amount, lower(r.period), upper(r.period), r.is_direct, r.follows,
    r.is_followed, gone.until
FROM rent_ledger_benefitright r LEFT JOIN (
    SELECT l.id, max(upper(k.period)) AS until
    FROM rent_ledger_benefitright k JOIN leases_lease left_one ON left_one.id = k.lease_id
    JOIN leases_lease l ON l.household_id = left_one.household_id AND lower(l.period) > lower(left_one.period)
    WHERE k.is_followed GROUP BY l.id
) gone ON gone.id = r.lease_id
WHERE r.lease_id = ANY(%s::bigint[])"""
_DURING = " AND r.period && %s::daterange"


def rights_by_lease(lease_ids: Iterable[int], *, month: Month | None = None) -> defaultdict[int, list[RightRow]]:
    """What `rules.benefits` is given of each lease, oldest row first; of `month` only, where it is given. One query."""
    sql, params = _RIGHTS, [bigints(sorted(lease_ids))]
    if month is not None:
        sql += _DURING
        params.append(f"[{month.first},{month.plus(1).first})")
    found: defaultdict[int, list[RightRow]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY r.id", params)
        for lease_id, *rest in cursor.fetchall():
            found[lease_id].append(RightRow(*rest))
    return found


def with_departure(rights: QuerySet[BenefitRight]) -> QuerySet[BenefitRight]:
    """The rights with what `leaves_on` reads, in the same query."""
    stays = Occupancy.objects.filter(lease=OuterRef("lease")).order_by(F("period__endswith").desc(nulls_first=True))
    return rights.select_related("lease").annotate(
        has_stay=Exists(stays), gone_on=Subquery(stays.values("period__endswith")[:1])
    )


def leaves_on(right: Any) -> date | None:
    """The first day without the household of a right (of `with_departure`); None while nobody has said that it leaves.

    Who gave notice leaves on the day announced, until the end of the contract says that the household is still there.
    """
    lease: Lease = right.lease
    end: date | None = lease.period.upper
    gone: date | None = right.gone_on
    if lease.state == LeaseState.ENDED:
        return gone if right.has_stay else end
    if lease.notice_on is None:
        return gone
    return end if gone is None or end is None else min(gone, end)


def has_left(right: Any) -> bool:
    """Whether its contract has ended and the day of departure is known: neither can change, but by being taken back."""
    return right.lease.state == LeaseState.ENDED and leaves_on(right) is not None


def month_of_departure(right: Any) -> Month | None:
    """The month of the last day of the stay, as far as it is known (a right of `with_departure`)."""
    gone = leaves_on(right)
    return None if gone is None else Month.of(gone - ONE_DAY)


def kept_months(lease_ids: Iterable[int]) -> defaultdict[int, list[BenefitRetention]]:
    """The retentions that stand on these leases, by lease id. One query."""
    found: defaultdict[int, list[BenefitRetention]] = defaultdict(list)
    for row in BenefitRetention.objects.standing().filter(lease__in=lease_ids):
        found[row.lease_id].append(row)
    return found
