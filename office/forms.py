"""Forms of the office: what was typed, cleaned. Refusals come from the services."""

from typing import Any

from django import forms
from django.db.models import Q

from common.forms import DayField
from common.params import Kind, Parameter
from office.enums import HeldFor, OrganisationKind, ParameterScope, Role, TokenScope
from office.models import Association, BankAccount, Organisation, Team, User


class AssociationForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=200)
    short_name = forms.CharField(label="Nom court", max_length=40, help_text="Celui du menu")
    siret = forms.CharField(label="SIRET", max_length=20)
    ics = forms.CharField(label="Identifiant créancier SEPA (ICS)", max_length=40, required=False)
    address = forms.CharField(
        label="Adresse", widget=forms.Textarea(attrs={"rows": 3}), help_text="Imprimée ligne par ligne"
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
        names = ("label", "iban", "bic", "held_for", "organisation", "is_active")
        return cls(initial={name: getattr(account, name) for name in names})


class OrganisationForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=200)
    kinds = forms.MultipleChoiceField(
        label="Rôles", choices=OrganisationKind.choices, widget=forms.CheckboxSelectMultiple
    )
    is_person = forms.BooleanField(label="C’est un particulier", required=False)
    siret = forms.CharField(label="SIRET", max_length=20, required=False)
    address = forms.CharField(label="Adresse", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Courriel", required=False)
    iban = forms.CharField(label="IBAN", max_length=42, required=False, help_text="Pour les reversements")

    @classmethod
    def of(cls, body: Organisation) -> "OrganisationForm":
        names = ("name", "is_person", "address", "phone", "email", "iban")
        initial: dict[str, Any] = {name: getattr(body, name) for name in names}
        initial |= {"siret": body.siret or "", "kinds": [role.kind for role in body.roles.all()]}
        return cls(initial=initial)


class UserForm(forms.Form):
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=80)
    email = forms.EmailField(label="Courriel professionnel", help_text="Sert à se connecter")
    job_title = forms.CharField(label="Fonction", max_length=80, required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)

    @classmethod
    def of(cls, user: User) -> "UserForm":
        return cls(initial={name: getattr(user, name) for name in cls.base_fields})


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=Role.choices)
    since = DayField(label="À partir du")
    last_day = DayField(label="Dernier jour", required=False)
    organisation = forms.ModelChoiceField(
        label="Organisme représenté",
        queryset=Organisation.objects.filter(
            Q(roles__kind=OrganisationKind.CCAS) | Q(roles__kind=OrganisationKind.FUNDER)
        ).distinct(),
        required=False,
        help_text="Pour un CCAS ou un financeur",
    )


class EndRoleForm(forms.Form):
    last_day = DayField(label="Dernier jour")


class TeamForm(forms.Form):
    name = forms.CharField(label="Nom de l’équipe", max_length=80)
    members = forms.ModelMultipleChoiceField(
        label="Membres",
        queryset=User.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def of(cls, team: Team) -> "TeamForm":
        return cls(initial={"name": team.name, "members": team.members.all()})


class ValueForm(forms.Form):
    """A dated value of one parameter: its kind decides the field."""

    since = DayField(label="À partir du")
    source = forms.CharField(
        label="Source", widget=forms.Textarea(attrs={"rows": 2}), help_text="Texte, arrêté, délibération ou décision"
    )
    is_verified = forms.BooleanField(label="J’ai lu ce texte et la valeur y figure", required=False)

    def __init__(self, *args: Any, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = f"Valeur ({parameter.unit})" if parameter.unit else "Valeur"
        if parameter.kind == Kind.BOOL:
            value: forms.Field = forms.TypedChoiceField(
                label="Valeur",
                choices=[("oui", "Oui"), ("non", "Non")],
                coerce=lambda text: text == "oui",
                widget=forms.RadioSelect,
            )
        elif parameter.kind == Kind.JSON:
            value = forms.JSONField(label=label, widget=forms.Textarea(attrs={"rows": 6}))
        else:
            value = forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs={"class": "a-w-s"}))
        scopes = [(s.value, s.label) for s in ParameterScope if parameter.allows(s)]
        fields: dict[str, forms.Field] = {"value": value}
        if len(scopes) > 1:
            fields["scope"] = forms.ChoiceField(
                label="Portée", choices=scopes, initial=scopes[-1][0], widget=forms.RadioSelect
            )
        if parameter.allows(ParameterScope.DEPARTEMENT):
            fields["territory"] = forms.RegexField(
                label="Département",
                regex=r"^(\d{2,3}|2[AB])$",
                required=False,
                max_length=3,
                help_text="Numéro, pour une valeur départementale",
                error_messages={"invalid": "Écrivez le numéro du département, par exemple 44."},
                widget=forms.TextInput(attrs={"class": "a-w-xs"}),
            )
        self.fields = {"since": self.fields["since"], **fields, **self.fields}
        self.only_scope = scopes[0][0]

    def values(self) -> dict[str, Any]:
        """The arguments of `set_value`."""
        found = dict(self.cleaned_data)
        found.setdefault("scope", self.only_scope)
        if found["scope"] != ParameterScope.DEPARTEMENT:
            found["territory"] = ""
        return found


class VerifyForm(forms.Form):
    source = forms.CharField(label="Texte lu", widget=forms.Textarea(attrs={"rows": 2}))


class TokenForm(forms.Form):
    label = forms.CharField(label="À quoi servira-t-il ?", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="Ce qu’il pourra faire", choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = DayField(label="Expire le", help_text="Un an au plus")
