"""Forms of the social service: few fields, boxes to tap, and a text that is read again before it is kept."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from common import clock
from common.forms import AmountField, DayField
from leases.models import Household
from office.enums import OrganisationKind
from office.models import Organisation, User
from rent_ledger.enums import CauseCode
from social_link.enums import ContactKind, MeasureEnd, MeasureKind, NoteLevel
from social_link.rules.guard import Caution, cautions
from social_link.selectors import social_people

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
        text = (data.get("note") or "").strip()
        digest = sha256(text.encode()).hexdigest()[:16]
        if text and data.get("confirmed") != digest:
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

    kind = forms.ChoiceField(label="Genre", choices=ContactKind, widget=forms.RadioSelect)
    day = DayField(label="Le")
    note = forms.CharField(
        label="Note", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), help_text=FACTS
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


class AnswerForm(GuardedForm):
    """What the debt file will know, and a note that it will not."""

    contact_made = forms.TypedChoiceField(
        label="Contact pris avec le ménage",
        choices=[("oui", "Oui"), ("non", "Pas encore")],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
    )
    cause = forms.ChoiceField(label="Cause principale", choices=CauseCode, required=False, widget=forms.RadioSelect)
    hold_until = DayField(label="Relances en pause jusqu’au", required=False)
    next_step = forms.CharField(label="Prochaine étape", max_length=120, required=False)
    plan_asked = forms.BooleanField(label="Proposer un plan d’apurement", required=False)
    plan_amount = AmountField(label="Mensualité proposée", required=False)
    note = forms.CharField(
        label="Note privée", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Visible de vous seule. {FACTS}",
    )  # fmt: skip

    def __init__(self, *args: Any, has_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without a debt file there is nobody to tell the cause to.
        self.fields["cause"].required = has_case


class PassOnForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="À qui ?", empty_label="Choisir…")
    reason = forms.CharField(label="Pourquoi", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = social_people()  # type: ignore[attr-defined]


class FollowedForm(forms.Form):
    cause = forms.ChoiceField(label="Cause principale", choices=CauseCode, required=False, widget=forms.RadioSelect)
    next_step = forms.CharField(label="Prochaine étape", max_length=120, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif de lecture", max_length=200)


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label="Mesure", choices=MeasureKind)
    start = DayField(label="Début")
    planned_end = DayField(label="Fin prévue", help_text="Dernier jour compris")
    funder = forms.ModelChoiceField(
        Organisation.objects.none(), label="Financeur", required=False, empty_label="Sans financeur"
    )
    referent = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")
    signed_on = DayField(label="Contrat signé le", required=False)
    is_lead = forms.BooleanField(label="Accompagnement principal", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        funders = Organisation.objects.filter(roles__kind=OrganisationKind.FUNDER).distinct()
        self.fields["funder"].queryset = funders  # type: ignore[attr-defined]
        self.fields["referent"].queryset = social_people()  # type: ignore[attr-defined]


class CloseMeasureForm(forms.Form):
    on = DayField(label="Dernier jour")
    reason = forms.ChoiceField(label="Motif de fin", choices=MeasureEnd, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class EndReferentForm(forms.Form):
    on = DayField(label="À partir du", initial=clock.today)


class ReferentForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")
    from_day = DayField(label="À partir du")

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household = household
        self.fields["user"].queryset = social_people()  # type: ignore[attr-defined]
        self.fields["from_day"].initial = clock.today
