"""What the ledger does by itself each day."""

from datetime import date

from common import clock
from office.actor import Actor
from office.schedules import every_day
from rent_ledger.services.detection import detect_arrears
from rent_ledger.services.projections import roll
from rent_ledger.services.receipts import issue_due_receipts


@every_day("new_day", "Nouvelle journée : ce qui arrive à échéance", at_hour=0)
def new_day(day: date) -> None:
    """What came due is due: account states and lanes of the day."""
    roll(day=clock.today())


@every_day("arrears", "Recherche des impayés", at_hour=5)
def arrears(day: date) -> None:
    """Cases open, are constituted and close. It writes on the day itself only, so a missed night is caught up today."""
    detect_arrears(day=clock.today(), actor=Actor.system())


@every_day("receipts", "Quittances des termes réglés", at_hour=6)
def receipts(day: date) -> None:
    """A quittance for every term that is fully settled and has none."""
    issue_due_receipts(day=day, actor=Actor.system())
