"""Forms of a request to read a file."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.quick import PAST
from leases.models import Household, Person
from social_link.file_requests.codes import KeptFor


class FileRequestForm(forms.Form):
    person = forms.ModelChoiceField(Person.objects.none(), label="Qui demande ?")
    asked_on = DayField(label="Reçue le", quick=PAST)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(memberships__household=household).distinct().order_by("sort_key", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["asked_on"].initial = clock.today


class AnswerForm(forms.Form):
    """What becomes of one note, in the version that was read: `why` is empty where it is handed over."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    why = forms.ChoiceField(choices=[("", "Remettre"), *KeptFor.choices], required=False)
