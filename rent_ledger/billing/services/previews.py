"""The preview of a run, stored with the version of the books that it was read from (ADR 15).

Twice or from two places: one preview a month (its key), and a lock for who computes it. Killed half-way: one
transaction. A run never reads it.
"""

import json
from collections.abc import Sequence

from django.db import connection, transaction

from common.copy import copy_rows
from common.money import ZERO
from common.periods import Month
from common.text import sort_key
from leases.models import Lease
from rent_ledger.billing.models import RunPreview, RunPreviewHeld, RunPreviewRow
from rent_ledger.billing.queries.previews import Simulation, simulate
from rent_ledger.billing.rules.differences import Difference
from rent_ledger.books.models import KeptAnswer
from rent_ledger.books.services.kept import books_version

# Up to so many contracts a page computes its preview before it answers: a few tenths of a second.
AT_ONCE = 2000
NEVER_CURRENT = 0


def current_preview(month: Month) -> RunPreview | None:
    """The stored preview of `month` if the books have not changed since (two queries)."""
    version, _ = books_version()
    return RunPreview.objects.filter(month=month.first, version=version).first()


def is_quick() -> bool:
    """Whether there are so few contracts that nobody notices a preview being made (one query)."""
    return Lease.objects.count() <= AT_ONCE


def preview(month: Month) -> RunPreview:
    """What a run of `month` would do, with its rows: as it was stored, or made now if the books have changed since.

    Who asks while another computes it waits, and gets the other's.
    """
    found = current_preview(month)
    if found is None:
        with transaction.atomic():
            _lock(month, wait=True)
            found = _make(month)
    return found


@transaction.atomic
def preview_unless_busy(month: Month) -> RunPreview | None:
    """`preview`, or None at once while somebody else computes it."""
    return current_preview(month) or (_make(month) if _lock(month, wait=False) else None)


@transaction.atomic
def forget_outdated() -> int:
    """Erase the previews and kept answers that the books have left behind: none is shown again, and they hold names.

    Returns how many. A preview that is being made is left to the next night.
    """
    number, _ = books_version()
    erased, _ = KeptAnswer.objects.filter(version__lt=number).delete()
    for first in RunPreview.objects.filter(version__lt=number).values_list("month", flat=True):
        if _lock(Month.of(first), wait=False):
            RunPreviewRow.objects.filter(preview=first).delete()
            RunPreviewHeld.objects.filter(preview=first).delete()
            erased += RunPreview.objects.filter(month=first).delete()[0]
    return erased


def _make(month: Month) -> RunPreview:
    """The month is locked. Another may have computed it just before."""
    version, is_settled = books_version()
    found = RunPreview.objects.filter(month=month.first, version=version).first()
    if found is not None:
        return found
    return _store(simulate(month), version if is_settled else NEVER_CURRENT)


def _lock(month: Month, *, wait: bool) -> bool:
    key = month.year * 12 + month.month
    with connection.cursor() as cursor:
        if not wait:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('run_preview'), %s)", [key])
            return bool(cursor.fetchone()[0])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('run_preview'), %s)", [key])
    return True


_NAMES = ("preview_id", "position", "lease_id", "lease_reference", "household_id", "household_name", "before")


def _store(found: Simulation, version: int) -> RunPreview:
    """Replace the preview of its month, whole."""
    first = found.month.first
    RunPreviewRow.objects.filter(preview=first).delete()
    RunPreviewHeld.objects.filter(preview=first).delete()
    copy_rows(
        RunPreviewRow._meta.db_table,
        (*_NAMES, "now", "search", "why", "groups", "is_made"),
        (
            (
                first, position, row.lease_id, row.lease_reference, row.household_id, row.household_name, row.before,
                row.now, sort_key(f"{row.household_name} {row.lease_reference}"), _json(row.reasons),
                "{" + ",".join(dict.fromkeys(reason.group for reason in row.reasons)) + "}", row.is_made,
            )
            for position, row in enumerate(found.rows)
        ),
    )  # fmt: skip
    copy_rows(
        RunPreviewHeld._meta.db_table,
        (*_NAMES, "monthly", "why", "what_to_do"),
        (
            (
                first, position, held.lease_id, held.lease_reference, held.household_id, held.household_name,
                row.before, row.monthly, json.dumps(held.reason.to_json()), json.dumps(held.cure.to_json()),
            )
            for position, row in enumerate(found.blocked)
            for held in [row.blocked]
        ),
    )  # fmt: skip
    changed = sum(1 for row in found.rows if row.reasons)
    head = RunPreview(
        month=first,
        version=version,
        draft_count=found.draft_count,
        drafted=found.drafted,
        made_count=found.made_count,
        lease_count=found.lease_count,
        before_count=found.before_count,
        before_total=sum((row.before for row in found.rows if row.before is not None), ZERO),
        now_total=sum((row.now for row in found.rows if row.now is not None), ZERO),
        changed_count=changed,
        same_count=len(found.rows) - changed,
        held_count=len(found.blocked),
        held_monthly=sum((row.monthly for row in found.blocked), ZERO),
        group_sums=[[group.code, group.count, str(group.amount)] for group in found.groups],
    )
    head.save()
    return head


def _json(reasons: Sequence[Difference]) -> str:
    return json.dumps(RunPreviewRow.stored(reasons)) if reasons else "[]"
