"""Forms of contacts and visits."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from common import clock
from common.forms import DayField
from common.text import LONGEST_TEXT
from office.models import User
from social_link.contacts.codes import ContactKind, NoteLevel
from social_link.contacts.rules.guard import Caution, cautions
from social_link.measures.queries import social_people

FACTS = "Des faits utiles. Évitez la santé, les opinions et les suppositions."
LEVELS = [
    (NoteLevel.PRIVATE.value, "Privée : vous seule"),
    (NoteLevel.SHARED.value, "Partagée : équipe sociale ; la gestion la lira aussi"),
    (NoteLevel.SEALED.value, "Scellée : personnes nommées, lectures tracées"),
]


class GuardedForm(forms.Form):
    """A form with a free text `note`. Words that touch health, offences, opinions or judge are shown back once; sent
    again unchanged, the text is kept: the guard warns, it does not block."""

    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    cautions: list[Caution]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cautions = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        confirmed = data.pop("confirmed", "")
        text = (data.get("note") or "").strip()
        digest = sha256(text.encode()).hexdigest()[:16]
        if text and confirmed != digest:
            self.cautions = cautions(text)
        if self.cautions:
            shown = QueryDict(mutable=True)
            shown.update(self.data)
            shown[self.add_prefix("confirmed")] = digest
            self.data = shown
            self.add_error("note", "Relisez cette note, puis envoyez de nouveau : rien n’est encore enregistré.")
        return data


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
