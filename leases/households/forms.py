"""Forms of the households."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from common import clock
from common.forms import AnsweringForm, AskingForm, DayField
from common.guard import GuardedForm
from common.quick import end_of_month, today, yesterday
from leases.households.codes import MemberRole, SupportType
from leases.households.models import Household, Person
from office.access.matrix import Data, Write, roles_with
from office.models import User


class PersonForm(forms.ModelForm):
    birth_date = DayField(label="Date de naissance", required=False)

    class Meta:
        model = Person
        fields = ["civility", "first_name", "last_name", "birth_date", "phone", "email", "is_address_protected"]
        widgets = {"civility": forms.RadioSelect}
        help_texts = {"is_address_protected": "L’adresse n’est lue que par les personnes en charge du ménage."}


class HouseholdForm(forms.Form):
    """A household; at its creation, with its first adult."""

    name = forms.CharField(
        label="Nom d’usage",
        max_length=120,
        required=False,
        help_text="Fait des noms des adultes si vous le laissez vide.",
    )
    support_type = forms.ChoiceField(
        label="Type", choices=[("", "Non renseigné"), *SupportType.choices], required=False, widget=forms.RadioSelect
    )
    manager = forms.ModelChoiceField(
        label="Gestionnaire en charge", queryset=User.objects.none(), required=False, empty_label="Personne"
    )

    def __init__(self, *args: Any, names_manager: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names_manager:
            del self.fields["manager"]
            return
        self.fields["manager"].queryset = _managers()  # type: ignore[attr-defined]


def _managers() -> QuerySet[User]:
    rows = User.objects.filter(is_active=True, grants__role__in=roles_with(Write(Data.LEASE)))
    return rows.distinct().order_by("sort_key")


class InChargeForm(forms.Form):
    """Who reads the protected address of a household."""

    manager = forms.ModelChoiceField(
        label="Gestionnaire en charge", queryset=User.objects.none(), required=False, empty_label="Personne"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = _managers()  # type: ignore[attr-defined]


class LiftForm(GuardedForm):
    """Whose address need be protected no more. The reason is read with the log."""

    guarded = ("reason",)

    person = forms.ModelChoiceField(
        label="Personne", queryset=Person.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="Pourquoi", max_length=200, help_text="Gardé au journal des accès.")
    is_meant = forms.BooleanField(
        label="Tous ceux qui lisent les adresses liront celle-ci",
        help_text="Dès maintenant, et ce qui est lu ne se reprend pas. Une gestionnaire peut la protéger de nouveau.",
        error_messages={"required": "Cochez cette case : l’adresse sera lue par tous dès maintenant."},
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protected = Person.objects.filter(
            is_address_protected=True,
            memberships__household=household,
            memberships__period__contains=clock.today(),
        )
        self.fields["person"].queryset = protected.order_by("sort_key", "id")  # type: ignore[attr-defined]


class MemberForm(AskingForm, PersonForm):
    """A person who joins a household."""

    asked = ("is_another",)

    role = forms.ChoiceField(
        label="Place", choices=MemberRole.choices, initial=MemberRole.ADULT, widget=forms.RadioSelect
    )
    from_day = DayField(
        label="Dans le ménage depuis", required=False, help_text="Aujourd’hui si vous le laissez vide.", quick=(today,)
    )
    is_another = forms.BooleanField(label="C’est quelqu’un d’autre", required=False)


class LastDayForm(forms.Form):
    last_day = DayField(label="Dernier jour", quick=(yesterday, today, end_of_month))


class LeavingForm(AnsweringForm, LastDayForm):
    """The last day of a member, and the answer to what is asked where no adult, or no protected person, stays."""
