"""Celery tasks of messages. Losing one loses nothing: the next minute finds the same messages."""

from celery import shared_task

from office.messages import worker
from office.messages.services.reports import read_bounces


@shared_task(name="office.send_messages")
def send() -> int:
    """Send what is due, then read what came back. Sent by `wake("messages")`, and each minute while something waits."""
    left = worker.deliver()
    read_bounces()
    return left
