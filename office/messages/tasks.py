"""Celery tasks of messages. Losing one loses nothing: the next minute finds the same messages."""

from celery import shared_task

from office.messages import worker


@shared_task(name="office.send_messages")
def send() -> int:
    """Send what is due. Sent by `wake("messages")`, and each minute while something waits."""
    return worker.deliver()
