"""The forms of the credits, and of the file that pays refunds."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import AmountField, DayField
from office.models import BankAccount
from rent_ledger.bank.models import KnownIban
from rent_ledger.credits.codes import CreditUse
from rent_ledger.credits.queries import Credit, Refund


class CreditForm(forms.Form):
    """What is done of a credit. `known`: the IBANs that paid for the account."""

    use = forms.ChoiceField(
        label="Décision",
        choices=CreditUse.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qui est fait de cette avance."},
    )
    until = DayField(
        label="À revoir après le", required=False, help_text="Pour ce qui est gardé, ou laissé à l’organisme."
    )
    amount = AmountField(
        label="Montant à rembourser",
        required=False,
        help_text="Vide : toute l’avance.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}),
    )
    iban = forms.CharField(
        label="IBAN du ménage", max_length=42, required=False, help_text="Pour un remboursement : recopiez le RIB reçu."
    )

    def __init__(self, *args: Any, credit: Credit, known: Sequence[KnownIban], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not credit.aid:
            uses = [choice for choice in CreditUse.choices if choice[0] != CreditUse.PAYER]
            self.fields["use"].choices = uses  # type: ignore[attr-defined]
        if known:
            self.fields["iban"].initial = known[0].iban
            self.fields["iban"].help_text = "Celui d’où sont venus ses paiements : comparez avec le RIB reçu."


class RefundFileForm(forms.Form):
    """Which refunds, from which account of ours, on which day."""

    choices = forms.TypedMultipleChoiceField(
        label="Remboursements", coerce=int, error_messages={"required": "Cochez au moins un remboursement."}
    )
    bank_account = forms.ModelChoiceField(
        label="Compte qui paie", queryset=BankAccount.objects.filter(is_active=True), empty_label=None
    )
    execute_on = DayField(label="À exécuter le")

    def __init__(self, *args: Any, refunds: Sequence[Refund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choices"].choices = [(r.choice_id, r.name) for r in refunds]  # type: ignore[attr-defined]
