"""Forms of the bank."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from common.errors import UnreadableFile
from rent_ledger.bank.formats.detect import check_size
from rent_ledger.bank.formats.model import MAX_BYTES


class BankFileForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label="Fichier de la banque",
        help_text="Relevé camt.053 (XML) ou CFONB 120, tel que la banque le donne ; une archive zip convient aussi.",
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".xml,.txt,.cfo,.dat,.zip,.053",
                "data-most": MAX_BYTES,
                "data-each": "Ouvrir ses lignes",
            }
        ),
        error_messages={"empty": "Le fichier est vide.", "required": "Choisissez le fichier de la banque."},
    )

    leave_unknown = forms.BooleanField(
        label="Laisser de côté les comptes qui ne sont pas à l’association",
        help_text="Sans cela, un seul compte inconnu fait refuser le fichier.",
        required=False,
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(file.size or 0, filename=file.name or "")
        except UnreadableFile as error:
            raise ValidationError(error.message) from error
        return file


class WithdrawForm(forms.Form):
    """Why a statement is taken out."""

    reason = forms.CharField(
        label="Ce qui n’allait pas",
        max_length=200,
        help_text="Par exemple : relevé d’un autre compte. Gardé avec votre nom et le jour.",
        error_messages={"required": "Dites ce qui n’allait pas dans ce relevé."},
    )
