"""Forms of the stock: what is typed; the services decide."""

from datetime import timedelta
from typing import Any

from django import forms

from common.forms import AmountField, DayField
from office.models import Organisation
from stock.models import Dwelling, HeadAgreement, Unit
from stock.rules.rpls import MAX_BYTES


class DwellingForm(forms.ModelForm):
    """A dwelling; its building is chosen, or made from an address."""

    street = forms.CharField(label="Voie", max_length=200, required=False, help_text="14 rue des Cordiers")
    postcode = forms.CharField(label="Code postal", max_length=5, required=False)
    city = forms.CharField(label="Commune", max_length=80, required=False)
    commune = forms.CharField(label="Code commune INSEE", max_length=5, required=False)
    building_name = forms.CharField(label="Nom de l’immeuble ou bâtiment", max_length=120, required=False)
    surface = AmountField(label="Surface habitable (m²)", required=False, max_digits=7)

    class Meta:
        model = Dwelling
        fields = [
            "building", "reference", "rooms", "surface", "construction", "stock_type", "floor", "door", "stairwell",
            "built_year", "rpls_id", "fiscal_id", "dpe_number", "energy_class", "climate_class", "financing", "is_qpv",
            "access_notes", "safety_notice",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["building"].required = False
        self.fields["building"].empty_label = "Nouvelle adresse"  # type: ignore[attr-defined]
        self.fields["reference"].required = False
        self.fields["reference"].help_text = "Donnée par le logiciel si vous la laissez vide."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("building"):
            for name in ("street", "postcode", "city", "commune"):
                if not data.get(name):
                    self.add_error(name, "Choisissez un immeuble, ou écrivez son adresse entière.")
        return data

    def facts(self) -> dict[str, Any]:
        """The dwelling's own fields, for the service."""
        names = [name for name in self.Meta.fields if name not in ("building", "reference")]
        return {name: self.cleaned_data[name] for name in names}

    def address(self) -> dict[str, str]:
        """The address of a new building, for the service."""
        data = self.cleaned_data
        found = {name: data[name] for name in ("street", "postcode", "city", "commune")}
        return {**found, "name": data["building_name"]}


class RoomForm(forms.ModelForm):
    surface = AmountField(label="Surface (m²)", required=False, max_digits=7)

    class Meta:
        model = Unit
        fields = ["label", "surface"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].required = True
        self.fields["label"].label = "Nom de la chambre"


class AgreementForm(forms.ModelForm):
    from_day = DayField(label="Premier jour")
    last_day = DayField(label="Dernier jour", required=False, help_text="Vide si aucune fin n’est fixée.")
    fee_percent = AmountField(label="Honoraires (%)", required=False, max_digits=5)

    class Meta:
        model = HeadAgreement
        fields = [
            "kind", "reference", "title", "owner", "ordered_by", "operator", "rent_collected_for", "notice_months",
        ]  # fmt: skip
        widgets = {"kind": forms.RadioSelect}

    field_order = [
        "kind", "reference", "title", "owner", "ordered_by", "operator", "from_day", "last_day", "notice_months",
        "rent_collected_for", "fee_percent",
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
        """The service checks the row: it lacks its period here."""


class LineForm(forms.Form):
    """A dwelling enters an agreement."""

    dwelling = forms.CharField(label="Référence du logement", help_text="Par exemple L00042.")
    from_day = DayField(
        label="Entrée dans la convention", required=False, help_text="Le début de la convention si vide."
    )
    upstream_rent = AmountField(label="Loyer dû au propriétaire", required=False, min_value=0)

    def clean_dwelling(self) -> Dwelling:
        found = Dwelling.objects.filter(reference__iexact=self.cleaned_data["dwelling"].strip()).first()
        if found is None:
            raise forms.ValidationError("Aucun logement ne porte cette référence. Vérifiez-la dans la liste.")
        return found


class LineEndForm(forms.Form):
    last_day = DayField(label="Dernier jour dans la convention")


class ImportForm(forms.Form):
    """The file to preview."""

    file = forms.FileField(label="Fichier RPLS (CSV)", help_text="Le fichier détaillé, tel qu’il est publié.")
    agreement = forms.ModelChoiceField(
        label="Convention où les logements entrent",
        queryset=HeadAgreement.objects.order_by("reference"),
        required=False,
        empty_label="Aucune pour l’instant",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"Ce fichier dépasse {MAX_BYTES // 1_000_000} Mo : découpez-le par commune.")
        return file
