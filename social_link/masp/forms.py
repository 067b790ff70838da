"""The form of the contract of a MASP 2."""

from typing import Any

from django import forms

from common.forms import DayField
from common.quick import PAST
from social_link.masp.codes import Benefit, Field, Threat, Use
from social_link.masp.models import MaspContract

MANY = forms.CheckboxSelectMultiple


class MaspForm(forms.Form):
    threat = forms.ChoiceField(label="La difficulté à gérer menace", choices=Threat.choices, widget=forms.RadioSelect)
    consented_on = DayField(label="Accord de la personne du", quick=PAST)
    works_on = forms.MultipleChoiceField(label="Domaines", choices=Field.choices, widget=MANY)
    benefits = forms.MultipleChoiceField(label="Prestations gérées", choices=Benefit.choices, widget=MANY)
    uses = forms.MultipleChoiceField(
        label="Elles paient ensuite",
        choices=[choice for choice in Use.choices if choice[0] != Use.RENT],
        widget=MANY,
        required=False,
        help_text="Le loyer et les charges courantes se paient d’abord (CASF, art. L. 271-2).",
    )

    @classmethod
    def of(cls, contract: MaspContract | None, sent: Any) -> "MaspForm":
        """As it was filled, or as the contract stands."""
        names = list(cls.base_fields)
        return cls(sent or None, initial={name: getattr(contract, name) for name in names} if contract else {})


class EvolutionForm(forms.Form):
    first = DayField(label="Du")
    last = DayField(label="Au", quick=PAST)
