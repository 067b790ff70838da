"""What the social service tells of households in their list: who follows them, the measure, the last contact."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Exists, Max, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Trim

from common import clock
from common.links import link
from common.typography import short_day
from leases.households.beside import Aside, Cell, Own, Part, Person, own, part, person, tell
from leases.households.filters import MINE
from leases.households.models import HouseholdQuerySet
from office.access.actor import Actor
from office.access.matrix import FACTS, OWN, Data, Read, Write, access_of, can
from social_link.contacts.models import Contact
from social_link.contacts.perms import followed_by
from social_link.measures.models import Measure, Referent
from social_link.measures.queries import social_people


def _knows_referents(actor: Actor) -> bool:
    return can(actor, Read(Data.ALERT, OWN, FACTS))


def _referents(ids: Collection[int], actor: Actor, day: date) -> Mapping[int, Cell]:
    rows = Referent.objects.filter(household__in=ids, period__contains=day).select_related("user")
    found = {row.household_id: Cell(row.user.get_full_name()) for row in rows}
    if can(actor, Write(Data.REFERENT)) and can(actor, Read(Data.CONTACT)):
        back = link("leases:households", suivi="sans-referent")
        for pk in set(ids) - set(found):
            found[pk] = Cell("Nommer", url=link("social_link:referent", pk, retour=back))
    return found


def _referent_at(path: str) -> Combinable:
    rows = Referent.objects.filter(household=OuterRef(path), period__contains=clock.today())
    return Subquery(rows.values(name=Trim(Concat("user__first_name", Value(" "), "user__last_name")))[:1])


def _measures(ids: Collection[int], actor: Actor, day: date) -> Mapping[int, Cell]:
    rows = Measure.objects.visible_to(actor).running_on(day).filter(household__in=ids)
    return {
        row.household_id: Cell(row.get_kind_display(), note=f"jusqu’au {short_day(row.planned_end, today=day)}")
        for row in rows.order_by("is_lead", "-planned_end", "-id")
    }


def _contacts(ids: Collection[int], actor: Actor, day: date) -> Mapping[int, Cell]:
    rows = Contact.objects.visible_to(actor).met().filter(household__in=ids, happened_on__lte=day)
    last = rows.order_by().values_list("household").annotate(Max("happened_on"))
    return {household: Cell(short_day(on, today=day)) for household, on in last if on}


def _own(ids: Collection[int], actor: Actor) -> set[int]:
    return set(followed_by(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _mine(rows: HouseholdQuerySet, actor: Actor) -> HouseholdQuerySet:
    return rows.filter(pk__in=followed_by(actor).values("pk"))


def _of_referent(rows: HouseholdQuerySet, user_id: int) -> HouseholdQuerySet:
    held = Referent.objects.filter(household=OuterRef("pk"), user_id=user_id, period__contains=clock.today())
    return rows.filter(Exists(held))


def _people(actor: Actor) -> list[tuple[int, str]]:
    return [(user.pk, user.get_full_name()) for user in social_people()]


def _alone(rows: HouseholdQuerySet, actor: Actor) -> HouseholdQuerySet:
    named = Referent.objects.filter(household=OuterRef("pk"), period__contains=clock.today())
    return rows.filter(~Exists(named))


def _follows_own(actor: Actor) -> bool:
    return actor.is_social and not can(actor, Read(Data.CONTACT))


tell(Aside("Référent", rank=40, may=_knows_referents, read=_referents, at=_referent_at))
tell(Aside("Mesure", rank=50, may=lambda actor: can(actor, Read(Data.MEASURE, OWN)), read=_measures))
tell(Aside("Dernier contact", rank=60, may=lambda actor: actor.is_social, read=_contacts))
own(Own(may=lambda actor: OWN in access_of(actor, Data.CONTACT), among=_own))
part(Part(MINE, "Les miens", may=_follows_own, narrow=_mine, is_usual=_follows_own))
part(Part("sans-referent", "Sans référent", may=_knows_referents, narrow=_alone))
person(
    Person(
        "referent", "Référent", may=lambda actor: can(actor, Read(Data.CONTACT)), people=_people, narrow=_of_referent
    )
)
