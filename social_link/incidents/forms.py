"""Forms of the neighbour incidents."""

from typing import Any
from uuid import uuid4

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from social_link.incidents.codes import IncidentAct, IncidentKind, IncidentSource


class IncidentForm(forms.Form):
    """What happened, when, who reported it and what was done: codes only."""

    kind = forms.ChoiceField(label="Que s’est-il passé ?", choices=IncidentKind.choices, widget=forms.RadioSelect)
    day = DayField(label="Le", quick=PAST)
    reported_by = forms.ChoiceField(
        label="Signalé par", choices=IncidentSource.choices, initial=IncidentSource.TEAM, widget=forms.RadioSelect
    )
    acts = forms.MultipleChoiceField(
        label="Ce qui a été fait", choices=IncidentAct.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today


class NewIncidentForm(IncidentForm):
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_key"].initial = uuid4


class FollowIncidentForm(IncidentForm):
    """An incident as it stands by now; a day of its end settles it."""

    settled_on = DayField(label="Réglé le", required=False, quick=PAST)
