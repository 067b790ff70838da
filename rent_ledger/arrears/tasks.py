"""Celery tasks of the ledger. Losing a message loses nothing: the daily schedule finds the same cases."""

from celery import shared_task

from common import clock
from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.signs import find_signs
from rent_ledger.arrears.services.unmade_calls import tell_unmade_calls


@shared_task(name="rent_ledger.detect_arrears")
def detect() -> int:
    """Cases that open, are constituted or close now. Sent by `wake("arrears_changed")`; it wakes it again only where it
    changed something."""
    report = detect_arrears(day=clock.today(), actor=Actor.system())
    find_signs(day=clock.today())
    tell_unmade_calls(day=clock.today())
    return len(report.opened) + len(report.reopened) + len(report.constituted) + len(report.closed)
