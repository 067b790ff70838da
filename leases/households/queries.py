"""What pages, API and other layers read of the households."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from common.periods import ONE_DAY, contains
from common.reasons import Reason
from leases.households.codes import LeavingQuestion, MemberRole, Typology
from leases.households.models import Household, Membership, Person
from leases.households.rules.people import age_on, composition_words, typology


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a household on a day; `age` in completed years, None where the birth date is unknown."""

    membership: Membership
    person: Person
    role: str
    age: int | None
    since: date


@dataclass(frozen=True, slots=True)
class Composition:
    """Who is in a household on a day."""

    members: tuple[Member, ...]

    @property
    def adults(self) -> list[Member]:
        return [m for m in self.members if m.role == MemberRole.ADULT]

    @property
    def children(self) -> list[Member]:
        return [m for m in self.members if m.role == MemberRole.CHILD]

    @property
    def words(self) -> str:
        """`1 adulte, 2 enfants`."""
        return composition_words(adults=len(self.adults), children=len(self.children))

    @property
    def typology(self) -> Typology:
        return typology(adults=len(self.adults), children=len(self.children))

    @property
    def typology_label(self) -> str:
        return self.typology.label


def order_of(household_ids: Iterable[int]) -> dict[int, str]:
    """Id → what the household is listed by: surname, first name, reference (one query)."""
    return dict(Household.objects.filter(pk__in=set(household_ids)).values_list("pk", "sort_key"))


def composition_on(household: Household, day: date) -> Composition:
    """The members of a household on `day`, adults first, with their ages that day (one query)."""
    rows = household.memberships.filter(period__contains=day).select_related("person").order_by("role", "id")
    return composition_of(rows, day)


def composition_of(memberships: Sequence[Membership] | QuerySet[Membership], day: date) -> Composition:
    """`composition_on` from memberships already loaded (with their person)."""
    return Composition(
        tuple(
            Member(row, row.person, row.role, age_on(row.person.birth_date, day), row.period.lower)
            for row in memberships
            if contains(row.period, day)
        )
    )


def leaving_questions(membership: Membership, around: Iterable[Membership], after: date) -> list[Reason]:
    """What to ask before this person is in the household no more from `after` on: the only adult leaves, or the
    protection of the address ends. `around`: the memberships of the household."""
    person, asked, day = membership.person, [], {"on": after - ONE_DAY}
    stay = [row for row in around if row.pk != membership.pk and contains(row.period, after)]
    if membership.role == MemberRole.ADULT and not any(row.role == MemberRole.ADULT for row in stay):
        asked.append(Reason(LeavingQuestion.ONLY_ADULT, day))
    if person.is_address_protected and not any(row.person.is_address_protected for row in stay):
        asked.append(Reason(LeavingQuestion.PROTECTION_ENDS, day))
    return asked
