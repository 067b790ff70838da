"""Celery tasks: thin calls of `worker` and `schedules`. Losing one of these messages loses no work."""

from celery import shared_task

from office.jobs import schedules, worker


@shared_task(name="office.drain")
def drain() -> int:
    """Work on open chunks. Sent by `wake("jobs")` and by each tick that finds work."""
    return worker.drain()


@shared_task(name="office.tick")
def tick() -> None:
    """Each minute: run what the calendar makes due, and wake a worker where a job is open."""
    schedules.tick()
    if worker.has_work():
        drain.delay()
