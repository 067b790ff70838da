"""What is typed about a file for an aid: the file, a step, papers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from common.forms import AmountField, DayField, ManyFilesField, ManyFilesInput
from common.quick import PAST
from common.typography import euros
from office.schemes.codes import Gives, Need
from office.schemes.models import AidScheme
from rent_ledger.aid_files.codes import WITH_UNTIL, AidClosing, AidRefusal, AidStepKind, Payee
from rent_ledger.books.models import Account, Posting

_AMOUNT = {"inputmode": "decimal", "class": "a-w-s", "autocomplete": "off"}
_UNTIL = {
    AidStepKind.PIECES: ("À envoyer au plus tard le", "Vide : le délai de la maison."),
    AidStepKind.ADJOURNED: ("Prochaine commission le", "Vide si le courrier ne la dit pas."),
}


class FileForm(forms.Form):
    """A file to open. The choice of the aid says what it pays for too: « aide:besoin »."""

    choice = forms.ChoiceField(
        label="Aide",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’aide à demander."},
    )
    account = forms.ChoiceField(label="Compte", required=False, help_text="Pour une dette : celui dont elle est.")
    asked = AmountField(
        label="Montant demandé",
        required=False,
        widget=forms.TextInput(attrs=_AMOUNT),
        help_text="Vide si l’organisme le fixe.",
    )

    def __init__(self, *args: Any, schemes: Iterable[AidScheme], accounts: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schemes = {scheme.pk: scheme for scheme in schemes}
        self._accounts = {account.pk: account for account in accounts}
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (f"{scheme.pk}:{need}", _label(scheme, Need(need)))
            for scheme in self._schemes.values()
            for need in scheme.needs
        ]
        if len(accounts) < 2:
            del self.fields["account"]
        else:
            self.fields["account"].choices = [(str(pk), str(one.lease or one)) for pk, one in self._accounts.items()]  # type: ignore[attr-defined]

    @property
    def typed(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        scheme, _, need = data["choice"].partition(":")
        chosen = int(data.get("account") or 0) or next(iter(self._accounts), 0)
        return {
            "scheme": self._schemes[int(scheme)],
            "need": need,
            "account": self._accounts.get(chosen),
            "asked": data["asked"],
        }


def _label(scheme: AidScheme, need: Need) -> str:
    most = f", {euros(scheme.amount_most)} au plus" if scheme.amount_most else ""
    return f"{scheme.name} : {need.label} ({scheme.organisation.name}{most})"


class AidStepForm(forms.Form):
    """A step of one kind: it asks what this kind says, and nothing else."""

    payee = forms.ChoiceField(
        label="Versé à",
        choices=Payee.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites à qui l’aide a été versée."},
    )
    posting_id = forms.TypedChoiceField(
        label="Encaissement",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="Versée à l’association : l’encaissement du compte du ménage, avec son montant et son jour.",
    )
    on = DayField(
        label="Le",
        quick=PAST,
        help_text="Le jour écrit sur le courrier.",
        error_messages={"required": "Dites quel jour, par exemple 05/11/2026."},
    )
    until = DayField(label="Jusqu’au", required=False)
    grant = AmountField(label="Accordé en don", required=False, widget=forms.TextInput(attrs=_AMOUNT))
    loan = AmountField(label="Accordé en prêt", required=False, widget=forms.TextInput(attrs=_AMOUNT))
    amount = AmountField(
        label="Montant",
        required=False,
        widget=forms.TextInput(attrs=_AMOUNT),
        help_text="Versée au ménage ou à un tiers : ce que dit le courrier.",
    )
    why = forms.ChoiceField(label="Pourquoi", error_messages={"required": "Dites pourquoi."})

    def __init__(
        self, *args: Any, kind: AidStepKind, gives: str, payments: Sequence[Posting] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        is_paid, is_grant = kind == AidStepKind.PAID, kind == AidStepKind.GRANTED
        wanted = {
            "payee": is_paid,
            "posting_id": is_paid and bool(payments),
            "until": kind in WITH_UNTIL,
            "grant": is_grant and gives != Gives.LOAN,
            "loan": is_grant and gives != Gives.GRANT,
            "amount": is_paid,
            "why": kind in (AidStepKind.REFUSED, AidStepKind.CLOSED),
        }
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]
        if "until" in self.fields:
            self.fields["until"].label, self.fields["until"].help_text = _UNTIL[kind]
        if "why" in self.fields:
            whys = AidRefusal if kind == AidStepKind.REFUSED else AidClosing
            self.fields["why"].choices = [("", "Choisir"), *whys.choices]  # type: ignore[attr-defined]
        if "posting_id" in self.fields:
            self.fields["posting_id"].choices = [  # type: ignore[attr-defined]
                ("", "Choisir"),
                *((one.pk, f"{euros(one.amount)} le {one.effective_on:%d/%m/%Y}") for one in payments),
            ]


class AidPapersForm(forms.Form):
    papers = ManyFilesField(
        label="Fichiers",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Formulaire, récépissé, décision : une photo ou un PDF. Lues par le service social seul.",
    )
