"""Referrals with what they wait for and how long, read in sets."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery

from leases.models import Household
from social_link.contacts.codes import MEETINGS
from social_link.contacts.models import Contact
from social_link.referrals.codes import WAITING, ReferralState
from social_link.referrals.models import Referral, ReferralStep
from social_link.referrals.parameters import referral_params
from social_link.referrals.rules.waiting import Awaited, Facts, ReferralParams, Waited, awaited, waited

_KNOWN = [state.value for state in ReferralState if state not in WAITING]
"""The states in which it is known where the household goes."""


@dataclass(frozen=True, slots=True)
class ReferralNow:
    """A referral on a day: `since` when it is in its state, `awaited` None once it is over."""

    referral: Referral
    since: date
    service: str
    met_on: date | None
    awaited: Awaited | None
    waited: Waited


def aims_asked(household: Household) -> list[str]:
    """What the last referral of the household asks that led to no measure yet; none without one."""
    rows = Referral.objects.counted().filter(household=household, measure=None)
    last = (
        rows.exclude(state__in=[ReferralState.OUTSIDE, ReferralState.DROPPED]).order_by("-received_on", "-pk").first()
    )
    return list(last.aims) if last else []


def with_facts(rows: QuerySet[Referral]) -> QuerySet[Any]:
    """With `since` and `last_service` of the last step, `oriented_on`, and the first meeting, `met_on`."""
    steps = ReferralStep.objects.filter(referral=OuterRef("pk"))
    last = steps.order_by("-id")
    oriented = steps.filter(kind__in=_KNOWN).order_by("id")
    meetings = (
        Contact.objects.met()
        .filter(household=OuterRef("household"), kind__in=sorted(MEETINGS), happened_on__gte=OuterRef("received_on"))
        .order_by()
        .values("household")
        .annotate(first=Min("happened_on"))
    )
    return rows.annotate(
        since=Subquery(last.values("on")[:1]),
        last_service=Subquery(last.values("service")[:1]),
        oriented_on=Subquery(oriented.values("on")[:1]),
        met_on=Subquery(meetings.values("first")[:1]),
    )


def referrals_on(rows: QuerySet[Referral], *, day: date) -> list[ReferralNow]:
    """In the order of `rows`: one query, and that of the delays."""
    params = referral_params(day)
    found = with_facts(rows).select_related("household", "organisation", "assignee", "measure")
    return [_now(row, day, params) for row in found]


def _now(row: Any, day: date, params: ReferralParams) -> ReferralNow:
    # A joined or withdrawn one waits for nothing by itself.
    facts = Facts(row.state, row.received_on, row.urgency, row.since, row.last_service, row.met_on)
    stands = row.withdrawn_at is None and row.joined_to_id is None
    return ReferralNow(
        row,
        row.since,
        row.last_service,
        row.met_on,
        awaited(facts, day=day, params=params) if stands else None,
        waited(
            row.received_on,
            day=day,
            met_on=row.met_on,
            oriented_on=row.oriented_on,
            measure_from=row.measure.period.lower if row.measure else None,
        ),
    )


def double_of(household_id: int | None, but: int | None = None) -> Referral | None:
    """The referral of this household that waits already, or None."""
    if household_id is None:
        return None
    rows = Referral.objects.waiting().filter(household=household_id)
    return (rows if but is None else rows.exclude(pk=but)).first()
