"""The form of a budget: nothing in it is kept as words."""

from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, DayField
from common.quick import PAST
from social_link.budgets.codes import Paper, Resource, Spending
from social_link.budgets.models import Budget
from social_link.budgets.queries import BooksRent


def _euros() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"})


class BudgetForm(forms.Form):
    on = DayField(label="Fait le", quick=PAST, error_messages={"required": "Dites quel jour, par exemple 05/11/2026."})
    older = forms.IntegerField(
        label="Personnes de 14 ans ou plus", min_value=1, max_value=30,
        widget=forms.NumberInput(attrs={"class": "a-w-xs"}),
    )  # fmt: skip
    younger = forms.IntegerField(
        label="Enfants de moins de 14 ans", min_value=0, max_value=30,
        widget=forms.NumberInput(attrs={"class": "a-w-xs"}),
    )  # fmt: skip
    rent = AmountField(label="Loyer et charges, avant l’aide", widget=_euros())
    aid = AmountField(label="Aide au logement", widget=_euros())
    papers = forms.MultipleChoiceField(
        label="D’après", choices=Paper.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in (*Resource, *Spending):
            self.fields[kind.value] = AmountField(label=kind.label, required=False, widget=_euros())

    @classmethod
    def of(cls, last: Budget | None, sent: Any, *, persons: tuple[int, int], books: BooksRent | None) -> "BudgetForm":
        """As it was filled; else the last one said anew, with the household of today and the rent of the books."""
        older, younger = persons
        initial: dict[str, Any] = {"on": clock.today(), "older": older, "younger": younger, "aid": 0, "rent": None}
        if last is not None:
            initial |= {"rent": last.rent, "aid": last.aid, "papers": []}
            initial |= {row.kind: row.amount for row in last.amounts.all()}
        if books is not None:
            initial |= {"rent": books.rent, "aid": books.aid}
        return cls(sent or None, initial=initial)

    @property
    def resources(self) -> list[forms.BoundField]:
        return [self[kind.value] for kind in Resource]

    @property
    def spending(self) -> list[forms.BoundField]:
        return [self[kind.value] for kind in Spending]

    @property
    def typed(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        kinds = (*Resource, *Spending)
        amounts = {kind.value: data[kind.value] for kind in kinds if data[kind.value] is not None}
        named = {name: data[name] for name in ("on", "older", "younger", "rent", "aid", "papers")}
        return {**named, "amounts": amounts}
