"""Forms of how a measure is carried, and of what a household declined."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from office.models import Organisation
from social_link.carrying.codes import CarrierRole, Declined, Level


class IntensityForm(forms.Form):
    level = forms.ChoiceField(label="Intensité", choices=Level.choices, widget=forms.RadioSelect)
    from_day = DayField(label="À partir du", quick=PAST, initial=clock.today)


class CarrierForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Organisme", empty_label="Choisir…")
    role = forms.ChoiceField(label="Rôle", choices=CarrierRole.choices, widget=forms.RadioSelect)
    first = DayField(label="Du")
    last = DayField(label="Au", required=False, help_text="Dernier jour compris. Vide : jusqu’à la fin de la mesure.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class RefusalForm(forms.Form):
    what = forms.ChoiceField(label="Le ménage décline", choices=Declined.choices, widget=forms.RadioSelect)
    on = DayField(label="Le", quick=PAST, initial=clock.today)
