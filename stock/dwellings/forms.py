"""Forms of the dwellings."""

from typing import Any

from django import forms

from common.forms import AmountField, DayField
from common.guard import Guarded
from common.picking import PickField
from stock.dwellings.codes import VacancyReason
from stock.dwellings.models import Dwelling, Unit
from stock.dwellings.queries import building_said, find_buildings


class DwellingForm(Guarded, forms.ModelForm):
    """A dwelling; its building is chosen, or made from an address. Technicians read its notes at the door."""

    guarded = ("safety_notice", "access_notes")

    building = PickField(
        label="Immeuble",
        max_length=240,
        required=False,
        help_text="Une rue, une ville, un nom. Laissez vide pour une nouvelle adresse, à écrire dessous.",
        find=find_buildings,
        url="stock:places",
        asks="immeubles=1",
        none="Aucun immeuble n’est à cette adresse. Laissez vide, et écrivez-la dessous.",
    )
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
        if self.instance.building_id:
            self.initial["building"] = building_said(self.instance.building)
        self.fields["reference"].required = False
        self.fields["reference"].help_text = "Donnée par le logiciel si vous la laissez vide."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("building") and "building" not in self.errors:
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


class VacancyForm(forms.Form):
    """Why a dwelling is empty: a reason that is tapped, and since when, where it is not as usual."""

    reason = forms.ChoiceField(choices=VacancyReason.choices, widget=forms.HiddenInput)
    since = DayField(label="Depuis le", required=False, help_text="Vide : depuis le départ, ou depuis aujourd’hui.")
