"""Forms of an installation."""

from typing import Any

from django import forms

from common import clock
from common.forms import AmountField, DayField
from common.quick import PAST
from leases.models import Household
from office.models import AidScheme
from rent_ledger.models import AidFile
from social_link.settling.codes import Furniture


class DayForm(forms.Form):
    """The day on which what is ticked was done."""

    on = DayField(label="Fait le", quick=PAST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class AidFileField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.scheme.name}, ouvert le {obj.opened_on:%d/%m/%Y}"


class FurnitureForm(forms.Form):
    """A file for an aid, or the aid and its amounts, or none: what was given asks nothing."""

    kind = forms.ChoiceField(label="Meuble", choices=Furniture.choices)
    quantity = forms.IntegerField(label="Nombre", min_value=1, max_value=20, initial=1)
    aid_file = AidFileField(
        AidFile.objects.none(), label="Dossier d’aide", required=False, empty_label="Aucun",
        help_text="Il dit l’aide et les montants",
    )  # fmt: skip
    scheme = forms.ModelChoiceField(
        AidScheme.objects.none(), label="Ou l’aide demandée", required=False, empty_label="Aucune"
    )
    asked = AmountField(label="Demandé", required=False)
    asked_on = DayField(label="Demandé le", required=False, quick=PAST)
    obtained = AmountField(label="Obtenu", required=False)
    received_on = DayField(label="Arrivé le", required=False, quick=PAST)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = AidFile.objects.filter(household=household).select_related("scheme")
        self.fields["aid_file"].queryset = files  # type: ignore[attr-defined]
        schemes = AidScheme.objects.active_on(clock.today()).select_related("organisation")
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]
