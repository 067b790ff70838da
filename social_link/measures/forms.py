"""Forms of measures and referents."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from common import clock
from common.forms import DayField
from common.periods import add_months
from common.quick import PAST, in_weeks, next_month, today, tomorrow
from leases.models import Household
from office.house.codes import OrganisationKind
from office.models import Organisation, User
from social_link.measures.codes import MeasureEnd, MeasureKind
from social_link.measures.queries import referents_seen, social_people


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label="Mesure", choices=MeasureKind.choices)
    start = DayField(label="Début", quick=(today, next_month))
    planned_end = DayField(label="Fin prévue", help_text="Dernier jour compris")
    funder = forms.ModelChoiceField(
        Organisation.objects.none(), label="Financeur", required=False, empty_label="Sans financeur"
    )
    referent = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")
    agreed_on = DayField(
        label="Accord préalable du",
        required=False,
        help_text="Pour une IML : l’accord de l’État (DDETS) vient d’abord.",
    )
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)
    is_lead = forms.BooleanField(label="Accompagnement principal", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].queryset = _funders()  # type: ignore[attr-defined]
        self.fields["referent"].queryset = social_people()  # type: ignore[attr-defined]


def _funders() -> QuerySet[Organisation]:
    return Organisation.objects.filter(roles__kind=OrganisationKind.FUNDER).distinct()


class PapersForm(forms.Form):
    """What may follow the first day of a measure."""

    funder = forms.ModelChoiceField(
        Organisation.objects.none(), label="Financeur", required=False, empty_label="Sans financeur"
    )
    agreed_on = DayField(label="Accord préalable du", required=False)
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].queryset = _funders()  # type: ignore[attr-defined]


class CloseMeasureForm(forms.Form):
    on = DayField(label="Dernier jour")
    reason = forms.ChoiceField(label="Motif de fin", choices=MeasureEnd.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, planned_end: date, **kwargs: Any) -> None:
        """The term is proposed, once it is past: today may be a day of the measure that follows."""
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = min(planned_end, clock.today())


class RenewMeasureForm(forms.Form):
    planned_end = DayField(label="Nouvelle fin prévue", help_text="Dernier jour compris")
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)

    def __init__(self, *args: Any, planned_end: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_end"].initial = add_months(planned_end + timedelta(days=1), 6) - timedelta(days=1)


class MoveMeasureForm(forms.Form):
    start = DayField(label="Début", quick=(today, next_month))
    planned_end = DayField(label="Fin prévue", help_text="Dernier jour compris")


class GiveMeasureForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = social_people()  # type: ignore[attr-defined]


class EndReferentForm(forms.Form):
    on = DayField(label="À partir du", initial=clock.today, quick=(today, next_month))


class ReferentForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")
    from_day = DayField(label="À partir du", quick=(today, next_month))
    with_visits = forms.BooleanField(
        label="Les visites prévues à partir de ce jour passent au nouveau référent", required=False, initial=True
    )
    with_alerts = forms.BooleanField(
        label="L’alerte ouverte passe au nouveau référent, si le jour est venu", required=False, initial=True
    )
    with_measures = forms.BooleanField(
        label="Les mesures ouvertes passent au nouveau référent, si le jour est venu", required=False, initial=True
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household = household
        self.fields["seen"].initial = referents_seen(household)
        self.fields["user"].queryset = social_people()  # type: ignore[attr-defined]
        self.fields["from_day"].initial = clock.today


def days_of(sent: Mapping[str, Any]) -> tuple[date, date | None]:
    """The days of an absence as far as they can be read: today where the first can't, or is past; None where the last
    can't, or is before it."""

    def read(name: str) -> date | None:
        try:
            found: date | None = DayField(required=False).clean(sent.get(name, ""))
        except forms.ValidationError:
            return None
        return found

    first = max(read("first") or clock.today(), clock.today())
    last = read("last")
    return first, last if last and last >= first else None


class AbsenceForm(forms.Form):
    """Who is away, from when to when, and who stands in; a field for each household that another one takes."""

    user = forms.ModelChoiceField(User.objects.none(), label="Absent", empty_label="Choisir…")
    first = DayField(label="Du", quick=(today, tomorrow, in_weeks(1)))
    last = DayField(label="Au", help_text="Dernier jour compris", quick=(in_weeks(1), in_weeks(2), in_weeks(3)))
    stand_in = forms.ModelChoiceField(User.objects.none(), label="Remplacé par", empty_label="Choisir…")

    def __init__(self, *args: Any, cases: Iterable[Household] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = social_people()
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["stand_in"].queryset = people  # type: ignore[attr-defined]
        self.cases = {f"menage_{row.pk}": row for row in cases}
        choices = [("", "Comme les autres"), *((str(row.pk), str(row)) for row in people)]
        self.people = {str(row.pk): row for row in people}
        for name, row in self.cases.items():
            self.fields[name] = forms.ChoiceField(label=row.name, choices=choices, required=False)

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        given = {name: self.cleaned_data[name] for name in ("user", "first", "last", "stand_in")}
        chosen = {row: self.cleaned_data.get(name, "") for name, row in self.cases.items()}
        return {**given, "named": {row: self.people[to] for row, to in chosen.items() if to}}
