"""Forms of the alerts."""

from typing import Any

from django import forms

from common.cautions import HEALTH, TOPICS
from common.forms import AmountField, DayField
from common.guard import GuardedForm
from common.text import LONGEST_TEXT
from office.models import User
from rent_ledger.arrears.codes import CauseCode, NextStep
from social_link.contacts.forms import FACTS
from social_link.measures.queries import social_people

# A code: what the rental side reads is no free text.
STEPS = [("", "Aucune"), *((step.value, step.label) for step in NextStep if step != NextStep.PAID)]


class AnswerForm(GuardedForm):
    """What the debt file will know, and a note that it will not."""

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
    hold_until = DayField(label="Relances en pause jusqu’au", required=False)
    next_step = forms.ChoiceField(label="Prochaine étape", choices=STEPS, required=False)
    next_step_on = DayField(label="Jour de cette étape", required=False)
    plan_asked = forms.BooleanField(label="Proposer un plan d’apurement", required=False)
    plan_amount = AmountField(label="Mensualité proposée", required=False)
    note = forms.CharField(
        label="Note privée", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Visible de vous seule. {FACTS}",
    )  # fmt: skip

    def topics(self, data: dict[str, Any]) -> frozenset[str]:
        """The note is for its author alone."""
        return TOPICS - {HEALTH}

    def __init__(self, *args: Any, has_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without an arrears case, nobody reads the cause.
        self.fields["cause"].required = has_case


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
    next_step_on = DayField(label="Jour de cette étape", required=False)
