"""By when the households are to be met again, read by set (`measures.rules.rhythm`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Max

from common.params import Params
from office.parameters.queries import params_on
from social_link.contacts.models import Contact
from social_link.contacts.parameters import silence_params
from social_link.measures.codes import MeasureKind
from social_link.measures.models import Measure, Referent
from social_link.measures.parameters import rhythms
from social_link.measures.rules.rhythm import Asked, Limit, limit_of


def last_met(households: Collection[int], day: date) -> dict[int, date]:
    """The last contact with somebody, up to `day`, by household (id). One query."""
    rows = Contact.objects.met().filter(household__in=households, happened_on__lte=day).order_by()
    return dict(rows.values("household").annotate(last=Max("happened_on")).values_list("household", "last"))


def limits_of(
    households: Collection[int], day: date, *, met_on: Mapping[int, date] | None = None, params: Params | None = None
) -> dict[int, Limit]:
    """The limit of each of these households (ids) on `day`; those that nobody accompanies are left out. Four queries,
    none without households. `met_on`: the last contacts, where they are known already."""
    if not households:
        return {}
    params = params or params_on(day)
    met_on = last_met(households, day) if met_on is None else met_on
    days, general = rhythms(params), silence_params(day, params=params).limit_days
    asked: defaultdict[int, list[Asked]] = defaultdict(list)
    running = Measure.objects.running_on(day).filter(household__in=households).order_by("pk")
    for household, kind, first in running.values_list("household", "kind", "period__startswith"):
        asked[household].append(_asked(kind, first, days))
    held = Referent.objects.filter(household__in=households, period__contains=day)
    since = dict(held.values_list("household", "period__startswith"))
    found = {pk: limit_of(asked[pk], last=met_on.get(pk), since=since.get(pk), general=general) for pk in households}
    return {pk: limit for pk, limit in found.items() if limit is not None}


def limit_by(
    running: Iterable[Measure], *, last: date | None, since: date | None, day: date, params: Params
) -> Limit | None:
    """`limits_of` of one household of which all is known already: its measures that run on `day`, its last contact, and
    since when it has a referent. No query."""
    days, general = rhythms(params), silence_params(day, params=params).limit_days
    asked = [_asked(row.kind, row.period.lower, days) for row in sorted(running, key=lambda row: row.pk)]
    return limit_of(asked, last=last, since=since, general=general)


def _asked(kind: str, first: date, days: Mapping[MeasureKind, int | None]) -> Asked:
    return Asked(MeasureKind(kind).label, first, days[MeasureKind(kind)])
