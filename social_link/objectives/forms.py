"""Forms of the objectives."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from common.guard import GuardedForm
from common.quick import PAST, in_a_month
from social_link.objectives.codes import HIGHEST, LEVELS, LOWEST, Axis, HowFar, Moment, Phase, Theme
from social_link.objectives.models import AXES, LONGEST, Assessment, Objective
from social_link.objectives.services.objectives import Aim

SCORES = [("", "non donnée"), *((str(n), str(n)) for n in range(LOWEST, HIGHEST + 1))]


class ObjectiveForm(GuardedForm):
    """An objective in the words of the household. They are printed on its contract."""

    guarded = ("text", "household_does", "house_does")

    theme = forms.ChoiceField(label="Thème", choices=Theme.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="Objectif", max_length=LONGEST, help_text="Avec les mots du ménage : il est écrit sur le contrat."
    )
    household_does = forms.CharField(label="Ce que fait le ménage", max_length=LONGEST, required=False)
    house_does = forms.CharField(label="Ce que fait l’association", max_length=LONGEST, required=False)
    due_on = DayField(label="Pour le", required=False, quick=(in_a_month,))
    phase = forms.ChoiceField(
        label="Étape",
        choices=[("", "Sans étape"), *Phase.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text="Un plan en deux temps assainit d’abord les finances, puis traite les causes.",
    )
    early_why = forms.CharField(
        label="Si la première étape n’est pas finie : pourquoi commencer déjà ?", max_length=LONGEST, required=False
    )

    def aim(self) -> Aim:
        return Aim(**{name: self.cleaned_data[name] for name in Aim.__slots__})

    @classmethod
    def of(cls, objective: Objective, sent: Any) -> "ObjectiveForm":
        return cls(sent or None, initial={name: getattr(objective, name) for name in Aim.__slots__})


class ReviewForm(forms.Form):
    """How far an objective is."""

    how_far = forms.ChoiceField(label="Où en est-il ?", choices=HowFar.choices, widget=forms.RadioSelect)
    on = DayField(label="Le", quick=PAST)
    score = forms.TypedChoiceField(
        label="Note du chemin fait, de 1 (loin) à 5 (arrivé)", choices=SCORES, coerce=int, empty_value=None,
        required=False, widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


_WHO_READS = "Lu par qui suit le ménage aujourd’hui, et par la responsable."


class AssessmentForm(forms.Form):
    """The seven axes on one screen. `with_health`: whether who fills it in reads that axis."""

    moment = forms.ChoiceField(label="Moment", choices=Moment.choices, widget=forms.RadioSelect)
    on = DayField(label="Le", quick=PAST)
    with_person = forms.BooleanField(label="Rempli avec la personne", required=False, initial=True)

    def __init__(self, *args: Any, with_health: bool, shown: Assessment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = shown.on if shown else clock.today()
        if shown is not None:
            self.fields["moment"].initial, self.fields["with_person"].initial = shown.moment, shown.with_person
        for axis in (axis for axis in Axis if with_health or axis != Axis.HEALTH):
            self.fields[AXES[axis]] = forms.TypedChoiceField(
                label=axis.label, choices=[("", "Non abordé"), *_levels()], coerce=int, empty_value=None,
                required=False, widget=forms.RadioSelect, initial=shown.level(axis) if shown else "",
                help_text=_WHO_READS if axis == Axis.HEALTH else "",
            )  # fmt: skip

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        levels = {axis: data[column] for axis, column in AXES.items() if column in data}
        return {name: data[name] for name in ("moment", "on", "with_person")} | {"levels": levels}


def _levels() -> list[tuple[str, str]]:
    return [(str(n), f"{n} · {label}") for n, label in enumerate(LEVELS, LOWEST)]
