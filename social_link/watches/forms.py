"""Forms of what follows the end of a measure."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from office.models import Organisation
from social_link.watches.codes import Again, Asker, Debt, Found, Service
from social_link.watches.models import Watch

MANY = forms.CheckboxSelectMultiple
EVERY = Organisation.objects.all


class StepForm(forms.Form):
    """What was found at a step."""

    found = forms.ChoiceField(label="Situation", choices=Found.choices, widget=forms.RadioSelect)
    debt = forms.ChoiceField(
        label="Loyer",
        choices=Debt.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="À dire si le ménage est logé, chez lui ou chez nous.",
    )
    seen_on = DayField(label="Vu le", quick=PAST)

    def __init__(self, *args: Any, step: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {"found": step.found, "debt": step.debt, "seen_on": step.seen_on or clock.today()}
        self.initial = said


class MoreStepForm(forms.Form):
    months = forms.IntegerField(label="Mois après la fin", min_value=1, max_value=36)


class OrientationForm(forms.Form):
    service = forms.ChoiceField(label="Service", choices=Service.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Organisme",
        required=False,
        empty_label="Aucun en particulier",
        help_text="Du carnet d’adresses : son adresse s’imprime sur le papier de fin.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = EVERY()  # type: ignore[attr-defined]


class AskAgainForm(forms.Form):
    """Who asks that a support begins again, and why."""

    asked_by = forms.ChoiceField(label="Demandée par", choices=Asker.choices, widget=forms.RadioSelect)
    partner = forms.ModelChoiceField(
        Organisation.objects.none(), label="Partenaire", required=False, empty_label="Non précisé"
    )
    asked_on = DayField(label="Demandée le", quick=PAST, initial=clock.today)
    reasons = forms.MultipleChoiceField(label="Motifs", choices=Again.choices, widget=MANY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = EVERY()  # type: ignore[attr-defined]


class OrientAgainForm(OrientationForm):
    """To which service a request to begin again goes."""

    oriented_on = DayField(label="Orientée le", quick=PAST, initial=clock.today)
    field_order = ("service", "organisation", "oriented_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].help_text = ""
