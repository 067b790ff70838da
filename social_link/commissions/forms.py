"""Forms of the commissions."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from common import clock
from common.forms import DayField, HourField
from common.guard import GuardedForm
from common.quick import in_weeks, next_month, today
from office.house.codes import OrganisationKind
from office.models import Organisation, User
from social_link.commissions.codes import Ask, CommissionKind, Condition, Opinion
from social_link.commissions.models import Commission
from social_link.commissions.queries import open_commissions
from social_link.commissions.rules.decisions import MOST_MONTHS
from social_link.measures.codes import Exclusion, MeasureEnd, MeasureKind, Proposer
from social_link.measures.models import Measure
from social_link.measures.queries import social_people
from social_link.measures.rules.kinds import KINDS


class CommissionForm(forms.Form):
    kind = forms.ChoiceField(label="Commission", choices=CommissionKind.choices)
    held_on = DayField(label="Jour", quick=(today, in_weeks(2), next_month))
    at_time = HourField(label="Heure", required=False)
    place = forms.CharField(label="Lieu", max_length=120, required=False)
    entries_until = DayField(
        label="Inscriptions jusqu’au", required=False, help_text="Vide : selon le délai de la maison."
    )


class MoveForm(CommissionForm):
    """Another day, hour or place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]
        self.fields["entries_until"].required = True
        self.fields["entries_until"].help_text = ""


class MemberForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisme", required=False, empty_label="Notre association"
    )
    function = forms.CharField(label="Fonction", max_length=80, help_text="Une fonction, pas un nom.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = _organisations()  # type: ignore[attr-defined]


def _organisations() -> QuerySet[Organisation]:
    return Organisation.objects.filter(is_person=False).order_by("sort_key", "pk")


class _ToCommission(forms.Form):
    commission = forms.ModelChoiceField(Commission.objects.none(), label="À quelle commission", empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commission"].queryset = open_commissions(clock.today())  # type: ignore[attr-defined]


class AskOpeningForm(_ToCommission):
    kind = forms.ChoiceField(label="Mesure demandée", choices=MeasureKind.choices)
    months = forms.IntegerField(label="Mois demandés", min_value=1, max_value=MOST_MONTHS, initial=6)
    referent = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")
    proposed_by = forms.ChoiceField(
        label="Proposée par", choices=[("", "Non renseigné"), *Proposer.choices], required=False
    )
    funder = forms.ModelChoiceField(
        Organisation.objects.none(), label="Financeur", required=False, empty_label="Sans financeur"
    )
    agreed_on = DayField(label="Accord préalable du", required=False)
    exclusions = forms.ChoiceField(
        label="Situation du ménage",
        choices=[("aucune", "Aucun de ces cas"), *Exclusion.choices],
        widget=forms.RadioSelect,
        required=False,
        help_text="À dire pour une mesure sur le budget : ASLL, MASP, AEB.",
    )
    despite = forms.CharField(label="Ouverte malgré cela, parce que", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referent"].queryset = social_people()  # type: ignore[attr-defined]
        funders = Organisation.objects.filter(roles__kind=OrganisationKind.FUNDER).distinct()
        self.fields["funder"].queryset = funders  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asks = data.get("kind") in MeasureKind.values and KINDS[MeasureKind(data["kind"])].exclusions
        if asks and not data.get("exclusions"):
            self.add_error("exclusions", "Dites si le ménage est dans un de ces cas.")
        return data

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        answer = self.cleaned_data["exclusions"]
        return {**self.cleaned_data, "exclusions": [answer] if answer in Exclusion.values else []}


class AskAboutForm(_ToCommission):
    """Of a measure that runs: its renewal, another type, its end."""

    ask = forms.ChoiceField(
        label="Ce qui est demandé", choices=[(ask.value, ask.label) for ask in Ask if ask != Ask.OPENING],
        widget=forms.RadioSelect,
    )  # fmt: skip
    kind = forms.ChoiceField(label="Type demandé", required=False, help_text="Pour un changement de type.")
    end_reason = forms.ChoiceField(
        label="Motif de fin", choices=[("", "Sans"), *MeasureEnd.choices], required=False, help_text="Pour une fin."
    )

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        family = [kind for kind in KINDS[MeasureKind(measure.kind)].family if kind != measure.kind]
        self.fields["kind"].choices = [("", "Sans"), *((kind.value, kind.label) for kind in family)]  # type: ignore[attr-defined]
        if not family:
            del self.fields["kind"]


class PrepareForm(GuardedForm):
    """The referent's part of the file."""

    guarded = ("words",)

    opinion = forms.ChoiceField(label="Avis du référent", choices=Opinion.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="En quelques mots",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lu par tous les membres : des faits utiles à la décision. Ni santé, ni adresse, ni nom.",
    )
    informs = forms.ModelChoiceField(
        Organisation.objects.none(), label="Informer aussi de la décision", required=False, empty_label="Personne"
    )
    agreed_to_inform = forms.BooleanField(label="Le ménage est d’accord", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["informs"].queryset = _organisations()  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What is typed live. Empty, what was asked stands."""

    decision = forms.CharField(max_length=7)
    months = forms.IntegerField(label="Mois", min_value=1, max_value=MOST_MONTHS, required=False)
    day = DayField(label="À compter du", required=False)
    conditions = forms.MultipleChoiceField(
        label="Conditions", choices=Condition.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, months: int | None = None, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].initial, self.fields["day"].initial = months, day
