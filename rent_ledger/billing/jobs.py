"""What the ledger does in long jobs."""

from typing import Any

from office.actor import Actor
from office.jobs import handler
from office.models import Job, JobChunk
from rent_ledger.enums import RunState
from rent_ledger.models import RentRun
from rent_ledger.services import runs
from rent_ledger.services.benefits import settle_received_months


def finish_run(job: Job) -> dict[str, Any]:
    """The last demand is made: the run is done. Aid that came before its demand is settled now."""
    RentRun.objects.filter(pk=job.payload["run"], state=RunState.RUNNING).update(state=RunState.DONE)
    return {"settled": settle_received_months(actor=Actor.system())}


@handler(runs.KIND_RUN, finish=finish_run)
def produce_chunk(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Bill the leases of one chunk."""
    run = RentRun.objects.get(pk=job.payload["run"])
    actor = Actor.of_user_id(job.author_id)
    return {"produced": runs.produce(run=run, lease_ids=chunk.payload["leases"], actor=actor)}


@handler(runs.KIND_UNDO)
def cancel_run(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Undo the run, whole."""
    return {"cancelled": runs.cancel(run_id=job.payload["run"], actor=Actor.of_user_id(job.author_id))}
