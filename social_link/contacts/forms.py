"""Forms of contacts and visits."""

from typing import Any
from uuid import uuid4

from django import forms

from common import clock
from common.forms import DayField
from common.guard import GuardedForm
from common.text import LONGEST_TEXT
from office.models import User
from social_link.contacts.codes import ContactKind, NoteLevel
from social_link.measures.queries import social_people

FACTS = "Des faits utiles. Évitez la santé, les opinions et les suppositions."
LEVELS = [
    (NoteLevel.PRIVATE.value, "Privée : vous seule"),
    (NoteLevel.SHARED.value, "Partagée : équipe sociale ; la gestion la lira aussi"),
    (NoteLevel.SEALED.value, "Scellée : personnes nommées, lectures tracées"),
]


class ContactForm(GuardedForm):
    """Who, what, when: three fields; the note is optional and carries its level."""

    kind = forms.ChoiceField(label="Genre", choices=ContactKind.choices, widget=forms.RadioSelect)
    day = DayField(label="Le")
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), help_text=FACTS
    )
    level = forms.ChoiceField(
        label="Qui peut la lire ?", choices=LEVELS, initial=NoteLevel.PRIVATE, required=False, widget=forms.RadioSelect
    )
    readers = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Lecteurs d’une note scellée", required=False, widget=forms.CheckboxSelectMultiple
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today
        self.fields["request_key"].initial = uuid4
        self.fields["readers"].queryset = social_people()  # type: ignore[attr-defined]

    def clean_level(self) -> str:
        return self.cleaned_data["level"] or NoteLevel.PRIVATE


class VisitForm(forms.Form):
    """A contact to come."""

    kind = forms.ChoiceField(
        label="Genre", choices=[(k.value, k.label) for k in ContactKind if k != ContactKind.ABSENCE],
        initial=ContactKind.HOME_VISIT, widget=forms.RadioSelect,
    )  # fmt: skip
    day = DayField(label="Le")
    at = forms.TimeField(
        label="À", required=False, widget=forms.TimeInput(attrs={"placeholder": "HH:MM", "inputmode": "numeric"})
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today
        self.fields["request_key"].initial = uuid4


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif de lecture", max_length=200)
