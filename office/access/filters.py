"""Filters of the log of accesses."""

from typing import Any

import django_filters as df
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from office.access.codes import SignInOutcome
from office.access.matrix import LOGGED
from office.access.models import AccessLog, SignIn


def _readers(request: Any) -> QuerySet[Any]:
    """Those whose reads this person may see."""
    seen = AccessLog.objects.visible_to(request.actor).order_by()
    return get_user_model().objects.filter(pk__in=seen.values("user_id").distinct())


class AccessLogFilter(df.FilterSet):
    personne = df.ModelChoiceFilter(label="Personne", field_name="user", queryset=_readers, empty_label="Toutes")
    donnee = df.ChoiceFilter(
        label="Donnée", field_name="subject", choices=[(data, data.label) for data in LOGGED], empty_label="Toutes"
    )
    motif = df.ChoiceFilter(
        label="Motif", method="with_reason", choices=[("avec", "Avec un motif")], empty_label="Tous"
    )

    class Meta:
        model = AccessLog
        fields: list[str] = []

    def with_reason(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.exclude(reason="")


class SignInFilter(df.FilterSet):
    personne = df.ModelChoiceFilter(
        label="Personne", field_name="user", queryset=lambda _: get_user_model().objects.all(), empty_label="Toutes"
    )
    suite = df.ChoiceFilter(label="Suite", field_name="outcome", choices=SignInOutcome.choices, empty_label="Toutes")

    class Meta:
        model = SignIn
        fields: list[str] = []
