"""Forms of the payments."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, AnsweringForm, DayField
from common.quick import Quick
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.payments.models import Payment

# The amount is proposed, and has the focus: Entrée takes it, what one types takes its place (`choose.js`).
_AT_ONCE = {
    "inputmode": "decimal", "class": "a-w-s", "autocomplete": "off", "autofocus": True, "data-whole": True,
}  # fmt: skip


class PaymentForm(AnsweringForm):
    """Money taken at the desk."""

    method = forms.ChoiceField(
        label="Moyen", choices=PaymentMethod.choices, widget=forms.RadioSelect, initial=PaymentMethod.CASH
    )
    amount = AmountField(label="Montant", widget=forms.TextInput(attrs=_AT_ONCE))
    received_on = DayField(label="Reçu le")
    payer = forms.CharField(label="Remis par", max_length=120, required=False, help_text="Si ce n’est pas le ménage.")
    note = forms.CharField(
        label="Précision", max_length=140, required=False, help_text="Par exemple le numéro du chèque."
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, quick: Sequence[Quick] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].quick = quick  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today()
        self.fields["payer"].max_length = Payment._meta.get_field("payer").max_length  # type: ignore[attr-defined]
