"""The form of a visit: three taps are enough, everything but how it went may be left out."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms

from common import clock
from common.forms import DayField, ManyFilesField, ManyFilesInput
from common.periods import add_months
from common.quick import Quick
from common.text import LONGEST_TEXT
from maintenance.tickets.rules.priority import BY_CODE
from office.models import User
from social_link.contacts.codes import ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.forms import FACTS, LENGTHS, LEVELS, LevelledForm
from social_link.incidents.codes import IncidentKind
from social_link.measures.queries import social_people
from social_link.objectives.codes import HowFar
from social_link.objectives.models import Objective
from social_link.visits.codes import REPAIRS, Finding, Line, ReminderKind
from social_link.visits.services.visits import SEEN, NewVisit, Seen

OUTCOMES = [
    (ContactOutcome.SEEN.value, "Vue"),
    (ContactOutcome.ALL_SEEN.value, "Toutes vues"),
    (ContactKind.ABSENCE.value, "Absente"),
    (ContactOutcome.PUT_OFF.value, "Reportée"),
    (ContactOutcome.REFUSED.value, "Non souhaitée"),
]
MOVES = [
    ("", "pas parlé"),
    *((code.value, code.label) for code in (HowFar.MOVES_ON, HowFar.STUCK, HowFar.REACHED)),
]
FINDINGS = [("", "pas regardé"), *Finding.choices]
_PICTURES = {"accept": "image/*,.heic,.heif", "capture": "environment"}


def _problems(line: Line) -> list[tuple[str, str]]:
    if line == Line.NEIGHBOURS:
        return list(IncidentKind.choices)
    return [("", "à voir sur place"), *((code, BY_CODE[code].label) for code in REPAIRS[line][1])]


class VisitNoteForm(LevelledForm):
    """How it went; then the dwelling, a note, what follows. What was not seen is not kept: who was absent has shown no
    dwelling."""

    day = DayField(label="Le")
    outcome = forms.ChoiceField(
        label="Qui avez-vous vu ?", choices=OUTCOMES, widget=forms.RadioSelect,
        error_messages={"required": "Dites comment la visite s’est passée."},
    )  # fmt: skip
    minutes = forms.TypedChoiceField(
        label="Durée", choices=LENGTHS, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    as_before = forms.IntegerField(required=False, widget=forms.HiddenInput)
    same = forms.BooleanField(label="Comme la dernière fois", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), help_text=FACTS
    )
    level = forms.ChoiceField(
        label="Qui peut la lire ?", choices=LEVELS, initial=NoteLevel.TEAM, required=False, widget=forms.RadioSelect
    )
    readers = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Lecteurs d’une note scellée", required=False, widget=forms.CheckboxSelectMultiple
    )
    next_on = DayField(label="Prochaine visite", required=False)
    reminder = forms.ChoiceField(
        label="Me rappeler", choices=[("", "rien"), *ReminderKind.choices], required=False, widget=forms.RadioSelect
    )
    reminder_on = DayField(label="Pour le", required=False)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, objectives: Sequence[Objective] = (), **kwargs: Any) -> None:
        """`on`: the day of the visit, which the chips of the next days count from. `objectives`: those it asks of."""
        super().__init__(*args, **kwargs)
        self._objectives = objectives
        for objective in objectives:
            self.fields[f"objective_{objective.pk}"] = forms.ChoiceField(
                label=objective.text, choices=MOVES, required=False, widget=forms.RadioSelect
            )
        for line in Line:
            self.fields[f"line_{line}"] = forms.ChoiceField(
                label=line.label, choices=FINDINGS, required=False, widget=forms.RadioSelect
            )
            what = "Incident" if line == Line.NEIGHBOURS else "À réparer"
            self.fields[f"problem_{line}"] = forms.ChoiceField(label=what, choices=_problems(line), required=False)
            if line != Line.NEIGHBOURS:
                self.fields[f"photos_{line}"] = ManyFilesField(
                    label="Photos du logement", required=False, widget=ManyFilesInput(attrs=_PICTURES)
                )
        self.fields["day"].initial = on
        self.fields["request_key"].initial = uuid4
        self.fields["readers"].queryset = social_people()  # type: ignore[attr-defined]
        weeks = (Quick("+1 semaine", on + timedelta(weeks=1)), Quick("+2 semaines", on + timedelta(weeks=2)))
        month = Quick("+1 mois", add_months(on, 1))
        self.fields["next_on"].quick = (*weeks, month)  # type: ignore[attr-defined]
        self.fields["reminder_on"].quick = (Quick("le lendemain", on + timedelta(days=1)), *weeks)  # type: ignore[attr-defined]

    def touched(self) -> list[tuple[str, list[Any]]]:
        """The objectives by theme: (its name, fields)."""
        found: dict[str, list[Any]] = {}
        for objective in self._objectives:
            found.setdefault(objective.get_theme_display(), []).append(self[f"objective_{objective.pk}"])
        return list(found.items())

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """For each line: its state, what is to treat, the photos (None of the neighbours)."""
        names = self.fields
        return [
            (self[f"line_{line}"], self[f"problem_{line}"],
             self[f"photos_{line}"] if f"photos_{line}" in names else None)
            for line in Line
        ]  # fmt: skip

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > clock.today():
            raise forms.ValidationError("Cette visite n’a pas encore eu lieu : notez-la le jour même, ou après.")
        return day

    def clean_level(self) -> str:
        """A send that tells no level opens the note to nobody."""
        return self.cleaned_data["level"] or NoteLevel.PRIVATE

    def add_error(self, field: str | None, error: Any) -> None:
        """What a service says of a line stands at that line."""
        super().add_error(f"line_{field}" if f"line_{field}" in self.fields else field, error)

    def said(self) -> NewVisit:
        """What the form says, once it is valid."""
        data = self.cleaned_data
        is_seen = data["outcome"] in SEEN
        is_same = is_seen and data["same"] and data["as_before"]
        return NewVisit(
            day=data["day"], outcome=data["outcome"], minutes=data["minutes"] if is_seen else None,
            objectives={
                row.pk: said for row in self._objectives if is_seen and (said := data[f"objective_{row.pk}"])
            },
            lines=dict(self._lines()) if is_seen and not is_same else {},
            as_before=data["as_before"] if is_same else None, note=data["note"], level=data["level"],
            readers=list(data["readers"]), next_on=data["next_on"], reminder=data["reminder"],
            reminder_on=data["reminder_on"] if data["reminder"] else None,
        )  # fmt: skip

    def _lines(self) -> Sequence[tuple[str, Seen]]:
        data = self.cleaned_data
        found = []
        for line in Line:
            finding = data[f"line_{line}"]
            if finding == Finding.TREAT:
                seen = Seen(finding, data[f"problem_{line}"], data.get(f"photos_{line}") or ())
                found.append((line.value, seen))
            elif finding:
                found.append((line.value, Seen(finding)))
        return found
