"""API of the files for an aid: read only. Facts for who reads them; why one was refused or closed, for who follows the
household, and for the head of the social service."""

from collections.abc import Sequence
from typing import Any

from ninja import Query

from common import clock
from office.access.codes import TokenScope
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, paged, ref
from rent_ledger.aid_files.models import AidFile, AidFileStep
from rent_ledger.aid_files.perms import READERS, whole_among
from rent_ledger.aid_files.queries import AidFileNow, files_on
from rent_ledger.aid_files.schemas import AidFileQuery, AidFileShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

_AS_KEPT = ("id", "account_id", "need", "asked", "opened_on", "ended_on")
_OF_STEP = ("kind", "on", "until", "grant", "loan", "amount", "posting_id")


def _step(row: AidFileStep, now: AidFileNow, *, whole: bool) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_STEP} | {
        "payee": row.payee or None,
        "is_gone": row.pk in now.gone,
        "why": (row.why or None) if whole else None,
    }


def _file(now: AidFileNow, *, whole: bool) -> dict[str, Any]:
    file = now.file
    return {name: getattr(file, name) for name in _AS_KEPT} | {
        "household": ref(file.household),
        "scheme": ref(file.scheme),
        "organisation": ref(file.scheme.organisation),
        "worker": ref(file.worker),
        "state": now.state or None,
        "granted": now.granted,
        "paid": now.paid,
        "left": now.left,
        "awaits": now.awaited.reason.text() if now.awaited else "",
        "due_on": now.awaited.due_on if now.awaited else None,
        "steps": [_step(row, now, whole=whole) for row in now.rows],
    }


@router.reads("/aid-files", response=Page[AidFileShown], needs=READERS)
def list_aid_files(request: HouseRequest, query: Query[AidFileQuery]) -> Any:
    """Files for an aid, the latest first: where each stands, what was granted and paid, what it waits for."""
    rows = AidFile.objects.all()
    if query.household_id is not None:
        rows = rows.filter(household=query.household_id)
    if query.running is not None:
        rows = rows.filter(ended_on__isnull=query.running)

    def shaped(pks: Sequence[int]) -> list[dict[str, Any]]:
        found = files_on(AidFile.objects.filter(pk__in=pks).order_by("-id"), day=clock.today())
        whole = whole_among([now.file.household_id for now in found], request.actor)
        return [_file(now, whole=now.file.household_id in whole) for now in found]

    return paged(rows.order_by("-id").values_list("pk", flat=True), query, shaped)
