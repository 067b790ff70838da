"""Filters of the list of confirmations."""

from typing import Any

import django_filters as df
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from office.confirmations.models import Confirmation
from office.confirmations.queries import confirmations_for
from office.confirmations.subjects import declared


def _authors(request: Any) -> QuerySet[Any]:
    given = confirmations_for(request.actor).order_by().values("author_id").distinct()
    return get_user_model().objects.filter(pk__in=given)


class ConfirmationFilter(df.FilterSet):
    personne = df.ModelChoiceFilter(label="Personne", field_name="author", queryset=_authors, empty_label="Toutes")
    sujet = df.ChoiceFilter(
        label="À propos de",
        field_name="about",
        choices=lambda: [(one.about, one.label) for one in declared().values()],
        empty_label="Tout",
    )

    class Meta:
        model = Confirmation
        fields: list[str] = []
