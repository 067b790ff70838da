"""Forms of the write-offs."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import AmountField, ManyFilesField, ManyFilesInput
from common.guard import GuardedForm
from common.typography import euros
from rent_ledger.write_offs.codes import WHYS
from rent_ledger.write_offs.queries import OpenDebt

_WHYS = [(kind.label, [(why.value, why.label) for why in whys]) for kind, whys in WHYS.items()]
_KIND_OF = {why.value: kind for kind, whys in WHYS.items() for why in whys}


class AskForm(GuardedForm):
    """What is given up, and why: the reason says whether it is a loss or a remission. `debts`: what is due."""

    guarded = ("note",)
    why = forms.ChoiceField(
        label="Motif", choices=[("", "Choisir"), *_WHYS], error_messages={"required": "Choisissez un motif."}
    )
    debts = forms.MultipleChoiceField(
        label="Dettes",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une dette."},
    )
    amount = AmountField(
        label="Montant",
        required=False,
        help_text="Vide : tout ce qui reste des dettes choisies. Sinon les plus anciennes d’abord.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}),
    )
    note = forms.CharField(
        label="Précision",
        max_length=200,
        required=False,
        help_text="Quelques mots de fait, lus par qui décide : démarches faites, décision du conseil.",
    )

    def __init__(self, *args: Any, debts: Sequence[OpenDebt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [debt for debt in debts if not debt.in_plan]
        self.fields["debts"].choices = [(str(debt.posting_id), _label(debt)) for debt in free]  # type: ignore[attr-defined]
        self.fields["debts"].initial = [str(debt.posting_id) for debt in free]

    @property
    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "kind": _KIND_OF[data["why"]],
            "why": data["why"],
            "posting_ids": [int(pk) for pk in data["debts"]],
            "amount": data["amount"],
            "note": data["note"],
        }


def _label(debt: OpenDebt) -> str:
    item = debt.item
    return f"{item.get_nature_display()} du {item.due_on:%d/%m/%Y} : {euros(item.remaining)}"


class ReasonForm(GuardedForm):
    """Why a write-off is refused, or undone."""

    guarded = ("reason",)
    reason = forms.CharField(
        label="Pourquoi",
        max_length=200,
        help_text="Quelques mots de fait, lus par l’équipe.",
        error_messages={"required": "Dites pourquoi en quelques mots."},
    )


class PapersForm(forms.Form):
    papers = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Procès-verbal, certificat, décision du conseil : une photo ou un PDF.",
    )
