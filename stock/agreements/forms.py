"""Forms of the agreements."""

from datetime import timedelta
from typing import Any

from django import forms

from common.forms import AmountField, DayField
from common.picking import PickField
from office.models import Organisation
from stock.agreements.models import HeadAgreement
from stock.dwellings.queries import find_dwellings


class AgreementForm(forms.ModelForm):
    from_day = DayField(label="Premier jour")
    last_day = DayField(label="Dernier jour", required=False, help_text="Vide si aucune fin n’est fixée.")
    fee_percent = AmountField(label="Honoraires (%)", required=False, max_digits=5)

    class Meta:
        model = HeadAgreement
        fields = [
            "kind", "reference", "title", "owner", "ordered_by", "operator", "is_conventioned",
            "rent_collected_for", "notice_months",
        ]  # fmt: skip
        widgets = {"kind": forms.RadioSelect}

    field_order = [
        "kind", "reference", "title", "owner", "ordered_by", "operator", "from_day", "last_day", "notice_months",
        "rent_collected_for", "fee_percent", "is_conventioned",
    ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        kind.choices = [choice for choice in kind.choices if choice[0]]  # type: ignore[attr-defined]
        for name in ("owner", "ordered_by", "operator"):
            self.fields[name].queryset = Organisation.objects.order_by("sort_key")  # type: ignore[attr-defined]
        if self.instance.pk:
            span = self.instance.period
            self.initial["from_day"] = span.lower
            self.initial["last_day"] = None if span.upper is None else span.upper - timedelta(days=1)
            self.initial["fee_percent"] = self.instance.fee_percent

    def _post_clean(self) -> None:
        """Skip model validation: the period is not set yet, and the service validates the row."""


class LineForm(forms.Form):
    """A dwelling enters an agreement."""

    dwelling = PickField(
        label="Logement",
        max_length=200,
        help_text="Une référence, une rue, une ville.",
        find=find_dwellings,
        url="stock:places",
        none="Aucun logement ne porte cette référence, ni n’est à cette adresse. Essayez le nom de la rue seul.",
    )
    from_day = DayField(
        label="Entrée dans la convention", required=False, help_text="Le début de la convention si vide."
    )
    upstream_rent = AmountField(label="Loyer dû au propriétaire", required=False, min_value=0)


class LineEndForm(forms.Form):
    last_day = DayField(label="Dernier jour dans la convention")
