"""The form of the import."""

from typing import Any

from django import forms

from stock.agreements.models import HeadAgreement
from stock.importing.rules.rpls import MAX_BYTES


class ImportForm(forms.Form):
    """The file to preview."""

    file = forms.FileField(
        label="Fichier RPLS (CSV)",
        help_text="Le fichier détaillé, tel qu’il est publié.",
        widget=forms.ClearableFileInput(attrs={"data-most": MAX_BYTES}),
    )
    agreement = forms.ModelChoiceField(
        label="Convention où les logements entrent",
        queryset=HeadAgreement.objects.order_by("reference"),
        required=False,
        empty_label="Aucune pour l’instant",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"Ce fichier dépasse {MAX_BYTES // 1_000_000} Mo : découpez-le par commune.")
        return file
