"""Filters of the list of messages."""

from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet

from common.text import search_words, sort_key
from office.messages.codes import ABOUT_STAFF, GONE_STATES, WAITING_STATES, Channel
from office.messages.kinds import declared
from office.messages.models import ADDRESSEE_KEY, Message

# Words of the addresses, in the order of the page.
FAILED, WAITING, GONE, ALL = "echec", "attente", "partis", "tous"
SITUATIONS = {FAILED: "À voir", WAITING: "En attente", GONE: "Partis", ALL: "Tous"}
SORTS = {"decide": ("id",)}


def _kinds() -> list[tuple[str, str]]:
    """Those to households, by name."""
    kinds = ((code, kind.label) for code, kind in declared().items() if kind.about != ABOUT_STAFF)
    return sorted(kinds, key=lambda one: sort_key(one[1]))


class MessageFilter(df.FilterSet):
    """`etat` is first what did not arrive, if there is any; of one addressee or household, all."""

    q = df.CharFilter(
        label="Destinataire",
        method="by_text",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Nom du ménage"}),
    )
    etat = df.ChoiceFilter(label="Situation", choices=list(SITUATIONS.items()), method="by_state", empty_label=None)
    genre = df.ChoiceFilter(label="Message", field_name="kind", choices=_kinds, empty_label="Tous")
    voie = df.ChoiceFilter(label="Voie", field_name="channel", choices=Channel.choices, empty_label="Toutes")
    menage = df.NumberFilter(field_name="household_id", widget=forms.HiddenInput)

    class Meta:
        model = Message
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, queryset: Any, **kwargs: Any) -> None:
        given = data.copy()
        if given.get("etat") not in SITUATIONS:
            is_asked = any(given.get(name) for name in ("q", "menage", "genre", "voie"))
            given["etat"] = FAILED if not is_asked and queryset.failures().exists() else ALL
        super().__init__(given, *args, queryset=queryset, **kwargs)

    def by_text(self, rows: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        for word in search_words(value):
            rows = rows.alias(addressee_key=ADDRESSEE_KEY).filter(addressee_key__contains=word)
        return rows

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        if value == FAILED:
            return rows.failures()
        return rows if value == ALL else rows.filter(state__in=WAITING_STATES if value == WAITING else GONE_STATES)
