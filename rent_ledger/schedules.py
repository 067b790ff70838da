"""What the ledger does by itself each day."""

from datetime import date

from office.actor import Actor
from office.schedules import every_day
from rent_ledger.services.receipts import issue_due_receipts


@every_day("receipts", "Quittances des termes réglés", at_hour=6)
def receipts(day: date) -> None:
    """A quittance for every term that is fully settled and has none."""
    issue_due_receipts(day=day, actor=Actor.system())
