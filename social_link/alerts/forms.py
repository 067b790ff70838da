"""Forms of the alerts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from common import clock
from common.cautions import HEALTH, TOPICS
from common.forms import AmountField, DayField
from common.guard import GuardedForm
from common.quick import end_of_month, in_a_month, in_weeks, tomorrow
from common.text import LONGEST_TEXT
from common.typography import counted
from office.models import User
from rent_ledger.arrears.codes import CauseCode, NextStep
from social_link.alerts.codes import SignalOutcome
from social_link.contacts.forms import FACTS
from social_link.measures.queries import social_people

# A code: what the rental side reads is no free text.
NEXT = (tomorrow, in_weeks(1), in_weeks(2), in_a_month)
STEPS = [("", "Aucune"), *((step.value, step.label) for step in NextStep if step != NextStep.PAID)]


NO_PAUSE, UNTIL = "aucune", "jour"
PAUSES = (15, 30)
"""Days of a pause that are proposed, where the longest one allows them."""


def ordered_causes(usual: Sequence[str]) -> list[tuple[str, str]]:
    """The causes to choose from: the `usual` ones first."""
    rank = {code: at for at, code in enumerate(usual)}
    return sorted(CauseCode.choices, key=lambda choice: rank.get(choice[0], len(rank)))


class AnswerForm(GuardedForm):
    """What the debt file will know, and a note that it will not. `pause` says until when the letters wait."""

    contact_made = forms.TypedChoiceField(
        label="Contact pris avec le ménage",
        choices=[("oui", "Oui"), ("non", "Pas encore")],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si vous avez eu un contact avec le ménage."},
    )
    cause = forms.ChoiceField(
        label="Cause principale", choices=CauseCode.choices, required=False, widget=forms.RadioSelect
    )
    pause = forms.ChoiceField(label="Pause des relances", required=False, widget=forms.RadioSelect)
    hold_until = DayField(label="Relances en pause jusqu’au", required=False, quick=(in_weeks(1), end_of_month))
    next_step = forms.ChoiceField(label="Prochaine étape", choices=STEPS, required=False)
    next_step_on = DayField(label="Jour de cette étape", required=False, quick=NEXT)
    plan_asked = forms.BooleanField(label="Proposer un plan d’apurement", required=False)
    plan_amount = AmountField(label="Mensualité proposée", required=False)
    note = forms.CharField(
        label="Note privée", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Visible de vous seule. {FACTS}",
    )  # fmt: skip

    def topics(self, data: dict[str, Any]) -> frozenset[str]:
        """The note is for its author alone."""
        return TOPICS - {HEALTH}

    def __init__(
        self, *args: Any, has_case: bool, longest: int, usual: Sequence[str] = (), initial: Any = None, **kwargs: Any
    ) -> None:
        """`longest`: days of the longest pause. `usual`: the codes of the causes that stand first."""
        said = dict(initial or {})
        if "cause" in said:
            said["pause"] = UNTIL if said.get("hold_until") else NO_PAUSE
        super().__init__(*args, initial=said, **kwargs)
        # Without an arrears case, nobody reads the cause, and no letter waits.
        self.has_case = self.fields["cause"].required = has_case
        self.fields["cause"].choices = ordered_causes(usual)  # type: ignore[attr-defined]
        self.fields["pause"].choices = [  # type: ignore[attr-defined]
            (NO_PAUSE, "Aucune"),
            *((str(days), counted(days, "jour")) for days in PAUSES if days <= longest),
            (UNTIL, "Jusqu’à un jour"),
        ]
        self.fields["pause"].help_text = f"Sans pause, les relances reprennent. {counted(longest, 'jour')} au plus."

    def clean(self) -> dict[str, Any]:
        """The day until which the letters wait, whichever way it was said."""
        data = super().clean()
        pause = data.pop("pause", "") or (UNTIL if data.get("hold_until") else "")
        if pause == UNTIL:
            if not data.get("hold_until") and "hold_until" not in self.errors:
                self.add_error("hold_until", "Dites jusqu’à quel jour, par exemple 09/12/2026.")
            return data
        # What was typed for another choice is not read.
        self.errors.pop("hold_until", None)
        data["hold_until"] = clock.today() + timedelta(days=int(pause)) if pause.isdecimal() else None
        if self.has_case and not pause and "pause" not in self.errors:
            self.add_error("pause", "Dites si les relances font une pause.")
        return data


class LateNoteForm(GuardedForm):
    """The note of an answer that came after another one."""

    note = forms.CharField(label="Note privée", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))

    def topics(self, data: dict[str, Any]) -> frozenset[str]:
        """The note is for its author alone."""
        return TOPICS - {HEALTH}


class PassOnForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="À qui ?", empty_label="Choisir…")
    reason = forms.CharField(label="Pourquoi", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = social_people()  # type: ignore[attr-defined]


class FollowedForm(forms.Form):
    cause = forms.ChoiceField(
        label="Cause principale", choices=CauseCode.choices, required=False, widget=forms.RadioSelect
    )
    next_step = forms.ChoiceField(label="Prochaine étape", choices=STEPS, required=False)
    next_step_on = DayField(label="Jour de cette étape", required=False, quick=NEXT)

    def __init__(self, *args: Any, usual: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = ordered_causes(usual)  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """What came of a technician's signal. Nothing is chosen at first."""

    outcome = forms.ChoiceField(
        label="Qu’en est-il ?", choices=SignalOutcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qu’il en est."},
    )  # fmt: skip
    back_on = DayField(label="Je repasse le", required=False, quick=(tomorrow, in_weeks(1)))

    def clean(self) -> dict[str, Any]:
        """The day of another choice is not read."""
        data = super().clean() or {}
        if data.get("outcome") != SignalOutcome.NOT_SEEN:
            self.errors.pop("back_on", None)
            data["back_on"] = None
        return data
