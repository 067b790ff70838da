"""API of the referrals: read only. They come by the site, or by the address of a partner."""

from collections.abc import Sequence
from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged, ref
from social_link.contacts.api import of_household
from social_link.referrals.models import Referral, ReferralStep
from social_link.referrals.queries import ReferralNow, referrals_on
from social_link.referrals.schemas import ReferralListed, ReferralQuery, ReferralShown

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

ORDER = ("-received_on", "-id")
_AS_KEPT = (
    "id", "number", "received_on", "referrer", "name", "aims", "urgency", "commission_on", "consented_on", "exclusions",
    "state", "measure_id", "joined_to_id",
)  # fmt: skip


def _listed(now: ReferralNow) -> dict[str, Any]:
    row, awaited = now.referral, now.awaited
    return {name: getattr(row, name) for name in _AS_KEPT} | {
        "organisation": ref(row.organisation),
        "household": ref(row.household),
        "situation": row.situation or None,
        "assignee": ref(row.assignee),
        "since": now.since,
        "service": now.service or None,
        "awaits": awaited.reason.text() if awaited else "",
        "due_on": awaited.due_on if awaited else None,
        "is_late": awaited is not None and awaited.is_late,
        "waited": now.waited,
    }


def _page(pks: Sequence[int]) -> list[dict[str, Any]]:
    rows = Referral.objects.filter(pk__in=pks).order_by(*ORDER)
    return [_listed(now) for now in referrals_on(rows, day=clock.today())]


@router.reads("/referrals", response=Page[ReferralListed], needs=Read(Data.REFERRAL, OWN))
def list_referrals(request: HouseRequest, query: Query[ReferralQuery]) -> Any:
    """The referrals that the caller reads, the latest received first, with what each waits for."""
    visible = Referral.objects.visible_to(request.actor).filter(withdrawn_at=None)
    rows = of_household(visible, query.household_id)
    if query.state:
        rows = rows.filter(state=query.state)
    if query.waiting is not None:
        waiting = Referral.objects.waiting().values("pk")
        rows = rows.filter(pk__in=waiting) if query.waiting else rows.exclude(pk__in=waiting)
    return paged(rows.order_by(*ORDER).values_list("pk", flat=True), query, _page)


def _step(row: ReferralStep) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "on": row.on,
        "service": row.service or None,
        "organisation": ref(row.organisation),
        "why": row.why or None,
    }


@router.reads("/referrals/{referral_id}", response=ReferralShown, needs=Read(Data.REFERRAL, OWN))
def read_referral(request: HouseRequest, referral_id: int) -> Any:
    """One referral, with what happened to it."""
    row = found(Referral.objects.visible_to(request.actor), referral_id)
    [now] = referrals_on(Referral.objects.filter(pk=row.pk), day=clock.today())
    return _listed(now) | {"steps": [_step(step) for step in row.steps.select_related("organisation")]}
