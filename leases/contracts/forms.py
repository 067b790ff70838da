"""Forms of the contracts."""

from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, AnsweringForm, AskingForm, DayField, ManyFilesField, ManyFilesInput
from common.periods import Month, last_day
from common.quick import PAST, Quick, end_of_month, next_month, today, yesterday
from leases.contracts.codes import (
    DEBTOR_ROLES,
    ChargeMode,
    DueRule,
    EndReason,
    GuaranteeCover,
    GuaranteeKind,
    LeaseKind,
    LeaseState,
    PartyRole,
    WishKind,
)
from leases.contracts.guarantees import Guarantee
from leases.contracts.homes import free_units, matching, typed
from leases.contracts.models import Lease
from leases.contracts.natures import RENT_TERM_CHOICES
from leases.households.forms import LastDayForm
from leases.households.models import Household, Person
from office.house.codes import OrganisationKind
from office.models import BankAccount, Organisation
from stock.models import HeadAgreement, Unit

SHOWN_UNITS, SUGGESTED_UNITS = 5, 200


class LeaseForm(AnsweringForm):
    """A contract in preparation, with what it bills."""

    kind = forms.ChoiceField(label="Famille de contrat", choices=LeaseKind.choices, widget=forms.RadioSelect)
    # Chosen by a search before the form opens: a list of thousands of names would be unusable.
    household = forms.ModelChoiceField(label="Ménage", queryset=Household.objects.all(), widget=forms.HiddenInput)
    unit = forms.CharField(
        label="Logement ou chambre",
        max_length=80,
        widget=forms.TextInput(attrs={"list": "locaux-libres", "autocomplete": "off"}),
        help_text="Une rue, une commune ou une référence. Pour une chambre : L00042, Chambre 1.",
    )
    agreement = forms.ModelChoiceField(
        label="Convention",
        queryset=HeadAgreement.objects.order_by("reference"),
        required=False,
        empty_label="Celle qui donne le logement ce jour-là",
    )
    from_day = DayField(label="Début du contrat", quick=(today, next_month))
    last_day = DayField(label="Fin du contrat", required=False, help_text="Vide si aucune fin n’est fixée.")
    rent = AmountField(label="Loyer, redevance ou participation par mois", min_value=0)
    charges = AmountField(label="Charges par mois", min_value=0, required=False)
    charge_mode = forms.ChoiceField(
        label="Charges", choices=ChargeMode.choices, initial=ChargeMode.PROVISION, widget=forms.RadioSelect
    )
    due_rule = forms.ChoiceField(
        label="Échéance", choices=DueRule.choices, initial=DueRule.IN_ADVANCE, widget=forms.RadioSelect
    )
    due_day = forms.IntegerField(label="Jour d’échéance", min_value=1, max_value=31, initial=5)
    bank_account = forms.ModelChoiceField(
        label="Compte bancaire",
        queryset=BankAccount.objects.filter(is_active=True),
        required=False,
        empty_label="Celui de la convention",
    )

    def clean_unit(self) -> Unit:
        """The unit of that reference, else the one free unit that these words of an address mean."""
        text = self.cleaned_data["unit"]
        reference, _, label = (part.strip() for part in text.partition(","))
        units = Unit.objects.select_related("dwelling")
        named = units.filter(dwelling__reference__iexact=reference, label__iexact=label).first()
        if named is not None:
            return named
        found = list(free_units(clock.today(), text)[: SHOWN_UNITS + 1])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                f"Plusieurs logements libres répondent à « {text} » : "
                + " ; ".join(f"{typed(unit)} ({unit.dwelling.address})" for unit in found[:SHOWN_UNITS])
                + (" ; et d’autres" if len(found) > SHOWN_UNITS else "")
                + ". Écrivez la référence du bon.",
                code="several",
            )
        taken = matching(units, text).first()
        if taken is not None:
            raise forms.ValidationError(
                f"Aucun logement libre ne répond à « {text} ». {taken.dwelling.reference} est à cette adresse et n’est "
                "pas libre aujourd’hui : s’il va se libérer, écrivez sa référence.",
                code="taken",
            )
        raise forms.ValidationError(
            f"Aucun logement ne répond à « {text} » : ni référence, ni rue, ni commune. Vérifiez-le dans Logements.",
            code="unknown",
        )

    def free_units(self) -> list[tuple[str, str]]:
        """What is typed for each of the first free units, and its address: suggestions, one query."""
        rows = free_units(clock.today())[:SUGGESTED_UNITS]
        return [(typed(unit), unit.dwelling.address) for unit in rows]


class PartyForm(forms.Form):
    person = forms.ModelChoiceField(
        label="Personne", queryset=Person.objects.order_by("sort_key", "id"), empty_label="Choisissez"
    )
    role = forms.ChoiceField(label="Qualité", choices=PartyRole.choices, widget=forms.RadioSelect)
    from_day = DayField(label="Depuis", required=False, help_text="Le début du bail si vous le laissez vide.")

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Person.objects.filter(memberships__household=household)
        outside = Person.objects.filter(memberships__isnull=True)
        self.fields["person"].queryset = (members | outside).distinct().order_by("sort_key", "id")  # type: ignore[attr-defined]


class OutsiderForm(AskingForm, forms.ModelForm):
    """Somebody of no household who binds himself by the contract: a guarantor."""

    asked = ("is_another",)
    role = forms.ChoiceField(
        label="Qualité", choices=PartyRole.choices, initial=PartyRole.GUARANTOR, widget=forms.RadioSelect
    )
    is_another = forms.BooleanField(label="C’est quelqu’un d’autre", required=False)

    class Meta:
        model = Person
        fields = ["civility", "first_name", "last_name", "phone", "email"]
        widgets = {"civility": forms.RadioSelect}


class TermForm(AnsweringForm):
    nature = forms.ChoiceField(label="Nature", choices=RENT_TERM_CHOICES, widget=forms.RadioSelect)
    amount = AmountField(label="Montant par mois", min_value=0)
    mode = forms.ChoiceField(label="Charges", choices=[("", "Sans objet"), *ChargeMode.choices], required=False)
    from_day = DayField(label="À partir du", required=False, help_text="Le début du bail si vous le laissez vide.")
    reason = forms.CharField(label="Motif", max_length=200, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lease: Lease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _from_which_day(self, lease)


def _from_which_day(form: forms.Form, lease: Lease) -> None:
    """A contract that bills is changed from the current month on (`past_change`): the day is typed."""
    if lease.state != LeaseState.DRAFT:
        first = Month.of(clock.today()).first
        form.fields["from_day"].required = True
        form.fields["from_day"].quick = (Quick("1er de ce mois", first), next_month)  # type: ignore[attr-defined]
        form.fields["from_day"].help_text = f"Le {first:%d/%m/%Y} au plus tôt : les mois d’avant sont appelés."


class DueForm(forms.Form):
    due_rule = forms.ChoiceField(label="Échéance", choices=DueRule.choices, widget=forms.RadioSelect)
    due_day = forms.IntegerField(label="Jour d’échéance", min_value=1, max_value=31)
    from_day = DayField(label="À partir du", required=False, help_text="Le début du bail si vous le laissez vide.")

    def __init__(self, *args: Any, lease: Lease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _from_which_day(self, lease)


class TickForm(forms.Form):
    item = forms.CharField(widget=forms.HiddenInput)
    done_on = DayField(label="Fait le", required=False, quick=PAST)
    waiver = forms.CharField(label="Dispense motivée", required=False, max_length=400)


class ActivateForm(forms.Form):
    entry = DayField(
        label="Clés remises le", required=False, help_text="Le début du bail si vous le laissez vide.", quick=PAST
    )
    overlap_until = DayField(
        label="Garde son ancien logement jusqu’au",
        required=False,
        help_text="Seulement pour un changement de logement.",
    )
    overlap_reason = forms.CharField(label="Motif du chevauchement", max_length=200, required=False)


class NoticeForm(AskingForm, forms.Form):
    asked = ("short_reason",)
    received_on = DayField(label="Congé reçu le", quick=PAST)
    last_day = DayField(label="Dernier jour du bail")
    short_reason = forms.CharField(
        label="Pourquoi le préavis est plus court",
        max_length=200,
        required=False,
        help_text="« Zone tendue », « perte d’emploi », « accord du propriétaire »…",
    )


class EndForm(forms.Form):
    last_day = DayField(label="Dernier jour du bail", quick=(yesterday, today, end_of_month))
    reason = forms.ChoiceField(label="Issue", choices=[("", "Choisissez"), *EndReason.choices])
    still_occupied = forms.BooleanField(
        label="Le ménage est encore dans le logement",
        required=False,
        help_text="Une indemnité d’occupation est due jusqu’à la remise des clés.",
    )


class WishForm(forms.Form):
    """What a tenant asks for his papers."""

    kind = forms.ChoiceField(label="Demande", choices=WishKind.choices, widget=forms.RadioSelect)
    person = forms.ModelChoiceField(label="Demandé par", queryset=Person.objects.none(), empty_label="Choisissez")
    given_on = DayField(
        label="Demandé le", required=False, help_text="Aujourd’hui si vous le laissez vide.", quick=PAST
    )
    proof = forms.CharField(
        label="Comment l’accord a été donné",
        max_length=200,
        required=False,
        help_text="Pour le courriel, l’accord est exprès : « clause signée au bail », « formulaire signé au guichet ».",
    )

    def __init__(self, *args: Any, lease: Lease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound = Person.objects.filter(lease_parties__lease=lease, lease_parties__role__in=DEBTOR_ROLES)
        self.fields["person"].queryset = bound.distinct().order_by("sort_key", "id")  # type: ignore[attr-defined]


class PartyEndForm(AnsweringForm, LastDayForm):
    """The last day of a party, and the answer to what is asked where nobody else is bound."""


class GuaranteeTermsForm(forms.Form):
    """How far a guarantee goes, and for what: what may be corrected."""

    reference = forms.CharField(
        label="Numéro du visa ou de l’accord",
        max_length=40,
        required=False,
        help_text="Celui du visa Visale, de la décision du FSL ; vide pour une personne.",
    )
    from_day = DayField(label="Depuis", help_text="Les échéances d’avant ne sont pas couvertes.")
    last_day = DayField(label="Dernier jour", required=False, help_text="Vide si l’acte ne fixe aucune fin.")
    ceiling = AmountField(label="Plafond en euros", required=False, help_text="Ou en mois ; vide s’il n’y en a pas.")
    ceiling_months = forms.IntegerField(
        label="Plafond en mois de loyer et charges", min_value=1, max_value=240, required=False
    )
    covers = forms.ChoiceField(
        label="Couvre", choices=GuaranteeCover.choices, initial=GuaranteeCover.RENT, widget=forms.RadioSelect
    )
    address = forms.CharField(
        label="Adresse de la caution",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="D’une personne : où les lettres lui sont envoyées. Vide si elle est protégée.",
    )

    @classmethod
    def of(cls, row: Guarantee) -> "GuaranteeTermsForm":
        """Filled with what is kept."""
        return cls(
            initial={
                "reference": row.reference, "from_day": row.period.lower, "last_day": last_day(row.period),
                "ceiling": row.ceiling, "ceiling_months": row.ceiling_months, "covers": row.covers,
                "address": row.address,
            }
        )  # fmt: skip


class GuaranteeForm(AnsweringForm, GuaranteeTermsForm):
    """A new guarantee: of which kind and by whom. Who guarantees is a person bound by the contract, or a body."""

    kind = forms.ChoiceField(label="Garantie", choices=GuaranteeKind.choices, widget=forms.RadioSelect)
    guarantor = forms.ChoiceField(label="Qui garantit", error_messages={"required": "Dites qui garantit."})

    field_order = (
        "kind",
        "guarantor",
        "reference",
        "from_day",
        "last_day",
        "ceiling",
        "ceiling_months",
        "covers",
        "address",
    )

    def __init__(self, *args: Any, lease: Lease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(lease_parties__lease=lease, lease_parties__role=PartyRole.GUARANTOR).distinct()
        bodies = Organisation.objects.filter(roles__kind=OrganisationKind.GUARANTOR)
        self._found = {f"p{person.pk}": person for person in people.order_by("sort_key", "id")}
        self._bodies = {f"o{body.pk}": body for body in bodies.order_by("sort_key", "id")}
        self.fields["guarantor"].choices = [  # type: ignore[attr-defined]
            ("", "Choisissez"),
            ("Garants du bail", [(key, str(person)) for key, person in self._found.items()]),
            ("Organismes", [(key, str(body)) for key, body in self._bodies.items()]),
        ]

    def typed(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(super().typed())
        chosen = data.pop("guarantor")
        return data | {"person": self._found.get(chosen), "body": self._bodies.get(chosen)}


class DeedForm(forms.Form):
    deeds = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="L’acte de caution signé, le visa, la décision : une photo ou un PDF.",
    )
