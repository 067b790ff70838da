"""What is typed about a guarantor: a claim, its answer, a payment, a paper."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, DayField, ManyFilesField, ManyFilesInput
from common.quick import PAST
from common.typography import euros
from rent_ledger.bank.models import BankLine
from rent_ledger.guarantees.codes import Answer, Refusal
from rent_ledger.guarantees.models import GuaranteeClaim
from rent_ledger.guarantees.queries.calls import CoveredDebt

_AMOUNT = {"inputmode": "decimal", "class": "a-w-s", "autocomplete": "off"}


class ClaimForm(forms.Form):
    """What is asked of a guarantor. `debts`: those that may be asked. A person gives no number to it."""

    debts = forms.MultipleChoiceField(
        label="Dettes",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une dette."},
    )
    amount = AmountField(
        label="Montant",
        required=False,
        help_text="Vide : tout ce qui reste des dettes choisies, dans le plafond. Sinon les plus anciennes d’abord.",
        widget=forms.TextInput(attrs=_AMOUNT),
    )
    asked_on = DayField(
        label="Demandé le",
        quick=PAST,
        error_messages={"required": "Dites quel jour la demande est partie, par exemple 05/11/2026."},
    )
    reference = forms.CharField(
        label="Numéro du dossier", max_length=40, required=False, help_text="Celui que l’organisme donne."
    )

    def __init__(self, *args: Any, debts: Sequence[CoveredDebt], of_a_person: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_a_person:
            del self.fields["reference"]
        free = [debt for debt in debts if debt.free]
        self.fields["debts"].choices = [(str(debt.posting_id), _label(debt)) for debt in free]  # type: ignore[attr-defined]
        self.fields["debts"].initial = [str(debt.posting_id) for debt in free]
        self.fields["asked_on"].initial = clock.today()

    @property
    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        return data | {"posting_ids": [int(pk) for pk in data.pop("debts")]}


def _label(debt: CoveredDebt) -> str:
    return f"{debt.nature.label} du {debt.due_on:%d/%m/%Y} : {euros(debt.free)}"


class AnswerForm(forms.Form):
    """What the guarantor answers."""

    answer = forms.ChoiceField(
        label="Réponse", choices=[(one.value, one.label) for one in Answer], widget=forms.RadioSelect
    )
    answered_on = DayField(label="Reçue le", quick=PAST)
    accepted = AmountField(
        label="Montant accepté",
        required=False,
        help_text="D’une réponse en partie.",
        widget=forms.TextInput(attrs=_AMOUNT),
    )
    refused_why = forms.ChoiceField(
        label="Motif du refus", required=False, choices=[("", "Aucun"), *((one.value, one.label) for one in Refusal)]
    )

    def __init__(self, *args: Any, claim: GuaranteeClaim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = clock.today()
        if claim is not None and claim.answer:
            self.initial = {
                "answer": claim.answer, "answered_on": claim.answered_on, "refused_why": claim.refused_why,
                "accepted": claim.accepted if claim.answer == Answer.PART else None,
            }  # fmt: skip


class GuarantorPaymentForm(forms.Form):
    """What came. `lines`: money of the bank that may be it."""

    bank_line = forms.ChoiceField(
        label="Argent à la banque",
        required=False,
        help_text="La ligne choisie donne le jour, et n’attend plus de nom.",
    )
    amount = AmountField(
        label="Montant payé",
        widget=forms.TextInput(attrs=_AMOUNT),
        error_messages={"required": "Dites combien le garant a payé, par exemple 639,00."},
    )
    paid_on = DayField(label="Payé le", quick=PAST)
    reference = forms.CharField(
        label="Référence", max_length=70, required=False, help_text="Du virement, ou de la quittance subrogative."
    )

    def __init__(self, *args: Any, claim: GuaranteeClaim, lines: Sequence[BankLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {str(line.pk): line for line in lines}
        self.fields["bank_line"].choices = [  # type: ignore[attr-defined]
            ("", "Pas encore connu de la banque"),
            *((key, _line_label(line)) for key, line in self._lines.items()),
        ]
        self.fields["amount"].initial = claim.awaited
        self.fields["paid_on"].initial = clock.today()

    @property
    def paid(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        return data | {"bank_line": self._lines.get(data["bank_line"])}


def _line_label(line: BankLine) -> str:
    return f"{line.booking_day:%d/%m/%Y} : {euros(line.amount)}, {line.counterparty_name or line.label}"[:80]


class ClaimPaperForm(forms.Form):
    papers = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Déclaration, réponse, quittance subrogative : une photo ou un PDF.",
    )
