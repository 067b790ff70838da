"""What a technician signals from the phone."""

from django import forms

from maintenance.tickets.codes import (
    SignalKind,
)


class SignalForm(forms.Form):
    kind = forms.ChoiceField(choices=SignalKind.choices)
    request_key = forms.UUIDField()
    photo = forms.FileField(required=False)
