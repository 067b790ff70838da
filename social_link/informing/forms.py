"""Forms of the letters of a support."""

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from common.text import LONGEST_TEXT
from social_link.informing.codes import Told


class TellForm(forms.Form):
    """When and how the household had the letter."""

    how = forms.ChoiceField(label="Comment", choices=Told.choices, widget=forms.RadioSelect, initial=Told.HAND)
    on = DayField(label="Le", quick=PAST, initial=clock.today)


class LetterTextForm(forms.Form):
    body = forms.CharField(
        label="Ce que dit la lettre", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Un paragraphe par ligne. Les dates, les objectifs et le nom du référent s’ajoutent seuls.",
    )  # fmt: skip
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32_000)
