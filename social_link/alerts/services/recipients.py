"""To whom an alert goes."""

from collections.abc import Iterable
from datetime import date

from office.access.matrix import Data, Write, roles_with
from office.access.people import people_who
from office.models import RoleGrant, User
from social_link.measures.away import Away
from social_link.measures.models import Referent
from social_link.measures.queries import social_people


def recipients_of(household_ids: Iterable[int], day: date) -> dict[int, User]:
    """The referent of each household on `day`, or who stands in for him; else the head of the social service. A
    referent who has left the service is none."""
    referents = Referent.objects.filter(
        household__in=household_ids, period__contains=day, user__in=social_people(day)
    )  # fmt: skip
    away = Away.on(day)
    found = {row.household_id: row.user for row in referents.select_related("user")}
    found = {pk: there for pk, user in found.items() if (there := away.there(user, pk)) is not None}
    missing = [pk for pk in household_ids if pk not in found]
    if missing:
        grant = (
            RoleGrant.objects.filter(role__in=roles_with(Write(Data.ALERT)), period__contains=day, user__is_active=True)
            .select_related("user")
            .order_by("id")
            .first()
        )
        if grant:
            found |= dict.fromkeys(missing, grant.user)
    return found


def heads_of_service() -> list[int]:
    """Who sees every alert of the service, and answers for it."""
    return list(people_who(Write(Data.ALERT)).values_list("pk", flat=True))
