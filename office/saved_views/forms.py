"""Forms of the saved views."""

from django import forms

from office.saved_views.models import NAME_LENGTH


class NameForm(forms.Form):
    name = forms.CharField(
        label="Nom de la vue",
        max_length=NAME_LENGTH,
        error_messages={"required": "Donnez un nom à cette vue."},
        widget=forms.TextInput(attrs={"class": "form-control-sm a-w-m", "autocomplete": "off"}),
    )
