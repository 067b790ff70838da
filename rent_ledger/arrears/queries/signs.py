"""The early signs that are watched: which accounts, with what facts; and those of one account."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from common import clock
from office.access.actor import Actor
from rent_ledger.arrears.models import EarlySign, SignAside
from rent_ledger.arrears.perms import can_read_cases
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.books.codes import Lane
from rent_ledger.books.models import AccountState


def standing_signs(day: date) -> QuerySet[EarlySign]:
    """The signs that stand on `day` and that nobody set aside."""
    asides = SignAside.objects.filter(undone_at=None)
    same_kind = asides.filter(sign__account=OuterRef("account"), sign__kind=OuterRef("kind"), until__gte=day)
    return EarlySign.objects.filter(
        ~Exists(asides.filter(sign=OuterRef("pk"), until=None)), ~Exists(same_kind), ended_on=None
    )


def watched_for(actor: Actor, *, day: date) -> QuerySet[AccountState]:
    """« À surveiller »: the accounts with a sign and nothing to decide; none to who may not read cases."""
    if not can_read_cases(actor):
        return AccountState.objects.none()
    return _watched(day).exclude(action__in=sorted(TO_DECIDE))


def watched_count(actor: Actor) -> int:
    """How many accounts are watched. One query."""
    return watched_for(actor, day=clock.today()).count()


def _watched(day: date) -> QuerySet[AccountState]:
    signs = standing_signs(day).filter(account=OuterRef("account"))
    return AccountState.objects.filter(Exists(signs), lane__in=[Lane.NONE, Lane.NEW, Lane.TECHNICAL])


def signs_of(account_ids: Collection[int], *, day: date) -> dict[int, list[EarlySign]]:
    """The signs of each account that nobody set aside, the latest first. One query."""
    found: dict[int, list[EarlySign]] = {}
    for sign in standing_signs(day).filter(account__in=list(account_ids)).order_by("-known_on", "-id"):
        found.setdefault(sign.account_id, []).append(sign)
    return found


def set_aside_now() -> QuerySet[SignAside]:
    """What is set aside, of signs that go on; the latest first."""
    rows = SignAside.objects.filter(sign__ended_on=None, undone_at=None)
    return rows.select_related("sign__account__household", "author").order_by("-decided_at", "-id")
