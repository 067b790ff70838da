"""Celery tasks of the books. Losing a message loses nothing: the minute's schedule finds the same accounts."""

from celery import shared_task

from rent_ledger.books.services.accounts import follow_parties


@shared_task(name="rent_ledger.follow_parties")
def follow() -> int:
    """The debtors of the accounts follow the parties of their contracts. Sent by `wake("parties_changed")`."""
    return follow_parties()
