"""Filters of the agreements, for pages and API alike."""

from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet

from common import clock
from common.text import search_words
from stock.agreements.codes import HeadAgreementKind
from stock.agreements.models import HeadAgreement
from stock.agreements.parameters import end_alerts_on
from stock.agreements.queries import agreements_ending

IN_FORCE = [
    ("en_cours", "En cours"),
    ("bientot", "À renouveler bientôt"),
    ("finies", "Terminées"),
    ("toutes", "Toutes"),
]


class AgreementFilter(df.FilterSet):
    q = df.CharFilter(label="Rechercher", method="by_text")
    genre = df.ChoiceFilter(label="Genre", field_name="kind", choices=HeadAgreementKind.choices, empty_label="Tous")
    etat = df.ChoiceFilter(label="Situation", choices=IN_FORCE, method="by_state", empty_label=None)

    class Meta:
        model = HeadAgreement
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = data.copy() if data is not None else None
        if given is not None and not given.get("etat"):
            given["etat"] = "en_cours"
        super().__init__(given, *args, **kwargs)

    def by_text(self, rows: QuerySet[HeadAgreement], name: str, value: str) -> QuerySet[HeadAgreement]:
        for word in search_words(value):
            rows = rows.filter(Q(sort_key__contains=word) | Q(owner__sort_key__contains=word))
        return rows

    def by_state(self, rows: QuerySet[HeadAgreement], name: str, value: str) -> QuerySet[HeadAgreement]:
        today = clock.today()
        if value == "en_cours":
            return rows.filter(period__contains=today)
        if value == "bientot":
            return rows.filter(
                pk__in=agreements_ending(today=today, alerts=end_alerts_on(today)).order_by().values("pk")
            )
        if value == "finies":
            return rows.filter(period__endswith__lte=today)
        return rows
