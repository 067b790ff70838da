"""What the calendar does for the commissions."""

from datetime import date

from office.jobs.schedules import every_day
from social_link.commissions.services.agenda import filled_by_night


@every_day("commission_agendas", "Ordres du jour des commissions", at_hour=5)
def fill_agendas(day: date) -> None:
    """What waits for a decision is put on the agendas whose entries are open."""
    filled_by_night(day)
