"""What runs by itself each day in the office."""

from datetime import date

from django.contrib.sessions.models import Session

from common import clock
from office.access.parameters import SIGN_IN_MONTHS
from office.access.services.sign_ins import forget_sign_ins
from office.jobs.schedules import every_day
from office.notices.services import forget_seen
from office.parameters.queries import params_on
from office.requests.services import forget_answers


@every_day("forget_answers", "Réponses des envois", at_hour=4)
def forget(day: date) -> None:
    """The answers of old sends are erased."""
    forget_answers()


@every_day("forget_notices", "Effacement des notifications vues", at_hour=4)
def forget_notices(day: date) -> None:
    """What was seen long ago."""
    forget_seen()


@every_day("forget_sign_ins", "Effacement des connexions anciennes", at_hour=4)
def forget_old_sign_ins(day: date) -> None:
    """The log of sign-ins, after the months of its parameter; sessions that have ended."""
    forget_sign_ins(day=day, months=params_on(day).integer(SIGN_IN_MONTHS))
    Session.objects.filter(expire_date__lt=clock.now()).delete()
