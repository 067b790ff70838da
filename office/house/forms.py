"""Forms of the house: what was typed, cleaned. Refusals come from the services."""

from typing import Any

from django import forms

from common.forms import DayField
from office.house.codes import BodyKind, HeldFor, OrganisationKind
from office.house.models import Association, BankAccount, Organisation


class AssociationForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=200)
    short_name = forms.CharField(label="Nom court", max_length=40, help_text="Celui du menu")
    siret = forms.CharField(label="SIRET", max_length=20)
    ics = forms.CharField(label="Identifiant créancier SEPA (ICS)", max_length=40, required=False)
    address = forms.CharField(
        label="Adresse", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Imprimée ligne par ligne"
    )
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Courriel", required=False)
    approval_ends_on = DayField(label="Fin de l’agrément (L.365-4)", required=False)

    @classmethod
    def of(cls, association: Association) -> "AssociationForm":
        return cls(initial={name: getattr(association, name) for name in cls.base_fields})


class BankAccountForm(forms.Form):
    label = forms.CharField(label="Intitulé", max_length=80)
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=15, required=False)
    held_for = forms.ChoiceField(label="Détenu pour", choices=HeldFor.choices, widget=forms.RadioSelect)
    organisation = forms.ModelChoiceField(
        label="Collectivité concernée",
        queryset=Organisation.objects.filter(roles__kind=OrganisationKind.CCAS),
        required=False,
        help_text="Pour un compte tenu par mandat de recettes",
    )
    is_active = forms.BooleanField(label="Compte utilisé", required=False, initial=True)

    @classmethod
    def of(cls, account: BankAccount) -> "BankAccountForm":
        names = ("label", "iban", "bic", "held_for", "organisation")
        used = account.is_active or account.iban_changes.waiting().exists()
        return cls(initial={name: getattr(account, name) for name in names} | {"is_active": used})


class OrganisationForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=200)
    kinds = forms.MultipleChoiceField(
        label="Rôles", choices=OrganisationKind.choices, widget=forms.CheckboxSelectMultiple
    )
    is_person = forms.BooleanField(label="C’est un particulier", required=False)
    is_family_company = forms.BooleanField(
        label="C’est une SCI familiale",
        required=False,
        help_text="Entre parents et alliés jusqu’au quatrième degré : ses impayés sont signalés à la CCAPEX",
    )
    body = forms.ChoiceField(
        label="Nature du bailleur",
        choices=[("", "Non précisée"), *BodyKind.choices],
        required=False,
        help_text="Les textes propres aux organismes HLM ne sont cités que pour eux.",
    )
    siret = forms.CharField(label="SIRET", max_length=20, required=False)
    address = forms.CharField(label="Adresse", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Courriel", required=False)
    iban = forms.CharField(label="IBAN", max_length=42, required=False, help_text="Pour les reversements")

    @classmethod
    def of(cls, body: Organisation) -> "OrganisationForm":
        names = ("name", "is_person", "is_family_company", "body", "address", "phone", "email", "iban")
        initial: dict[str, Any] = {name: getattr(body, name) for name in names}
        initial |= {"siret": body.siret or "", "kinds": [role.kind for role in body.roles.all()]}
        return cls(initial=initial)
