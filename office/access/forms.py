"""The form of a token."""

from django import forms

from common.forms import DayField
from common.quick import in_a_month
from office.access.codes import TokenScope


class TokenForm(forms.Form):
    label = forms.CharField(label="À quoi servira-t-il ?", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="Ce qu’il pourra faire", choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = DayField(label="Expire le", help_text="Un an au plus", quick=(in_a_month,))
