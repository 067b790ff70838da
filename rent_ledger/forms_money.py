"""What the rent side types about money: files of the bank and of the payers, payments at the desk, rights to aid."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from common import clock
from common.errors import UnreadableFile
from common.forms import AmountField, DayField, MonthField
from office.enums import OrganisationKind
from office.models import Organisation
from rent_ledger.bank_formats.detect import check_size
from rent_ledger.enums import BenefitKind, PaymentMethod
from rent_ledger.models import Payment
from rent_ledger.rules.benefit_files import MAX_BYTES, ROLES


class BankFileForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label="Fichier de la banque",
        help_text="Relevé camt.053 (XML) ou CFONB 120, tel que la banque le donne ; une archive zip convient aussi.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.txt,.cfo,.dat,.zip,.053"}),
        error_messages={"empty": "Le fichier est vide.", "required": "Choisissez le fichier de la banque."},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(file.size or 0, filename=file.name or "")
        except UnreadableFile as error:
            raise ValidationError(error.message) from error
        return file


class PaymentForm(forms.Form):
    """Money taken at the desk."""

    method = forms.ChoiceField(label="Moyen", choices=PaymentMethod.choices, widget=forms.RadioSelect, initial="CASH")
    amount = AmountField(label="Montant", widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}))
    received_on = DayField(label="Reçu le")
    payer = forms.CharField(label="Remis par", max_length=120, required=False, help_text="Si ce n’est pas le ménage.")
    note = forms.CharField(
        label="Précision", max_length=140, required=False, help_text="Par exemple le numéro du chèque."
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = clock.today()
        self.fields["payer"].max_length = Payment._meta.get_field("payer").max_length  # type: ignore[attr-defined]


class PayerChoice(forms.ModelChoiceField):
    """The payers of housing benefit."""

    def __init__(self, **kwargs: Any) -> None:
        payers = Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER).order_by("sort_key")
        kwargs.setdefault("label", "Organisme payeur")
        kwargs.setdefault("empty_label", None)
        super().__init__(queryset=payers, **kwargs)


class BenefitFileForm(forms.Form):
    """A bordereau."""

    payer = PayerChoice()
    paid_on = DayField(label="Versé le")
    file = forms.FileField(
        label="Bordereau",
        help_text="Fichier CSV de l’espace partenaire (CAF, MSA).",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
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


class RightForm(forms.Form):
    """A right to housing benefit on a lease, from a month on."""

    payer = PayerChoice()
    kind = forms.ChoiceField(label="Aide", choices=BenefitKind.choices, widget=forms.RadioSelect, initial="APL")
    beneficiary_number = forms.CharField(label="Numéro allocataire", max_length=15)
    amount = AmountField(label="Montant mensuel")
    start = MonthField(label="À partir de")
    is_direct = forms.BooleanField(label="Versée au bailleur", required=False, initial=True)
    reason = forms.CharField(
        label="Origine", max_length=120, required=False, help_text="Par exemple : notification CAF."
    )


class RightEndForm(forms.Form):
    """The last month of a right."""

    last = MonthField(label="Dernier mois versé")
    reason = forms.CharField(label="Pourquoi", max_length=120, required=False)


class SettleForm(forms.Form):
    """A month whose aid will not come."""

    month = MonthField(label="Mois à solder")
    reason = forms.CharField(label="Pourquoi", max_length=100, help_text="Par exemple : droit suspendu depuis octobre.")
