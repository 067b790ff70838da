"""Forms of the contracts of support."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField, ManyFilesField, ManyFilesInput
from common.quick import PAST
from common.text import LONGEST_TEXT
from social_link.agreements.models import Agreement
from social_link.agreements.queries import signers
from social_link.agreements.rules.stroke import LONGEST


class SignForm(forms.Form):
    """Who signs, and when: on paper, or by what was drawn on the pad, `stroke`. `seen`: the text that was read."""

    party = forms.ChoiceField(label="Qui a signé ?", widget=forms.RadioSelect)
    name = forms.CharField(label="Nom de la personne qui a signé", max_length=120)
    on = DayField(label="Signé le", quick=PAST)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    stroke = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = [one.party for one in signers(agreement) if one.signature is None]
        self.fields["party"].choices = [(party.value, party.label) for party in waiting]  # type: ignore[attr-defined]
        if len(waiting) == 1:
            self.fields["party"].initial = waiting[0].value
        self.fields["on"].initial = clock.today
        self.fields["seen"].initial = agreement.digest


class ScanForm(forms.Form):
    proofs = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Le contrat que chacun a signé : une photo de chaque page, ou un PDF.",
    )


class TextForm(forms.Form):
    aim = forms.CharField(label="À quoi il sert", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    rights = forms.CharField(
        label="Droits de la personne", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Une phrase par ligne.",
    )  # fmt: skip
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32_000)
