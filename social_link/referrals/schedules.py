"""What is told to partners as measures go by."""

from datetime import date

from common import clock
from office.jobs.schedules import every_day
from social_link.referrals.services.telling import tell_progress


@every_day("referral_news", "Nouvelles aux partenaires qui ont saisi", at_hour=7)
def news(day: date) -> None:
    """Today's alone: what a night off has missed is told today."""
    tell_progress(clock.today())
