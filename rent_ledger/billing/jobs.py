"""The long jobs of the rent run: its chunks, its end, its undo."""

from typing import Any

from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.jobs.queues import Queue
from office.jobs.worker import handler
from office.messages.codes import Channel
from office.models import Job, JobChunk
from rent_ledger.billing.codes import RunState
from rent_ledger.billing.models import RentRun
from rent_ledger.billing.services import runs, sending
from rent_ledger.billing.services.settlement import settle_received_months


def finish_run(job: Job) -> dict[str, Any]:
    """The last demand is made: the run is done. Aid that came before its demand is settled now."""
    RentRun.objects.filter(pk=job.payload["run"], state=RunState.RUNNING).update(state=RunState.DONE)
    return {"settled": settle_received_months(actor=Actor.system())}


@handler(runs.KIND_RUN, queue=Queue.MONEY, finish=finish_run, needs=Write(Data.RENT_RUN))
def produce_chunk(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Bill the leases of one chunk."""
    run = RentRun.objects.get(pk=job.payload["run"])
    actor = Actor.of_user_id(job.author_id)
    return {"produced": runs.produce(run=run, lease_ids=chunk.payload["leases"], actor=actor)}


@handler(sending.KIND_SEND, queue=Queue.MONEY, needs=Write(Data.RENT_RUN))
def write_messages(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Write the messages that carry the avis of one chunk."""
    actor = Actor.of_user_id(job.author_id)
    ways = sending.write_avis(run_id=job.payload["run"], demand_ids=chunk.payload["demands"], actor=actor)
    return {"emails": ways[Channel.EMAIL], "letters": ways[Channel.PAPER]}


def keep_run(job: Job) -> None:
    """The undo was refused or went wrong: the run is done as before, and its month free for the next try."""
    RentRun.objects.filter(pk=job.payload["run"], state=RunState.UNDOING).update(state=RunState.DONE)


@handler(runs.KIND_UNDO, queue=Queue.MONEY, failed=keep_run, needs=Write(Data.RENT_RUN))
def cancel_run(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Undo the run, whole."""
    return {"cancelled": runs.cancel(run_id=job.payload["run"], actor=Actor.of_user_id(job.author_id))}
