"""Forms of the tickets: a new one, and what the desk and the technician do with it."""

from typing import Any
from uuid import uuid4

from django import forms

from common.forms import DayField, HourField, ManyFilesField, ManyFilesInput
from common.guard import GuardedForm
from common.quick import HOURS, in_a_month, in_weeks, today, tomorrow
from common.text import LONGEST_TEXT
from leases.models import Household
from maintenance.tickets.codes import (
    HoldReason,
    Outcome,
    PaidBy,
    Priority,
    Source,
    Trade,
)
from maintenance.tickets.queries import technicians
from maintenance.tickets.rules.priority import PROBLEMS
from office.models import User

OTHER = "autre"


def _problems() -> list[tuple[str, list[tuple[str, str]]]]:
    """The problems by trade, for one select."""
    groups = [(t.label, [(p.code, p.label) for p in PROBLEMS if p.trade == t]) for t in Trade]
    return [(label, choices) for label, choices in groups if choices]


class TicketForm(GuardedForm):
    """A request in one screen: the problem is enough. Its words are read at the door, and by the owner's contractor."""

    guarded = ("title", "description")

    problem = forms.ChoiceField(
        label="Problème", error_messages={"required": "Choisissez un problème de la liste, ou « Autre »."}
    )
    trade = forms.ChoiceField(label="Métier", required=False, help_text="Si le problème n’est pas dans la liste")
    title = forms.CharField(label="En quelques mots", max_length=120, required=False)
    description = forms.CharField(
        label="Précisions du ménage", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_TEXT
    )
    priority = forms.ChoiceField(label="Priorité", required=False)
    household = forms.ModelChoiceField(Household.objects.none(), label="Ménage", required=False, empty_label="Aucun")
    contact_name = forms.CharField(label="Personne à prévenir", max_length=120, required=False)
    contact_phone = forms.CharField(
        label="Téléphone", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    source = forms.ChoiceField(label="Reçue", choices=Source.choices, initial=Source.DESK, widget=forms.RadioSelect)
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, households: list[Household], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_key"].initial = uuid4
        self.fields["problem"].choices = [("", "Choisir…"), *_problems(), (OTHER, "Autre, à préciser")]  # type: ignore[attr-defined]
        self.fields["trade"].choices = [("", "Selon le problème"), *Trade.choices]  # type: ignore[attr-defined]
        self.fields["priority"].choices = [("", "Selon le problème"), *Priority.choices]  # type: ignore[attr-defined]
        self.fields["household"].queryset = Household.objects.filter(  # type: ignore[attr-defined]
            pk__in=[h.pk for h in households]
        )
        if len(households) == 1:
            self.fields["household"].initial = households[0].pk

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("problem") == OTHER:
            data["problem"] = ""
            if not data.get("title"):
                self.add_error("title", "Dites en quelques mots ce qui ne va pas.")
            if not data.get("trade"):
                self.add_error("trade", "Choisissez le métier.")
        return data


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="Technicien", empty_label="Choisir…")
    planned_on = DayField(label="Jour du passage", required=False, quick=(today, tomorrow, in_weeks(1)))
    planned_at = HourField(label="Heure", required=False, quick=HOURS)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = technicians()  # type: ignore[attr-defined]


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label="Motif", choices=HoldReason.choices, widget=forms.RadioSelect)
    until = DayField(label="Jusqu’au", quick=(in_weeks(1), in_weeks(2), in_a_month))
    seen = forms.CharField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    reason = forms.CharField(label="Pourquoi", max_length=200)
    seen = forms.CharField(widget=forms.HiddenInput)


class SeenForm(forms.Form):
    """An action with nothing to type."""

    seen = forms.CharField(widget=forms.HiddenInput)


# A phone offers its camera and its pictures; some systems know no HEIC among the pictures.
# They stand before the form that ends the passage, and leave with it.
_ACCEPTED = {"accept": "image/*,.heic,.heif", "form": "f"}


class CloseForm(GuardedForm):
    """The end of a passage: done and who pays, or what stands in the way. `report` is read by the rental side."""

    guarded: tuple[str, ...] = ("report",)

    outcome = forms.ChoiceField(
        label="Issue",
        choices=[(o.value, o.label) for o in (Outcome.DONE, Outcome.PART_MISSING, Outcome.OTHER_TRADE)],
        initial=Outcome.DONE,
        widget=forms.RadioSelect,
    )
    report = forms.CharField(
        label="Travail fait", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    paid_by = forms.ChoiceField(label="Qui paie ?", choices=PaidBy.choices, widget=forms.RadioSelect)
    part = forms.CharField(label="Quelle pièce ?", max_length=120, required=False)
    part_until = DayField(label="Pièce attendue le", required=False, quick=(in_weeks(1), in_weeks(2)))
    other_trade = forms.ChoiceField(label="Métier nécessaire", required=False)
    before = ManyFilesField(label="Avant le travail", required=False, widget=ManyFilesInput(attrs=_ACCEPTED))
    after = ManyFilesField(label="Après le travail", required=False, widget=ManyFilesInput(attrs=_ACCEPTED))
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other_trade"].choices = [("", "À préciser"), *Trade.choices]  # type: ignore[attr-defined]
