"""API of the notices of who calls."""

from collections.abc import Sequence
from typing import Any

from ninja import Query

from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, found, paged
from office.notices.models import Notice
from office.notices.queries import lines
from office.notices.schemas import NoticeListed, NoticeQuery
from office.notices.services import mark_seen

router = HouseRouter(tag="office", read=TokenScope.OFFICE_READ, write=TokenScope.OFFICE_WRITE)


def _listed(rows: Sequence[Notice]) -> list[dict[str, Any]]:
    return [
        {name: getattr(line.notice, name) for name in ("id", "kind", "is_urgent", "created_at", "seen_at")}
        | {"label": line.kind.label, "title": line.shown.title, "page": line.shown.url}
        for line in lines(rows)
    ]


@router.reads("/notices", response=Page[NoticeListed], needs=Read(Data.SELF, OWN))
def list_notices(request: HouseRequest, query: Query[NoticeQuery]) -> Any:
    """One's own, about what one may still read, the latest first. A token needs the scope of what a notice is about."""
    rows = Notice.objects.visible_to(request.actor).order_by("-id")
    if query.unseen:
        rows = rows.unseen()
    if query.urgent:
        rows = rows.filter(is_urgent=True)
    return paged(rows, query, _listed)


@router.writes("/notices/{notice_id}/seen", response=NoticeListed, needs=Write(Data.SELF, OWN))
def mark_notice_seen(request: HouseRequest, notice_id: int) -> Any:
    """It was seen: the bell counts it no more. Again changes nothing."""
    row = found(Notice.objects.visible_to(request.actor), notice_id)
    [shown] = _listed([mark_seen(notice=row, actor=request.actor)])
    return shown
