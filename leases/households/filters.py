"""Filters of the households, for pages and API alike."""

from typing import Any

import django_filters as df
from django.db.models import Exists, OuterRef, QuerySet

from common import clock
from leases.contracts.models import Occupancy
from leases.households.beside import parts_for, people_for
from leases.households.codes import SupportType
from leases.households.models import Household, HouseholdQuerySet

HOUSED = [("loges", "Logés"), ("attente", "Pas encore logés"), ("partis", "Partis"), ("tous", "Tous")]
SORTS_HOUSEHOLDS = {"nom": ("sort_key", "id"), "entree": ("housed_since", "id")}


class WithDefault(df.FilterSet):
    """A filter set of which one field has a default, in the form too."""

    default: tuple[str, str]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = data.copy() if data is not None else None
        name, value = self.default
        # An old link may name a state that is no more: the usual list, not all of it under an error.
        known = {str(code) for code, _ in self.base_filters[name].extra["choices"]}
        if given is not None and given.get(name) not in known:
            given[name] = value
        super().__init__(given, *args, **kwargs)


class HouseholdFilter(WithDefault):
    """Search by names of the household and of its members, phone or reference, accents and case ignored."""

    default = ("etat", "loges")
    q = df.CharFilter(label="Rechercher", method="by_text")
    etat = df.ChoiceFilter(label="Situation", choices=HOUSED, method="by_housing", empty_label=None)
    type = df.ChoiceFilter(label="Type", field_name="support_type", choices=SupportType.choices, empty_label="Tous")

    class Meta:
        model = Household
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        return rows.matching(value)  # type: ignore[attr-defined]

    def by_housing(self, rows: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        stays = Occupancy.objects.filter(household=OuterRef("pk"))
        here = Exists(stays.filter(period__contains=clock.today()))
        if value == "loges":
            return rows.filter(here)
        if value == "partis":
            return rows.filter(~here, Exists(stays))
        if value == "attente":
            return rows.filter(~Exists(stays))
        return rows


EVERYBODY, MINE = "tous", "miens"
"""The words of everybody's households, and of those of whom one is the referent, where an app above knows them."""


class OfWhom(df.FilterSet):
    """The parts of a list that the person is offered, and the people to choose from. `household`: the path of its rows
    to their household."""

    household = "pk"
    suivi = df.ChoiceFilter(label="Suivi", choices=[], method="by_part", empty_label=None)

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        actor = kwargs["request"].actor
        self.parts = {one.word: one for one in parts_for(actor)}
        self.people = {one.word: one for one in people_for(actor)}
        usual = next((word for word, one in self.parts.items() if one.is_usual(actor)), EVERYBODY)
        given = data.copy()
        if given.get("suivi") not in {EVERYBODY, *self.parts}:
            given["suivi"] = usual
        super().__init__(given, *args, **kwargs)
        if self.parts:
            self.filters["suivi"].extra["choices"] = [
                *((word, one.label) for word, one in self.parts.items()), (EVERYBODY, "Tous les ménages"),
            ]  # fmt: skip
        else:
            del self.filters["suivi"]
        for word, one in self.people.items():
            choices = [(str(pk), name) for pk, name in one.people(actor)]
            self.filters[word] = df.ChoiceFilter(
                label=one.label, choices=choices, method=self.by_person(word), empty_label="Tous"
            )
            self.filters[word].parent, self.filters[word].field_name = self, word

    @property
    def whose(self) -> dict[str, str]:
        """What the address says of whom: without what is not a choice."""
        return {
            word: self.data[word] for word in ("suivi", *self.people) if word in self.filters and self.data.get(word)
        }

    def of_whom(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """These rows, of the households that are chosen alone: whatever else the list is filtered by."""
        said = self.form.cleaned_data if self.form.is_valid() else {}
        if "suivi" in self.filters:
            rows = self.by_part(rows, "suivi", said.get("suivi") or self.data["suivi"])
        for word in self.people:
            rows = self.by_person(word)(rows, word, said.get(word) or "")
        return rows

    def by_part(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value not in self.parts:
            return rows
        return self._in(rows, self.parts[value].narrow(_households(), self.request.actor))

    def by_person(self, word: str) -> Any:
        def narrow(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
            return self._in(rows, self.people[word].narrow(_households(), int(value))) if value else rows

        return narrow

    def _in(self, rows: QuerySet[Any], households: QuerySet[Household]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.household}__in": households.values("pk")})


def _households() -> HouseholdQuerySet:
    return Household.objects.all()


class HouseholdPageFilter(OfWhom, HouseholdFilter):
    """The filters of the page: those of the API, and whose households."""

    @property
    def shows_departed(self) -> bool:
        """Whether the list has households that are here and others."""
        return bool(self.form.is_valid() and self.form.cleaned_data["etat"] == "tous")
