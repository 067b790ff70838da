"""Filters of the address book."""

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet

from common.text import sort_key
from office.house.codes import OrganisationKind
from office.house.models import Organisation


class OrganisationFilter(df.FilterSet):
    q = df.CharFilter(
        label="Rechercher",
        method="by_text",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Nom ou SIRET"}),
    )
    role = df.ChoiceFilter(label="Rôle", field_name="roles__kind", choices=OrganisationKind.choices, empty_label="Tous")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(Q(sort_key__contains=sort_key(value)) | Q(siret__startswith=value.replace(" ", "")))
