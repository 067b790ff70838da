"""The form of a social evaluation."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from common.text import LONGEST_TEXT
from social_link.diagnoses.codes import DiagnosisNeed, DiagnosisTheme, Standing


class DiagnosisForm(forms.Form):
    """One field for each theme, named by its code."""

    on = DayField(label="Le", quick=PAST, initial=clock.today)
    needs = forms.MultipleChoiceField(
        label="Besoins", choices=DiagnosisNeed.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    words = forms.CharField(
        label="Note",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pour l’équipe sociale seulement, scellée comme toute note.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for theme in DiagnosisTheme:
            self.fields[theme.value] = forms.ChoiceField(
                label=theme.label,
                choices=[("", "Non évalué"), *Standing.choices],
                widget=forms.RadioSelect,
                required=False,
            )
        self.order_fields(["on", *DiagnosisTheme.values, "needs", "words"])

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "on": data["on"], "needs": data["needs"], "words": data["words"],
            "levels": {theme.value: data[theme.value] for theme in DiagnosisTheme},
        }  # fmt: skip
