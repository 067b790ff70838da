"""Forms of contacts and visits."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from common import clock
from common.cautions import HEALTH, TOPICS
from common.forms import AnsweringForm, DayField, HourField
from common.guard import GuardedForm
from common.quick import HOURS, PAST, SOON, in_a_month, in_weeks
from common.text import LONGEST_TEXT
from office.models import User
from social_link.contacts.codes import COLLECTIVE, MINUTES, ContactKind, ContactOutcome, NoteLevel
from social_link.measures.queries import social_people
from social_link.objectives.codes import Theme

FACTS = "Des faits utiles. Évitez la santé, les opinions et les suppositions."
LEVELS = [
    (NoteLevel.TEAM.value, "Équipe sociale : lue de vos collègues du service, jamais de la gestion"),
    (NoteLevel.PRIVATE.value, "Privée : lue de personne d’autre"),
    (NoteLevel.SHARED.value, "Partagée : équipe sociale ; la gestion la lira aussi"),
    (NoteLevel.SEALED.value, "Scellée : personnes nommées, lectures tracées"),
]


def _topics(data: dict[str, Any]) -> frozenset[str]:
    """A note for oneself, for the team or for named persons speaks of rights that rest on health (AAH, MDPH): what
    judges, and what is nobody's affair, is warned of. A note that the rental side reads is warned of everything."""
    return TOPICS if data.get("level") == NoteLevel.SHARED else TOPICS - {HEALTH}


class LevelledForm(GuardedForm):
    """A note with its level. Readers are asked, and kept, for a sealed one only: at another level nobody sees the boxes
    that are still ticked."""

    def topics(self, data: dict[str, Any]) -> frozenset[str]:
        return _topics(data)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "readers" in data and data.get("level") != NoteLevel.SEALED:
            data["readers"] = []
        return data


COURSE = [
    ("", "non dit"),
    (ContactOutcome.SEEN.value, ContactOutcome.SEEN.label),
    (ContactOutcome.ALL_SEEN.value, ContactOutcome.ALL_SEEN.label),
    (ContactKind.ABSENCE.value, "Absent"),
    (ContactOutcome.PUT_OFF.value, ContactOutcome.PUT_OFF.label),
    (ContactOutcome.REFUSED.value, ContactOutcome.REFUSED.label),
]
"""How it went, as one says it. « Absent » is no outcome of the contact: it makes it an absence."""


TO_PLAN = [(kind.value, kind.label) for kind in ContactKind if kind not in {ContactKind.ABSENCE, *COLLECTIVE}]
LENGTHS = [("", "non dite"), *((str(n), "1 h" if n == 60 else f"{n} min") for n in MINUTES)]


class CourseForm(forms.Form):
    """How a contact went, how long it took and what it served, where one tells it."""

    outcome = forms.ChoiceField(
        label="Comment s’est-il passé ?", choices=COURSE, required=False, widget=forms.RadioSelect
    )
    minutes = forms.TypedChoiceField(
        label="Durée", choices=LENGTHS, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )

    theme = forms.ChoiceField(label="Thème", choices=[("", "Non dit"), *Theme.choices], required=False)
    by_partner = forms.BooleanField(label="Assuré par un partenaire", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") in COLLECTIVE and data.get("outcome") in {ContactOutcome.SEEN, ContactOutcome.ALL_SEEN}:
            # Who takes part is seen: that is what the line says.
            data["outcome"] = ""
        if data.get("kind") in COLLECTIVE and data.get("outcome"):
            self.add_error("outcome", "À un temps collectif, on ne note que qui y était.")
        elif data.get("outcome") == ContactKind.ABSENCE:
            data["outcome"] = ""
            # Nobody awaited a passage of the watch.
            if data.get("kind") != ContactKind.WATCH:
                data["kind"] = ContactKind.ABSENCE.value
        return data


class ContactForm(CourseForm, LevelledForm):
    """Who, what, when: three fields. How it went, the note with its level and the next visit are optional."""

    kind = forms.ChoiceField(label="Genre", choices=ContactKind.choices, widget=forms.RadioSelect)
    day = DayField(label="Le", quick=PAST)
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), help_text=FACTS
    )
    level = forms.ChoiceField(
        label="Qui peut la lire ?", choices=LEVELS, initial=NoteLevel.TEAM, required=False, widget=forms.RadioSelect
    )
    readers = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Lecteurs d’une note scellée", required=False, widget=forms.CheckboxSelectMultiple
    )
    next_on = DayField(label="Prochaine visite", required=False, quick=(in_weeks(1), in_weeks(2), in_a_month))
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today
        self.fields["request_key"].initial = uuid4
        self.fields["readers"].queryset = social_people()  # type: ignore[attr-defined]

    def clean_next_on(self) -> date | None:
        day: date | None = self.cleaned_data["next_on"]
        if day is not None and day < clock.today():
            raise forms.ValidationError("Choisissez aujourd’hui ou un jour à venir.")
        return day

    def clean_level(self) -> str:
        """A send that tells no level opens the note to nobody."""
        return self.cleaned_data["level"] or NoteLevel.PRIVATE


class VisitForm(AnsweringForm):
    """A contact to come. Where it hardly fits, why it is right is asked."""

    kind = forms.ChoiceField(
        label="Genre", choices=TO_PLAN,
        initial=ContactKind.HOME_VISIT, widget=forms.RadioSelect,
    )  # fmt: skip
    day = DayField(label="Le", quick=SOON)
    at = HourField(label="À", required=False, quick=HOURS)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today
        self.fields["request_key"].initial = uuid4


class CorrectContactForm(CourseForm, AnsweringForm):
    """Another kind, day, hour, outcome or length of a contact: one that took place, or one to come, which is no absence
    and has no outcome."""

    kind = forms.ChoiceField(label="Genre", widget=forms.RadioSelect)
    day = DayField(label="Le")
    at = HourField(label="À", required=False)

    def __init__(self, *args: Any, is_planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].quick = SOON if is_planned else PAST  # type: ignore[attr-defined]
        self.fields["at"].quick = HOURS if is_planned else ()  # type: ignore[attr-defined]
        self.fields["kind"].choices = TO_PLAN if is_planned else ContactKind.choices  # type: ignore[attr-defined]
        if is_planned:
            for name in ("outcome", "minutes", "theme", "by_partner"):
                del self.fields[name]


class NoteForm(LevelledForm):
    """A note that its author corrects, or adds to."""

    note = forms.CharField(
        label="Note", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}), help_text=FACTS
    )
    level = forms.ChoiceField(label="Qui peut la lire ?", choices=LEVELS, widget=forms.RadioSelect)
    readers = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Lecteurs d’une note scellée", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readers"].queryset = social_people()  # type: ignore[attr-defined]


class NewNoteForm(NoteForm):
    """The note of a contact that was noted without one."""

    level = forms.ChoiceField(
        label="Qui peut la lire ?", choices=LEVELS, initial=NoteLevel.TEAM, widget=forms.RadioSelect
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif de lecture", max_length=200)
