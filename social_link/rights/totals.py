"""Counts and euros of the rights, without any name of a household: by right, by worker, by year."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from common.money import ZERO
from leases.models import Household
from office.models import User
from rent_ledger.aid_files.codes import AidStepKind
from rent_ledger.models import AidFile, AidFileStep
from social_link.rights.codes import Per, RightKind, RightState
from social_link.rights.models import RightFact
from social_link.rights.queries import accompanied, present
from social_link.rights.rules.kinds import HEALTH

HEALTH_LABEL = "Santé et handicap"
TOLD = (RightState.OPEN, RightState.ASKED, RightState.REFUSED, RightState.APPEALED, RightState.NONE)


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Rights of accompanied households by state, in the order of `TOLD`."""

    label: str
    counts: tuple[int, ...]


def states_by_kind(day: date) -> list[KindTotal]:
    """How the rights of the households accompanied on `day` stand. Those of health are one line. One query."""
    rows = accompanied(present(RightFact.objects.all().standing(), day), day)
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, state, count in rows.order_by().values_list("kind", "said").annotate(Count("pk")):
        found[HEALTH_LABEL if kind in HEALTH else RightKind(kind).label][state] += count
    labels = [*(kind.label for kind in RightKind if kind not in HEALTH), HEALTH_LABEL]
    return [KindTotal(label, tuple(found[label][state] for state in TOLD)) for label in labels]


@dataclass(frozen=True, slots=True)
class Euros:
    """Asked and obtained: each month, once; and by files for an aid, asked and granted."""

    asked_monthly: Decimal = ZERO
    asked_once: Decimal = ZERO
    obtained_monthly: Decimal = ZERO
    obtained_once: Decimal = ZERO
    aid_asked: Decimal = ZERO
    aid_granted: Decimal = ZERO

    @property
    def any(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


_NAMES: Mapping[tuple[str, str], str] = {
    (RightState.ASKED, Per.MONTH): "asked_monthly",
    (RightState.ASKED, Per.ONCE): "asked_once",
    (RightState.OPEN, Per.MONTH): "obtained_monthly",
    (RightState.OPEN, Per.ONCE): "obtained_once",
}


def _euros(start: date, end: date, household: Household | None) -> dict[int | None, Euros]:
    """By worker (None where nobody is named), over `[start, end)`: who noted a right, who follows a file. What is paid
    each month counts once a year for each right, by its last fact: a renewal doubles nothing. What is paid in one go
    counts once for each day of it: noted anew with another amount or end, it is corrected. Three queries."""
    facts = RightFact.objects.filter(on__gte=start, on__lt=end, amount__isnull=False)
    files = AidFile.objects.filter(steps__kind=AidStepKind.SENT, steps__on__gte=start, steps__on__lt=end)
    grants = AidFileStep.objects.filter(kind=AidStepKind.GRANTED, on__gte=start, on__lt=end)
    if household is not None:
        facts, files = facts.filter(household=household), files.filter(household=household)
        grants = grants.filter(file__household=household)
    right = ("household_id", "kind", "person_id", "said")
    last = facts.filter(per=Per.MONTH).order_by(*right, "-id").distinct(*right)
    once = facts.filter(per=Per.ONCE).order_by(*right, "on", "-id").distinct(*right, "on")
    counted = facts.filter(pk__in=last.values("pk")) | facts.filter(pk__in=once.values("pk"))
    sums: dict[int | None, dict[str, Decimal]] = defaultdict(dict)
    for worker, state, per, total in _summed(counted):
        if name := _NAMES.get((state, per)):
            sums[worker][name] = total
    for worker, total in files.order_by().values_list("worker").annotate(total=Sum("asked")):
        sums[worker]["aid_asked"] = total or ZERO
    granted = Coalesce("grant", ZERO) + Coalesce("loan", ZERO)
    for worker, total in grants.order_by().values_list("file__worker").annotate(total=Sum(granted)):
        sums[worker]["aid_granted"] = total or ZERO
    return {worker: Euros(**found) for worker, found in sums.items()}


def _summed(facts: "QuerySet[RightFact]") -> "QuerySet[RightFact, tuple[int | None, str, str, Decimal]]":
    return facts.order_by().values_list("author", "said", "per").annotate(Sum("amount"))


def euros_of(start: date, end: date, *, household: Household | None = None) -> Euros:
    """Of one household, or of all."""
    found = _euros(start, end, household).values()
    return Euros(**{name: sum((getattr(one, name) for one in found), ZERO) for name in Euros.__slots__})


def euros_by_worker(start: date, end: date) -> list[tuple[str, Euros]]:
    """(name, euros) of each worker who has some, in order of surname."""
    found = _euros(start, end, None)
    people = User.objects.filter(pk__in=[pk for pk in found if pk]).order_by("last_name", "first_name", "pk")
    rows = [(user.get_full_name(), found[user.pk]) for user in people]
    return [*rows, ("Sans personne nommée", found[None])] if None in found else rows
