"""Forms of the rights to benefit."""

from typing import Any

from django import forms

from common.forms import AmountField, MonthField
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.rights.codes import BenefitKind, Follows


class PayerChoice(forms.ModelChoiceField):
    """The payers of housing benefit."""

    def __init__(self, **kwargs: Any) -> None:
        payers = Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER).order_by("sort_key")
        kwargs.setdefault("label", "Organisme payeur")
        kwargs.setdefault("empty_label", None)
        super().__init__(queryset=payers, **kwargs)


class RightForm(forms.Form):
    """A right to housing benefit on a lease, from a month on."""

    payer = PayerChoice()
    kind = forms.ChoiceField(
        label="Aide", choices=BenefitKind.choices, widget=forms.RadioSelect, initial=BenefitKind.APL
    )
    beneficiary_number = forms.CharField(label="Numéro allocataire", max_length=15)
    amount = AmountField(label="Montant mensuel")
    start = MonthField(label="À partir de")
    is_direct = forms.BooleanField(label="Versée au bailleur", required=False, initial=True)
    follows = forms.ChoiceField(
        label="Mois d’entrée",
        required=False,
        choices=[("", "Pas d’aide pour le mois d’entrée"), *Follows.choices],
    )
    reason = forms.CharField(
        label="Origine", max_length=120, required=False, help_text="Par exemple : notification CAF."
    )


class RightEndForm(forms.Form):
    """The last month of a right."""

    last = MonthField(label="Dernier mois versé")
    reason = forms.CharField(label="Pourquoi", max_length=120, required=False)
