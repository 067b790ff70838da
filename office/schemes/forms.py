"""The form of a scheme."""

from typing import Any

from django import forms

from common.forms import AmountField, DayField
from common.text import LONGEST_TEXT
from office.house.models import Organisation
from office.schemes.codes import Gives, Need
from office.schemes.models import AidScheme

_AMOUNT = {"inputmode": "decimal", "class": "a-w-s", "autocomplete": "off"}


class SchemeForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label="Organisme",
        queryset=Organisation.objects.filter(is_person=False),
        help_text="Département, CCAS, CAF, Action Logement : une fiche des organismes.",
        error_messages={"required": "Choisissez l’organisme qui donne cette aide."},
    )
    name = forms.CharField(
        label="Nom de l’aide",
        max_length=120,
        help_text="Par exemple : FSL maintien, FSL accès.",
        error_messages={"required": "Donnez un nom à cette aide, par exemple FSL maintien."},
    )
    needs = forms.MultipleChoiceField(
        label="Elle paie",
        choices=Need.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Dites ce que l’aide paie."},
    )
    gives = forms.ChoiceField(
        label="Don ou prêt",
        choices=Gives.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si c’est un don ou un prêt."},
    )
    amount_most = AmountField(
        label="Montant au plus",
        required=False,
        widget=forms.TextInput(attrs=_AMOUNT),
        help_text="Vide s’il n’y a pas de plafond.",
    )
    income_most = AmountField(
        label="Ressources du ménage au plus, par mois",
        required=False,
        widget=forms.TextInput(attrs=_AMOUNT),
        help_text="Vide si le règlement compte autrement : écrivez-le dans les conditions.",
    )
    conditions = forms.CharField(
        label="Conditions",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que dit le règlement, et les pièces à joindre. Lu par le service social et la gestion locative.",
    )
    from_day = DayField(label="Valable depuis le", error_messages={"required": "Dites depuis quel jour."})
    last_day = DayField(
        label="Jusqu’au", required=False, help_text="Dernier jour de ces règles. Vide tant qu’elles tiennent."
    )
    source = forms.CharField(
        label="Source",
        max_length=200,
        help_text="Par exemple : règlement intérieur du FSL de l’Aude, 2026, page 12.",
        error_messages={"required": "Dites où ces règles sont écrites."},
    )
    is_verified = forms.BooleanField(label="Je l’ai lu dans la source", required=False)

    @classmethod
    def of(cls, scheme: AidScheme) -> "SchemeForm":
        initial: dict[str, Any] = {name: getattr(scheme, name) for name in cls.base_fields}
        return cls(initial=initial)
