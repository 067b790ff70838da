"""Celery tasks: thin calls of the house's jobs and schedules. Losing any of these messages loses nothing."""

from celery import shared_task

from office import jobs, schedules


@shared_task(name="office.drain")
def drain() -> int:
    """Work on what is open. Sent by `wake("jobs")` and by each tick that finds work."""
    return jobs.drain()


@shared_task(name="office.tick")
def tick() -> None:
    """Each minute: run what the calendar makes due, and wake a worker where a job is open."""
    schedules.tick()
    if jobs.has_work():
        drain.delay()
