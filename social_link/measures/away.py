"""Who is away on a day, and who stands in for him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from office.access.matrix import OWN, Data, Write, roles_with
from office.models import User
from social_link.measures.models import Absence


@dataclass(frozen=True, slots=True)
class Away:
    """The absences that run on a day, by who is away, and who may stand in: those of the social service that day."""

    absences: Mapping[int, Absence]
    present: Mapping[int, User]

    @classmethod
    def on(cls, day: date) -> Away:
        """One query where nobody is away, else three."""
        rows = Absence.objects.running_on(day).select_related("user").prefetch_related("named")
        absences = {row.user_id: row for row in rows}
        ids = {row.stand_in_id for row in absences.values()}
        ids |= {named.user_id for row in absences.values() for named in row.named.all()}
        if not ids:
            return cls(absences, {})
        roles = roles_with(Write(Data.ALERT, OWN))
        social = User.objects.filter(pk__in=ids, is_active=True, grants__role__in=roles, grants__period__contains=day)
        return cls(absences, {user.pk: user for user in social.distinct() if user.pk not in absences})

    def absence_of(self, user_id: int) -> Absence | None:
        return self.absences.get(user_id)

    def stand_in(self, absence: Absence, household_id: int) -> int | None:
        """Who has this household during the absence; None where he has left the service, or is away himself."""
        named = {row.household_id: row.user_id for row in absence.named.all()}
        wanted = named.get(household_id, absence.stand_in_id)
        return wanted if wanted in self.present else None

    def there(self, user: User, household_id: int) -> User | None:
        """`user` himself where he is there, else who stands in for him; None where nobody can."""
        absence = self.absences.get(user.pk)
        if absence is None:
            return user
        return self.present.get(self.stand_in(absence, household_id) or 0)
