"""What a right asks of who accompanies the household: to renew it. Noting its renewal, or anything else of it, does it.

The line of a right of health does not name it: a task is told in more places than the page of the household.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.measures.away import Away
from social_link.measures.models import Measure, Referent
from social_link.rights.codes import RightDuty, RightState
from social_link.rights.models import RightFact
from social_link.rights.parameters import right_params
from social_link.rights.queries import accompanied, present
from social_link.rights.rules.kinds import HEALTH

ABOUT_RIGHT = "right"
"""What these tasks are about: the id is the fact's."""


def _facts(ids: Collection[int]) -> QuerySet[RightFact]:
    return RightFact.objects.filter(pk__in=ids)


def _to_renew(ids: Collection[int] | None) -> Iterable[Cause]:
    """The open rights of accompanied households that have to be renewed soon, or had to; asked of the referent, of who
    stands in for him, or else of who has the measure."""
    today = clock.today()
    until = today + timedelta(days=right_params(today).notice_days)
    rows = RightFact.objects.filter(said=RightState.OPEN, renew_on__lte=until)
    rows = rows if ids is None else rows.filter(pk__in=ids)
    referent = Referent.objects.filter(
        household=OuterRef("household"), period__contains=today, user__is_active=True
    ).order_by("pk")
    measure = Measure.objects.running_on(today).filter(household=OuterRef("household")).order_by("-is_lead", "pk")
    found = accompanied(present(rows.standing(), today), today).annotate(
        asked=Subquery(referent.values("user")[:1]), carried=Subquery(measure.values("referent")[:1])
    )
    asked = list(found.order_by("pk").values_list("pk", "renew_on", "household_id", "asked", "carried"))
    away = Away.on(today) if asked else None
    causes = []
    for pk, due_on, household, referent_id, carried in asked:
        who = referent_id or carried
        if away is not None and who is not None and (absence := away.absence_of(who)) is not None:
            who = away.stand_in(absence, household) or who
        causes.append(Cause(pk, due_on=due_on, household_id=household, assignee_id=who))
    return causes


def _renewed(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """Done by who noted what followed; else nobody accompanies the household, or the fact was taken out."""
    found = dict.fromkeys(raised, Ending("Ce droit n’est plus à renouveler par nous"))
    for fact in _facts(raised).only("household_id", "kind", "person_id"):
        later = RightFact.objects.filter(
            household=fact.household_id, kind=fact.kind, person=fact.person_id, pk__gt=fact.pk
        ).order_by("pk")
        next_one = later.values_list("author", flat=True).first()
        if later.exists():
            found[fact.pk] = Ending(by_id=next_one)
    return found


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    found = {}
    for fact in _facts(ids).select_related("household"):
        name = fact.household.name
        what = "Droit à renouveler" if fact.kind in HEALTH else f"{fact.get_kind_display()} à renouveler"
        text = "" if fact.renew_on is None else f"à faire pour le {short_day(fact.renew_on, today=today)}"
        found[fact.pk] = TaskLine(
            f"{what} : {name}", text, name, link("social_link:household_rights", fact.household_id)
        )
    return found


def _page() -> str:
    return link("social_link:rights")


RENEW = declare(
    TaskKind(
        code=RightDuty.RENEW, about=ABOUT_RIGHT, reveals=Data.RIGHT, falls_to=Write(Data.RIGHT),
        causes=_to_renew, endings=_renewed, show=_shown, locks=_facts,
        look=TaskLook("clipboard-check", "social", "Renouveler", "droit à renouveler,droits à renouveler", _page),
    )
)  # fmt: skip
