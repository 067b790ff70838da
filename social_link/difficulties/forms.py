"""The form of the difficulties of a household."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from social_link.difficulties.codes import DifficultyKind


class DifficultiesForm(forms.Form):
    """What stands from a day on: each box that is ticked, and no other one."""

    kinds = forms.MultipleChoiceField(
        label="Ce que le ménage rencontre", choices=DifficultyKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    on = DayField(label="À partir du", quick=PAST)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today
