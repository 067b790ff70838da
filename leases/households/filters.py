"""Filters of the lists of households and leases, for pages and API alike."""

from typing import Any

import django_filters as df
from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.text import sort_key
from leases.enums import LeaseKind, LeaseState, SupportType
from leases.models import Household, Lease, Membership, Occupancy

HOUSED = [("loges", "Logés"), ("attente", "Pas encore logés"), ("partis", "Partis"), ("tous", "Tous")]
SORTS_HOUSEHOLDS = {"nom": ("sort_key", "id"), "entree": ("housed_since", "id"), "reference": ("reference",)}
SORTS_LEASES = {
    "bail": ("reference",),
    "menage": ("household__sort_key", "reference"),
    "debut": ("period__startswith", "reference"),
    "fin": ("period__endswith", "reference"),
}


class _WithDefault(df.FilterSet):
    """A filter set of which one field has a default, in the form too."""

    default: tuple[str, str]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = data.copy() if data is not None else None
        name, value = self.default
        if given is not None and not given.get(name):
            given[name] = value
        super().__init__(given, *args, **kwargs)


class HouseholdFilter(_WithDefault):
    """Search by names of the household and of its members, phone or reference, accents and case ignored."""

    default = ("etat", "loges")
    q = df.CharFilter(label="Rechercher", method="by_text")
    etat = df.ChoiceFilter(label="Situation", choices=HOUSED, method="by_housing", empty_label=None)
    type = df.ChoiceFilter(label="Type", field_name="support_type", choices=SupportType, empty_label="Tous")

    class Meta:
        model = Household
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        members = Membership.objects.filter(household=OuterRef("pk"))
        digits = "".join(c for c in value if c.isdigit())
        if len(digits) >= 6 and not any(c.isalpha() for c in value):
            return rows.filter(Exists(members.filter(person__phone__contains=digits)))
        for word in sort_key(value).split():
            rows = rows.filter(Q(sort_key__contains=word) | Exists(members.filter(person__sort_key__contains=word)))
        return rows

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


class LeaseFilter(_WithDefault):
    default = ("etat", "ACTIVE")
    q = df.CharFilter(label="Rechercher", method="by_text")
    famille = df.ChoiceFilter(label="Famille", field_name="kind", choices=LeaseKind, empty_label="Toutes")
    etat = df.ChoiceFilter(
        label="État", choices=[*LeaseState.choices, ("TOUS", "Tous")], method="by_state", empty_label=None
    )

    class Meta:
        model = Lease
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Lease], name: str, value: str) -> QuerySet[Lease]:
        for word in sort_key(value).split():
            rows = rows.filter(
                Q(reference__icontains=word)
                | Q(payment_reference__icontains=word)
                | Q(household__sort_key__contains=word)
                | Q(unit__dwelling__sort_key__contains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Lease], name: str, value: str) -> QuerySet[Lease]:
        return rows if value == "TOUS" else rows.filter(state=value)
