"""What is changed before it is played on the past, and adopted after."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.forms import DayField
from common.params import Params, declared
from common.quick import next_month
from common.text import LONGEST_TEXT
from rent_ledger.policy.parameters import REPLAYED
from rent_ledger.policy.services.replaying import field_of


class ReplayForm(forms.Form):
    """One field for each value that may change, with the one of today."""

    def __init__(self, *args: Any, now: Params, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in REPLAYED:
            parameter = declared()[key]
            self.fields[field_of(key)] = forms.CharField(
                label=f"{parameter.label} ({parameter.unit})", max_length=12,
                initial=str(now.value(key)).replace(".", ","),
                widget=forms.TextInput(attrs={"class": "a-w-s", "inputmode": "decimal"}),
            )  # fmt: skip

    def values(self) -> Mapping[str, Any]:
        """By the key of the parameter."""
        return {key: self.cleaned_data[field_of(key)] for key in REPLAYED}


class AdoptForm(forms.Form):
    since = DayField(label="Adopter à partir du", quick=(next_month,))
    source = forms.CharField(
        label="Décision",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Qui l’a décidé, et quand",
    )
