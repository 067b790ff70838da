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
from common.text import LONGEST_TEXT
from leases.models import Household
from office.house.codes import OrganisationKind
from office.models import Organisation, User
from social_link.measures.codes import (
    Aim,
    Exclusion,
    ExitOutcome,
    MeasureEnd,
    MeasureKind,
    OutcomeDomain,
    Progress,
    Proposer,
    RenewalDecision,
)
from social_link.measures.models import Renewal
from social_link.measures.queries import referents_seen, social_people
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import MeasureRule
from social_link.watches.codes import Service
from social_link.watches.parameters import follow_up_months, watch_months


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label="Mesure", choices=MeasureKind.choices)
    exclusions = forms.ChoiceField(
        label="Situation du ménage",
        choices=[("aucune", "Aucun de ces cas"), *Exclusion.choices],
        widget=forms.RadioSelect,
        required=False,
        help_text="À dire pour une mesure sur le budget : ASLL, MASP, AEB.",
    )
    despite = forms.CharField(label="Ouverte malgré cela, parce que", max_length=200, required=False)
    aims = forms.MultipleChoiceField(
        label="Buts", choices=Aim.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    proposed_by = forms.ChoiceField(
        label="Proposée par", choices=[("", "Non renseigné"), *Proposer.choices], required=False
    )
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

    def clean(self) -> dict[str, Any]:
        """What excludes a measure is answered, where its kind asks it."""
        data = super().clean() or {}
        asks = data.get("kind") in MeasureKind.values and KINDS[MeasureKind(data["kind"])].exclusions
        if asks and not data.get("exclusions"):
            self.add_error("exclusions", "Dites si le ménage est dans un de ces cas.")
        return data

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        answer = self.cleaned_data["exclusions"]
        return {**self.cleaned_data, "exclusions": [answer] if answer in Exclusion.values else []}


def _funders() -> QuerySet[Organisation]:
    return Organisation.objects.filter(roles__kind=OrganisationKind.FUNDER).distinct()


class PapersForm(forms.Form):
    """What may follow the first day of a measure."""

    funder = forms.ModelChoiceField(
        Organisation.objects.none(), label="Financeur", required=False, empty_label="Sans financeur"
    )
    agreed_on = DayField(label="Accord préalable du", required=False)
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)
    aims = forms.MultipleChoiceField(
        label="Buts", choices=Aim.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].queryset = _funders()  # type: ignore[attr-defined]


class CloseMeasureForm(forms.Form):
    on = DayField(label="Dernier jour")
    reason = forms.ChoiceField(label="Motif de fin", choices=MeasureEnd.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label="Situation à la sortie", choices=[("", "Non renseignée"), *ExitOutcome.choices], required=False
    )
    domains = forms.MultipleChoiceField(
        label="Acquis", choices=OutcomeDomain.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    advice = forms.CharField(
        label="Conseils et orientations",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui a été dit au ménage pour la suite. Lu par l’équipe sociale seulement.",
    )

    orientations = forms.MultipleChoiceField(
        label="Orienté vers",
        choices=Service.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="L’organisme se précise ensuite, sur la page de la mesure.",
    )
    watch = forms.TypedMultipleChoiceField(
        label="Prendre de ses nouvelles",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, planned_end: date, **kwargs: Any) -> None:
        """The term is proposed, once it is past; and the watch of the house."""
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["on"].initial = min(planned_end, today)
        months = watch_months(today)
        self.fields["watch"].choices = [(count, f"{count} mois après") for count in months]  # type: ignore[attr-defined]
        self.fields["watch"].initial = list(months)
        left = " et ".join(str(count) for count in follow_up_months(today))
        self.fields["watch"].help_text = f"Qui quitte le logement est suivi aussi à {left} mois, sans cocher."


class RenewMeasureForm(forms.Form):
    last = DayField(label="Nouvelle fin prévue", help_text="Dernier jour compris")
    proposed_by = forms.ChoiceField(label="Proposé par", widget=forms.RadioSelect)
    proposed_on = DayField(label="Proposé le", quick=PAST)
    progress = forms.ChoiceField(label="Évaluation", choices=Progress.choices, widget=forms.RadioSelect)
    decision = forms.ChoiceField(
        label="Décision",
        choices=[("", "Pas encore"), *RenewalDecision.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    decided_on = DayField(label="Décidé le", required=False, quick=PAST, help_text="Vide : aujourd’hui")
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)

    def __init__(self, *args: Any, planned_end: date, rule: MeasureRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = planned_end + timedelta(days=1)
        self.fields["last"].initial = add_months(first, rule.max_months or 6) - timedelta(days=1)
        self.fields["proposed_on"].initial = clock.today
        asked = [proposer for proposer in Proposer if proposer in rule.proposers or not rule.proposers]
        self.fields["proposed_by"].choices = [(proposer.value, proposer.label) for proposer in asked]  # type: ignore[attr-defined]
        self.fields["proposed_by"].initial = asked[0] if len(asked) == 1 else None
        self.fields["progress"].required = rule.evaluated


class DecideRenewalForm(forms.Form):
    """What was decided; once it is granted, the day of the contract."""

    decision = forms.ChoiceField(label="Décision", choices=RenewalDecision.choices, widget=forms.RadioSelect)
    decided_on = DayField(label="Décidé le", quick=PAST)
    signed_on = DayField(label="Contrat signé le", required=False, quick=PAST)

    def __init__(self, *args: Any, renewal: Renewal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].initial = clock.today
        self.fields["signed_on"].initial = renewal.signed_on
        if not renewal.waits:
            del self.fields["decision"], self.fields["decided_on"]


class ChangeKindForm(forms.Form):
    kind = forms.ChoiceField(label="Nouveau type", widget=forms.RadioSelect)
    from_day = DayField(label="À partir du", initial=clock.today, quick=PAST)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [other for other in KINDS[MeasureKind(kind)].family if other != kind]
        self.fields["kind"].choices = [(other.value, other.label) for other in others]  # type: ignore[attr-defined]
        self.fields["kind"].initial = others[0] if len(others) == 1 else None


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
