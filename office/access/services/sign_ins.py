"""The log of who signed in."""

from datetime import date, datetime, time

from django.contrib.auth import get_user_model
from django.db import models, transaction

from common import clock
from common.periods import add_months
from office.access.codes import SignInOutcome
from office.access.models import SignIn


def user_of(email: str) -> models.Model | None:
    """Who has this address, whatever its capitals."""
    return get_user_model()._default_manager.filter(email__iexact=email.strip()).first() if email.strip() else None


def log_sign_in(*, outcome: SignInOutcome, user: models.Model | None, address: str | None) -> SignIn:
    """Keep what came of a sign-in; `address` is that of the network."""
    return SignIn.objects.create(outcome=outcome, user_id=user.pk if user else None, address=address)


@transaction.atomic
def forget_sign_ins(*, day: date, months: int) -> int:
    """Erase what is older than `months` on `day`. How many."""
    oldest = datetime.combine(add_months(day, -months), time.min, tzinfo=clock.PARIS)
    return SignIn.objects.filter(at__lt=oldest).delete()[0]
