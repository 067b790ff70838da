"""The job that plays a changed policy on the past."""

from typing import Any

from office.access.matrix import TOTALS, Data, Read
from office.jobs.queues import Queue
from office.jobs.worker import handler
from office.models import Job, JobChunk
from rent_ledger.policy.services.replaying import KIND, play


@handler(KIND, queue=Queue.DOCUMENTS, needs=Read(Data.PARAMETER), tells=Read(Data.ARREARS_CAUSE, TOTALS))
def replay_chunk(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Both policies on the accounts of one chunk: sums that add up, without a name."""
    found = play(job, chunk.payload["accounts"])
    counts: dict[str, Any] = {}
    for which, months in (("now", found.now), ("changed", found.changed)):
        counts |= {f"{which}:{rule}:{month:%Y-%m}": n for (rule, month), n in months.items()}
    for what in ("only_now", "only_changed", "both", "sooner"):
        counts |= {f"{what}:{rule}": n for rule, n in getattr(found, what).items()}
    return counts
