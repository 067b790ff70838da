"""What is typed about a referral: whom and what it asks, the next step, who follows it, an unknown person."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.guard import GuardedForm
from common.quick import PAST
from leases.households.codes import Civility
from leases.households.services import NewPerson
from office.models import Organisation, User
from social_link.measures.codes import Aim, Exclusion
from social_link.measures.models import Measure
from social_link.measures.queries import social_people
from social_link.referrals.codes import (
    INSIDE_SERVICES,
    OUTSIDE_SERVICES,
    REFERRING,
    Dropped,
    ReferralState,
    ReferrerKind,
    Situation,
    Urgency,
)
from social_link.referrals.models import Referral


def partners() -> Any:
    """The organisations that may refer, in the order of names."""
    return Organisation.objects.filter(roles__kind__in=REFERRING).distinct()


class ReferralForm(GuardedForm):
    """A referral. Of a household in hand, the three fields of the person are not there."""

    guarded = ("despite",)

    last_name = forms.CharField(label="Nom", max_length=80)
    first_name = forms.CharField(label="Prénom", max_length=60, required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    received_on = DayField(label="Reçue le", quick=PAST)
    referrer = forms.ChoiceField(label="Qui saisit", choices=[("", "Choisir…"), *ReferrerKind.choices])
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisme", required=False, empty_label="Aucun du carnet"
    )
    contact_name = forms.CharField(label="Interlocuteur", max_length=120, required=False)
    contact_email = forms.EmailField(
        label="Son courriel", required=False, help_text="L’accusé de réception y part, sans le nom du ménage."
    )
    contact_phone = forms.CharField(label="Son téléphone", max_length=20, required=False)
    aims = forms.MultipleChoiceField(
        label="Ce qui est demandé", choices=Aim.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Dites ce qui est demandé : au moins une ligne."},
    )  # fmt: skip
    situation = forms.ChoiceField(label="Le ménage est", choices=[("", "Non dit"), *Situation.choices], required=False)
    urgency = forms.ChoiceField(
        label="Urgence", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    commission_on = DayField(
        label="Commission du FUL du", required=False, help_text="Si c’est elle qui recommande la mesure."
    )
    consented_on = DayField(
        label="Accord du ménage du",
        required=False,
        quick=PAST,
        help_text="Il accepte que le service qui saisit soit tenu au courant. Sans accord, rien ne part.",
    )
    exclusions = forms.MultipleChoiceField(
        label="Ce qui s’oppose à une mesure", choices=Exclusion.choices, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    despite = forms.CharField(label="Elle avance malgré cela, parce que", max_length=200, required=False)

    def __init__(self, *args: Any, has_household: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = partners()  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today
        if has_household:
            for name in ("last_name", "first_name", "phone"):
                del self.fields[name]


class StepForm(forms.Form):
    """A step of one kind: it asks what this kind says, and nothing else."""

    service = forms.ChoiceField(label="Vers", error_messages={"required": "Dites vers quoi le ménage est orienté."})
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisme", required=False, empty_label="Aucun du carnet"
    )
    consented_on = DayField(
        label="Accord du ménage du", required=False, quick=PAST, help_text="Pour lui transmettre la fiche."
    )
    why = forms.ChoiceField(label="Pourquoi", choices=Dropped.choices, error_messages={"required": "Dites pourquoi."})
    measure = forms.ModelChoiceField(Measure.objects.none(), label="Mesure", empty_label=None)
    on = DayField(label="Le", quick=PAST)

    def __init__(self, *args: Any, kind: ReferralState, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = {ReferralState.INSIDE: INSIDE_SERVICES, ReferralState.OUTSIDE: OUTSIDE_SERVICES}.get(kind)
        is_outside, is_measure = kind == ReferralState.OUTSIDE, kind == ReferralState.MEASURE
        wanted = {
            "service": services is not None, "organisation": is_outside, "consented_on": is_outside,
            "why": kind == ReferralState.DROPPED, "measure": is_measure,
        }  # fmt: skip
        for name in (name for name, is_wanted in wanted.items() if not is_wanted):
            del self.fields[name]
        self.fields["on"].initial = clock.today
        if services is not None:
            self.fields["service"].choices = [(one.value, one.label) for one in services]  # type: ignore[attr-defined]
        if is_outside:
            self.fields["organisation"].queryset = Organisation.objects.filter(is_person=False)  # type: ignore[attr-defined]
        if is_measure:
            rows = Measure.objects.filter(household=referral.household_id, referral=None).order_by("-id")
            self.fields["measure"].queryset = rows  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="Confier à", empty_label="Personne", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = social_people()  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """The person whom nobody knows. `is_another`: asked where somebody of that name is known."""

    civility = forms.ChoiceField(
        label="Civilité", choices=Civility.choices, widget=forms.RadioSelect, initial=Civility.NONE
    )
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=80)
    birth_date = DayField(label="Date de naissance", required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    is_another = forms.BooleanField(label="C’est quelqu’un d’autre", required=False)

    @property
    def person(self) -> NewPerson:
        return NewPerson(**self.cleaned_data)


class IntakeForm(forms.Form):
    """What a partner fills: no word that is free, whom it is about and how to reach her, what is asked."""

    last_name = forms.CharField(label="Nom de la personne", max_length=80)
    first_name = forms.CharField(label="Son prénom", max_length=60)
    phone = forms.CharField(label="Son téléphone", max_length=20, required=False)
    situation = forms.ChoiceField(label="Elle est", choices=[("", "Non dit"), *Situation.choices], required=False)
    aims = forms.MultipleChoiceField(
        label="Ce que vous demandez", choices=Aim.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Dites ce que vous demandez : au moins une ligne."},
    )  # fmt: skip
    exclusions = forms.MultipleChoiceField(
        label="Est-elle déjà suivie ?", choices=Exclusion.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    urgency = forms.ChoiceField(
        label="Urgence", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    consented_on = DayField(
        label="Elle accepte que vous soyez tenu au courant, depuis le",
        required=False,
        help_text="Le jour de son accord. Sans accord, vous n’avez que l’accusé de réception.",
    )
    contact_name = forms.CharField(label="Votre nom", max_length=120)
    contact_email = forms.EmailField(
        label="Votre courriel", required=False, help_text="L’accusé de réception y part, sans le nom de la personne."
    )
    contact_phone = forms.CharField(label="Votre téléphone", max_length=20, required=False)


class LinkForm(forms.Form):
    """An address to give to a partner."""

    referrer = forms.ChoiceField(
        label="Partenaire",
        choices=[("", "Choisir…"), *(pair for pair in ReferrerKind.choices if pair[0] != ReferrerKind.HOUSEHOLD)],
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisme", required=False, empty_label="Aucun du carnet"
    )
    ends_on = DayField(label="Jusqu’au", required=False, help_text="Vide : la durée de la maison.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = partners()  # type: ignore[attr-defined]
