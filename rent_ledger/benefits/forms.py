"""Forms of the benefit statements."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from common import clock
from common.forms import DayField, MonthField
from common.quick import PAST
from rent_ledger.benefits.rules.benefit_files import MAX_BYTES, ROLES
from rent_ledger.rights.codes import RetentionEnd
from rent_ledger.rights.forms import PayerChoice


class BenefitFileForm(forms.Form):
    """A bordereau."""

    payer = PayerChoice()
    paid_on = DayField(label="Versé le", quick=PAST)
    file = forms.FileField(
        label="Bordereau",
        help_text="Fichier CSV de l’espace partenaire (CAF, MSA).",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt", "data-most": MAX_BYTES}),
        error_messages={"empty": "Le fichier est vide.", "required": "Choisissez le bordereau."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = clock.today()

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError("Le fichier dépasse 10 Mo, un bordereau est bien plus petit.")
        return file


class MappingForm(forms.Form):
    """Which column holds what."""

    default_month = MonthField(
        label="Mois de tout le bordereau", required=False, help_text="Si aucune colonne ne donne le mois."
    )

    def __init__(self, *args: Any, headers: Sequence[str], guessed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Aucune"), *[(h, h) for h in dict.fromkeys(headers) if h]]
        columns = {
            role: forms.ChoiceField(
                label=label, choices=choices, required=role == "amount", initial=guessed.get(role, "")
            )
            for role, label in ROLES.items()
        }
        self.fields = {**columns, **self.fields}

    @property
    def mapping(self) -> dict[str, str]:
        return {role: self.cleaned_data[role] for role in ROLES if self.cleaned_data.get(role)}


class SettleForm(forms.Form):
    """A month whose aid will not come."""

    month = MonthField(label="Mois à solder")
    reason = forms.CharField(label="Pourquoi", max_length=100, help_text="Par exemple : droit suspendu depuis octobre.")


class WithdrawForm(forms.Form):
    """Why a bordereau is taken out."""

    reason = forms.CharField(
        label="Ce qui n’allait pas",
        max_length=200,
        help_text="Par exemple : bordereau d’un autre mois. Gardé avec votre nom et le jour.",
        error_messages={"required": "Dites ce qui n’allait pas dans ce bordereau."},
    )


class RetentionForm(forms.Form):
    """The payer keeps the aid from a month on."""

    first = MonthField(label="Premier mois retenu")
    told_on = DayField(label="Courrier de l’organisme du", quick=PAST)


class RetentionEndForm(forms.Form):
    """The first month that is paid again, and what became of what was kept."""

    again = MonthField(label="Premier mois versé de nouveau")
    outcome = forms.ChoiceField(
        label="Issue", choices=RetentionEnd.choices, widget=forms.RadioSelect, initial=RetentionEnd.CONFORM
    )
