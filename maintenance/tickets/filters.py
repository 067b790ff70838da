"""Filters of the list of tickets, for pages and API alike."""

from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet

from common import clock
from common.text import search_words
from leases.models import Household
from maintenance.tickets.codes import OPEN_STATES, Priority, TicketState, Trade
from maintenance.tickets.models import Ticket
from maintenance.tickets.queries import late, technicians

STATES = [
    ("ouvertes", "Ouvertes"),
    ("a_attribuer", "À attribuer"),
    ("en_retard", "En retard"),
    ("en_attente", "En attente"),
    ("faites", "Faites"),
    ("toutes", "Toutes"),
]
OWN_STATES = [(code, label) for code, label in STATES if code != "a_attribuer"]
"""Of a technician: what he has is his."""
SORTS = {
    "du": ("due_on", "id"),
    "priorite": ("priority_rank", "due_on", "id"),
    "logement": ("told_dwelling", "id"),
    "technicien": ("assignee__sort_key", "due_on", "id"),
}


class TicketFilter(df.FilterSet):
    """`own`: the list of one technician, who does not choose among them."""

    q = df.CharFilter(
        label="Rechercher",
        method="by_text",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Objet, référence, ménage"}),
    )
    etat = df.ChoiceFilter(label="Situation", choices=STATES, method="by_state", empty_label=None)
    metier = df.ChoiceFilter(label="Métier", field_name="trade", choices=Trade.choices, empty_label="Tous")
    priorite = df.ChoiceFilter(label="Priorité", field_name="priority", choices=Priority.choices, empty_label="Toutes")
    technicien = df.ModelChoiceFilter(
        label="Technicien", field_name="assignee", queryset=lambda request: technicians(), empty_label="Tous"
    )

    class Meta:
        model = Ticket
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        if value == "toutes":
            return rows
        if value == "faites":
            return rows.filter(state=TicketState.DONE)
        rows = rows.filter(state__in=OPEN_STATES)
        if value == "a_attribuer":
            return rows.filter(state=TicketState.OPEN, held_until__isnull=True)
        if value == "en_retard":
            return rows.filter(late(clock.today()))
        if value == "en_attente":
            return rows.filter(held_until__isnull=False)
        return rows

    def by_text(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        # To find somebody by the dwelling tells the address.
        every = Q()
        for word in search_words(value):
            every &= (
                Q(sort_key__contains=word)
                | Q(dwelling__sort_key__contains=word, is_hidden=False)
                | Q(household__search_key__contains=word)
            )
        return rows.filter(every | Q(household__in=Household.objects.matching(value)))

    def __init__(self, data: Any = None, *args: Any, own: bool = False, **kwargs: Any) -> None:
        given = data.copy() if data is not None else None
        # An old link may name a state that is no more: the usual list, not all of it under an error.
        if given is not None and given.get("etat") not in {code for code, _ in STATES}:
            given["etat"] = "ouvertes"
        super().__init__(given, *args, **kwargs)
        if own:
            del self.filters["technicien"]
