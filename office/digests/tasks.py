"""Celery tasks of what leaves for the people of the house. Losing one loses nothing: the next minute finds the same."""

from celery import shared_task

from office.digests.services import sending


@shared_task(name="office.tell_urgent")
def tell() -> int:
    """Sent by `wake("notices")`, and each minute while something urgent was told to nobody, or an address of before."""
    return sending.tell_moved() + sending.tell_urgent()
