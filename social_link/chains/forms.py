"""The form of the days of a way."""

from typing import Any

from django import forms

from common.forms import DayField
from common.quick import PAST
from social_link.chains.codes import TYPED_LINKS
from social_link.chains.queries import LinkLine

HELP = "Vide : le jour que la maison connaît, s’il y en a un."


class DaysForm(forms.Form):
    """One field for each step that is typed, named by its code."""

    def __init__(self, *args: Any, lines: list[LinkLine], typed: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = typed
        for line in lines:
            if line.link in TYPED_LINKS:
                self.fields[line.link.value] = DayField(label=line.link.label, required=False, quick=PAST)

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        return {link.value: self.cleaned_data[link.value] for link in TYPED_LINKS}
