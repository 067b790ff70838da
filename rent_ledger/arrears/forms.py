"""What the rent side types about a case: a decision, a report."""

from typing import Any

from django import forms

from common import clock
from common.forms import DayField
from rent_ledger.arrears.codes import Decision
from rent_ledger.books.codes import Action

# What a person may choose in place of the proposal. Reporting to the payer follows the law, not a choice.
CHOICES = [
    Action.NOTHING,
    Action.WAIT,
    Action.COURTESY,
    Action.CALL,
    Action.ALERT_SOCIAL,
    Action.WRITE_GONE,
]


class DecisionForm(forms.Form):
    """The fields that one decision asks: `decision` says which are shown and required."""

    action = forms.ChoiceField(
        label="À la place", choices=[(a.value, a.label) for a in CHOICES], widget=forms.RadioSelect, required=False
    )
    pause_until = DayField(label="En pause jusqu’au", required=False)
    reason = forms.CharField(
        label="Pourquoi", max_length=200, required=False, help_text="Quelques mots de fait, lus par l’équipe."
    )

    def __init__(self, *args: Any, decision: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        if decision != Decision.CHANGE:
            del self.fields["action"]
        if decision != Decision.PAUSE:
            del self.fields["pause_until"]
        if decision == Decision.CONFIRM:
            del self.fields["reason"]
        for name, message in (
            ("reason", "Dites pourquoi en quelques mots."),
            ("action", "Choisissez l’action à la place de celle proposée."),
            ("pause_until", "Dites jusqu’à quand, par exemple 09/12/2026."),
        ):
            if name in self.fields:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = message


class ReportForm(forms.Form):
    reported_on = DayField(label="Déclaré le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reported_on"].initial = clock.today()
