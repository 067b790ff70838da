"""Filters of the contracts, for pages and API alike."""

import django_filters as df
from django.db.models import Q, QuerySet

from common import clock
from common.text import search_words
from leases.contracts.codes import LeaseKind, LeaseState
from leases.contracts.models import Lease
from leases.households.filters import WithDefault
from leases.households.models import Household, lives_protected, searched_number

SORTS_LEASES = {
    "bail": ("reference",),
    "menage": ("household__sort_key", "reference"),
    "debut": ("period__startswith", "reference"),
    "fin": ("period__endswith", "reference"),
}


class LeaseFilter(WithDefault):
    default = ("etat", LeaseState.ACTIVE.value)
    q = df.CharFilter(label="Rechercher", method="by_text")
    famille = df.ChoiceFilter(label="Famille", field_name="kind", choices=LeaseKind.choices, empty_label="Toutes")
    etat = df.ChoiceFilter(
        label="État", choices=[*LeaseState.choices, ("TOUS", "Tous")], method="by_state", empty_label=None
    )

    class Meta:
        model = Lease
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Lease], name: str, value: str) -> QuerySet[Lease]:
        # To find somebody by the dwelling tells the address.
        told = ~lives_protected("household", clock.today())
        if searched_number(value):
            return rows.filter(
                Q(household__in=Household.objects.matching(value))
                | Q(reference__icontains=value)
                | Q(payment_reference__icontains=value)
            )
        every = Q()
        for word in search_words(value):
            every &= (
                Q(reference__icontains=word)
                | Q(payment_reference__icontains=word)
                | Q(household__search_key__contains=word)
                | (Q(unit__dwelling__sort_key__contains=word) & Q(told))
            )
        return rows.filter(every | Q(household__in=Household.objects.matching(value)))

    def by_state(self, rows: QuerySet[Lease], name: str, value: str) -> QuerySet[Lease]:
        return rows if value == "TOUS" else rows.filter(state=value)
