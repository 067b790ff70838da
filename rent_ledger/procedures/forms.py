"""What is typed about a procedure: a step, the delay of a clause, a proof."""

from typing import Any

from django import forms

from common.forms import AmountField, AnsweringForm, DayField, ManyFilesField, ManyFilesInput
from common.quick import PAST
from leases.contracts.codes import ClauseDelay
from rent_ledger.procedures.codes import HEARD, SPREADS, WITH_SUM, Closing, Item, StepKind, Track

_AMOUNT = {"inputmode": "decimal", "class": "a-w-s", "autocomplete": "off"}


class StepForm(AnsweringForm):
    """A step of one kind: it asks what this kind says, and nothing else."""

    on = DayField(
        label="Fait le",
        quick=PAST,
        help_text="Le jour écrit sur l’acte.",
        error_messages={"required": "Dites le jour écrit sur l’acte, par exemple 05/11/2026."},
    )
    items = forms.MultipleChoiceField(
        label="L’acte dit bien",
        choices=[(item.value, item.label) for item in Item],
        widget=forms.CheckboxSelectMultiple,
        help_text="Toutes, sinon il est nul (loi n° 89-462, art. 24 I).",
        required=False,
    )
    amount = AmountField(
        label="Somme portée par l’acte",
        widget=forms.TextInput(attrs=_AMOUNT),
        error_messages={"required": "Dites la somme que l’acte porte, par exemple 639,00."},
    )
    hearing_on = DayField(
        label="Audience le", error_messages={"required": "Dites le jour de l’audience, par exemple 28/01/2027."}
    )
    monthly = AmountField(
        label="Mensualité fixée",
        widget=forms.TextInput(attrs=_AMOUNT),
        error_messages={"required": "Dites la mensualité que le juge a fixée, par exemple 50,00."},
    )
    first_on = DayField(
        label="Première mensualité le",
        error_messages={"required": "Dites le jour de la première mensualité, par exemple 05/12/2026."},
    )
    until = DayField(
        label="Jusqu’au",
        help_text="Dernier jour du délai, compris.",
        error_messages={"required": "Dites le dernier jour du délai, par exemple 05/12/2026."},
    )
    bad_faith = forms.BooleanField(
        label="Le juge constate la mauvaise foi",
        required=False,
        help_text="Alors aucun délai pour quitter les lieux (CPCE, art. L. 412-1).",
    )
    why = forms.ChoiceField(
        label="Comment elle finit",
        choices=[(why.value, why.label) for why in Closing],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites comment elle finit."},
    )

    def __init__(self, *args: Any, kind: StepKind, track: Track, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = kind in SPREADS
        wanted = {
            "items": kind == StepKind.COMMAND,
            "amount": kind in WITH_SUM,
            "hearing_on": kind in HEARD,
            "monthly": given,
            "first_on": given,
            "until": given or kind == StepKind.LONGER or (kind == StepKind.NOTICE and track == Track.CONTRACT),
            "bad_faith": kind == StepKind.TERMINATED,
            "why": kind == StepKind.CLOSED,
        }
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]


class DelayForm(forms.Form):
    """The delay that a contract writes."""

    delay = forms.ChoiceField(
        label="Délai écrit",
        choices=[(delay.value, delay.label) for delay in ClauseDelay],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez six semaines ou deux mois."},
    )
    reason = forms.CharField(
        label="Où il est écrit",
        max_length=200,
        help_text="Par exemple : renouvelé le 1er août 2025, article 9.",
        error_messages={"required": "Dites où ce délai est écrit : le bail, un avenant, un renouvellement."},
    )


class StepProofForm(forms.Form):
    proofs = ManyFilesField(
        label="Preuve",
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="L’acte, l’accusé de la préfecture, le jugement : une photo ou un PDF.",
    )
