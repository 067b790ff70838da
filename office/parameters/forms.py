"""Forms of a dated value."""

from typing import Any

from django import forms

from common.forms import DayField
from common.params import Kind, Parameter, Scope
from common.quick import next_month, today
from common.text import LONGEST_TEXT


class ValueForm(forms.Form):
    """A dated value of one parameter: its kind decides the field."""

    since = DayField(label="À partir du", quick=(today, next_month))
    source = forms.CharField(
        label="Source",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Texte, arrêté, délibération ou décision",
    )
    is_verified = forms.BooleanField(label="J’ai lu ce texte et la valeur y figure", required=False)

    def __init__(self, *args: Any, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = f"Valeur ({parameter.unit})" if parameter.unit else "Valeur"
        if parameter.kind == Kind.BOOL:
            value: forms.Field = forms.TypedChoiceField(
                label="Valeur",
                choices=[("oui", "Oui"), ("non", "Non")],
                coerce=lambda text: text == "oui",
                widget=forms.RadioSelect,
            )
        elif parameter.kind == Kind.DATE:
            value = DayField(label=label)
        elif parameter.kind == Kind.JSON:
            value = forms.JSONField(label=label, widget=forms.Textarea(attrs={"rows": 6}))
        else:
            value = forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs={"class": "a-w-s"}))
        value.help_text = parameter.limits
        if parameter.optional:
            value.required = False
            value.help_text += f". Laissez vide pour ne fixer {parameter.without}"
        scopes = [(s.value, s.label) for s in Scope if parameter.allows(s)]
        fields: dict[str, forms.Field] = {"value": value}
        if len(scopes) > 1:
            fields["scope"] = forms.ChoiceField(
                label="Portée", choices=scopes, initial=scopes[-1][0], widget=forms.RadioSelect
            )
        self.fields = {"since": self.fields["since"], **fields, **self.fields}
        self.only_scope = scopes[0][0]

    def values(self) -> dict[str, Any]:
        """The arguments of `set_value`."""
        found = dict(self.cleaned_data)
        found.setdefault("scope", self.only_scope)
        return found


class VerifyForm(forms.Form):
    source = forms.CharField(label="Texte lu", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
