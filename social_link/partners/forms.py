"""Forms of partners and of what they do for a household."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from office.models import Organisation
from social_link.partners.codes import ConsentHow, PartnerFunction, Told
from social_link.partners.models import Partner


class PartnerForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=120, help_text="La personne, ou son service")
    function = forms.ChoiceField(label="Fonction", choices=PartnerFunction.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label="Organisme", required=False, empty_label="Aucun"
    )
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Courriel", required=False)


class PartnerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        where = f", {obj.organisation}" if obj.organisation else ""
        return f"{obj.name} ({obj.get_function_display()}{where})"


class LinkForm(forms.Form):
    """A partner of the directory, since when, and what the household agreed that may be told."""

    partner = PartnerField(Partner.objects.none(), label="Partenaire", empty_label="Choisir…")
    since = DayField(label="Depuis le", quick=PAST)
    until = DayField(label="Jusqu’au", required=False, help_text="Vide tant qu’il est là")
    tells = forms.MultipleChoiceField(
        label="Le ménage accepte que lui soit dit", choices=Told.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Rien de coché : rien ne lui est dit ni envoyé",
    )  # fmt: skip
    given_on = DayField(label="Accord donné le", required=False, quick=PAST)
    how = forms.ChoiceField(
        label="Comment", choices=[("", "non dit"), *ConsentHow.choices], required=False, widget=forms.RadioSelect
    )
    withdrawn_on = DayField(label="Accord repris le", required=False, quick=PAST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Partner.objects.select_related("organisation")
        self.fields["partner"].queryset = rows  # type: ignore[attr-defined]
        self.fields["since"].initial = clock.today
