"""Forms of conventions and shares."""

from typing import Any

from django import forms

from common.forms import AmountField, DayField
from office.house.codes import OrganisationKind
from office.models import Organisation
from social_link.funding.codes import Counting
from social_link.measures.codes import MeasureKind
from social_link.measures.models import Measure

FUNDERS = [OrganisationKind.FUNDER, OrganisationKind.CCAS]


class LineForm(forms.Form):
    funder = forms.ModelChoiceField(Organisation.objects.none(), label="Financeur", empty_label="Choisir…")
    kind = forms.ChoiceField(label="Mesure", choices=MeasureKind.choices)
    reference = forms.CharField(label="Convention", max_length=60, help_text="Numéro ou nom de la convention")
    first = DayField(label="Du")
    last = DayField(label="Au", help_text="Dernier jour compris")
    places = forms.IntegerField(label="Places financées", min_value=1, max_value=5000)
    rate = AmountField(label="Tarif d’un mois/mesure", required=False, help_text="Vide : la convention paie une somme")
    counting = forms.ChoiceField(
        label="Décompte d’un mois", choices=Counting.choices, widget=forms.RadioSelect, initial=Counting.ANY_DAY
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(roles__kind__in=FUNDERS).distinct()
        self.fields["funder"].queryset = rows  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    funder = forms.ModelChoiceField(Organisation.objects.none(), label="Autre financeur", empty_label="Choisir…")
    share = forms.IntegerField(label="Sa part, en %", min_value=1, max_value=100)
    first = DayField(label="Du")
    last = DayField(label="Au", help_text="Dernier jour compris")

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(roles__kind__in=FUNDERS).distinct()
        rows = rows if measure.funder_id is None else rows.exclude(pk=measure.funder_id)
        self.fields["funder"].queryset = rows  # type: ignore[attr-defined]
        self.fields["first"].initial = measure.period.lower
        self.fields["last"].initial = measure.planned_end
