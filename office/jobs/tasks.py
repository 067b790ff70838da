"""Celery tasks: thin calls of `worker` and `schedules`. Losing one of these messages loses no work."""

from celery import shared_task

from office.jobs import schedules, worker
from office.jobs.queues import Queue, jobs_topic
from office.jobs.wake import wake


@shared_task(name="office.drain")
def drain(queue: str) -> int:
    """Work on the open chunks of a queue. Sent by `wake(jobs_topic(queue))`, when a job starts and by each tick."""
    return worker.drain(queue=Queue(queue))


@shared_task(name="office.tick")
def tick() -> None:
    """Each minute: run what the calendar makes due, and wake the workers of each queue where a job is open."""
    schedules.tick()
    for queue in worker.queues_with_work():
        wake(jobs_topic(queue))
