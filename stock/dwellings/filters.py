"""Filters of the dwellings, for pages and API alike."""

from datetime import date
from typing import Any

import django_filters as df
from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.forms import DayField
from common.text import search_words, sort_key
from stock.agreements.models import HeadAgreement
from stock.dwellings.codes import VacancyReason
from stock.dwellings.models import Building, Dwelling

OCCUPATION = [("occupe", "Occupés"), ("vide", "Vides"), ("tous", "Occupés et vides"), ("sortis", "Sortis du parc")]
TYPOLOGIES = [(str(n), f"T{n}") for n in range(1, 7)] + [("7", "T7 et plus")]
# Of the empty ones.
REASONS = [*VacancyReason.choices, ("aucun", "Sans motif dit")]


class DayFilter(df.Filter):
    """A day typed in French."""

    field_class = DayField


class DwellingFilter(df.FilterSet):
    """`au` is the day that the other filters refer to: today by default."""

    q = df.CharFilter(label="Rechercher", method="by_text")
    commune = df.ChoiceFilter(label="Commune", field_name="building__city", empty_label="Toutes")
    convention = df.ModelChoiceFilter(
        label="Convention", queryset=HeadAgreement.objects.order_by("reference"), method="by_agreement",
        empty_label="Toutes",
    )  # fmt: skip
    type = df.ChoiceFilter(label="Type", choices=TYPOLOGIES, method="by_typology", empty_label="Tous")
    etat = df.ChoiceFilter(label="Situation", choices=OCCUPATION, method="by_occupation", empty_label=None)
    motif = df.ChoiceFilter(label="Motif", choices=REASONS, method="by_reason", empty_label="Tous")
    au = DayFilter(label="Au", method="keep")

    class Meta:
        model = Dwelling
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, agreements: bool = True, **kwargs: Any) -> None:
        given = data.copy() if data is not None else None
        if given is not None and not given.get("etat"):
            given["etat"] = "tous"
        super().__init__(given, *args, **kwargs)
        built = Building.objects.filter(Exists(Dwelling.objects.filter(building=OuterRef("pk"))))
        cities = built.order_by().values_list("city", flat=True).distinct()
        self.filters["commune"].extra["choices"] = [(city, city) for city in sorted(cities, key=sort_key)]
        if not agreements:
            del self.filters["convention"]

    @property
    def day(self) -> date:
        return (self.form.cleaned_data.get("au") if self.form.is_valid() else None) or clock.today()

    def keep(self, rows: QuerySet[Dwelling], name: str, value: date) -> QuerySet[Dwelling]:
        return rows

    def by_text(self, rows: QuerySet[Dwelling], name: str, value: str) -> QuerySet[Dwelling]:
        for word in search_words(value):
            rows = rows.filter(Q(sort_key__contains=word) | Q(building__sort_key__contains=word))
        return rows

    def by_agreement(self, rows: QuerySet[Dwelling], name: str, value: HeadAgreement) -> QuerySet[Dwelling]:
        return rows.filter(pk__in=value.lines.filter(period__contains=self.day).values("dwelling_id"))

    def by_typology(self, rows: QuerySet[Dwelling], name: str, value: str) -> QuerySet[Dwelling]:
        return rows.filter(rooms__gte=7) if value == "7" else rows.filter(rooms=int(value))

    def by_reason(self, rows: Any, name: str, value: str) -> Any:
        empty = rows.vacant_on(self.day).with_vacancy_reason(self.day)
        return empty.filter(told_reason__isnull=True) if value == "aucun" else empty.filter(told_reason=value)

    def by_occupation(self, rows: Any, name: str, value: str) -> Any:
        if value == "occupe":
            return rows.occupied_on(self.day)
        if value == "vide":
            return rows.vacant_on(self.day)
        in_stock = rows.in_stock_on(self.day)
        return rows.exclude(pk__in=in_stock) if value == "sortis" else in_stock
