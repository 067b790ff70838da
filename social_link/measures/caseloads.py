"""How many measures run on a day, by where the household lives and who owns its dwelling (S4-01)."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, Exists, ExpressionWrapper, Func, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from common.codes import Code
from leases.models import Occupancy
from office.models import Organisation, User
from social_link.carrying.codes import CarrierRole
from social_link.carrying.models import Carrier
from social_link.measures.codes import Aim
from social_link.measures.models import Measure
from stock.models import Building

NO_HOME = "Sans logement de la maison"
OURS = "Notre service"
NO_AIM = "But non dit"


CODES = ArrayField(CharField())


class CaseloadBy(Code):
    """What the measures are counted by."""

    SITE = "immeuble", "Immeuble"
    TOWN = "commune", "Commune"
    LANDLORD = "bailleur", "Bailleur du logement"
    REFERENT = "referent", "Référent"
    MEMBER = "service", "Service du groupement"
    AIM = "but", "But"


@dataclass(frozen=True, slots=True)
class Caseload:
    """`measures` in force, of so many `households`; a household with two counts once there."""

    name: str
    measures: int
    households: int


_AT = {
    CaseloadBy.SITE: "dwelling__building",
    CaseloadBy.TOWN: "dwelling__building__city",
    CaseloadBy.LANDLORD: "lease__agreement__owner",
}


def caseloads(by: CaseloadBy, day: date) -> list[Caseload]:
    """The most loaded first, those without a dwelling of ours last: two queries. Who has two dwellings on `day` counts
    in that of the older occupancy. A measure of two aims counts for each."""
    homes = Occupancy.objects.filter(household=OuterRef("household"), period__contains=day).order_by("id")
    rows = Measure.objects.running_on(day).order_by()
    if by == CaseloadBy.REFERENT:
        counted = rows.values_list("referent")
    elif by == CaseloadBy.AIM:
        # One line for each of its aims, and one without for a measure that has none.
        each = Func(
            Coalesce(NullIf("aims", Value([], CODES)), Value([None], CODES)), function="unnest", set_returning=True
        )
        counted = rows.annotate(place=ExpressionWrapper(each, CharField())).values_list("place")
    elif by == CaseloadBy.MEMBER:
        members = Carrier.objects.filter(measure=OuterRef("pk"), role=CarrierRole.MEMBER, period__contains=day)
        counted = rows.annotate(place=Subquery(members.values("organisation")[:1])).values_list("place")
    else:
        counted = rows.annotate(place=Subquery(homes.values(_AT[by])[:1])).values_list("place")
    found = [
        (place, measures, households)
        for place, measures, households in counted.annotate(
            measures=Count("pk"), households=Count("household", distinct=True)
        )
    ]
    names = _names(by, [place for place, _, _ in found if place is not None])
    nowhere = {CaseloadBy.MEMBER: OURS, CaseloadBy.AIM: NO_AIM}.get(by, NO_HOME)
    lines = [(place is None, Caseload(names.get(place, nowhere), *counts)) for place, *counts in found]
    lines.sort(key=lambda line: (line[0], -line[1].measures, line[1].name))
    return [line for _, line in lines]


def carried_with_others(day: date) -> int:
    """How many of the measures that run on `day` another organisation carries with us (S3-06)."""
    others = Carrier.objects.filter(measure=OuterRef("pk"), role=CarrierRole.WITH_US, period__contains=day)
    return Measure.objects.running_on(day).filter(Exists(others)).count()


def _names(by: CaseloadBy, places: list[int | str]) -> dict[int | str, str]:
    if by == CaseloadBy.AIM:
        return {place: str(Aim(str(place)).label) for place in places}
    if by == CaseloadBy.TOWN:
        return {place: str(place) for place in places}
    if by == CaseloadBy.SITE:
        return {row.pk: str(row) for row in Building.objects.filter(pk__in=places)}
    if by in (CaseloadBy.LANDLORD, CaseloadBy.MEMBER):
        return {row.pk: str(row) for row in Organisation.objects.filter(pk__in=places)}
    return {row.pk: str(row) for row in User.objects.filter(pk__in=places)}
