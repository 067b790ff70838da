"""What the API takes and gives of buildings and dwellings."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from office.api_base import AmountIn, Input, Number, PageQuery
from stock.dwellings.codes import ConstructionType, EnergyClass, StockType, UnitKind, VacancyReason

# -- buildings ------------------------------------------------------------------------------------------------------


class BuildingIn(Input):
    """An address. `commune` is the INSEE code."""

    street: str = Field(min_length=1, max_length=200)
    postcode: str = Field(min_length=5, max_length=5)
    city: str = Field(min_length=1, max_length=80)
    commune: str = Field(min_length=5, max_length=5)
    name: str = Field("", max_length=120)
    access_notes: str = ""


class BuildingShown(Schema):
    id: int
    name: str
    street: str
    postcode: str
    city: str
    commune: str


class BuildingQuery(PageQuery):
    q: str | None = None


# -- dwellings ------------------------------------------------------------------------------------------------------


class DwellingQuery(PageQuery):
    """`on`: the day of which `occupancy` speaks (today). A dwelling that no agreement holds yet is `not_in_stock`."""

    q: str | None = None
    city: str | None = None
    agreement_id: int | None = None
    typology: Literal["1", "2", "3", "4", "5", "6", "7"] | None = None
    occupancy: Literal["occupied", "vacant", "in_stock", "not_in_stock"] = "in_stock"
    vacancy_reason: VacancyReason | None = None
    on: date | None = None


class DwellingIn(Input):
    """A dwelling with its whole unit. Without `reference`, one is made (`L00042`). Surface in m², as a string."""

    building_id: int
    rooms: int = Field(ge=1, le=99)
    reference: str = Field("", max_length=20)
    surface: AmountIn | None = None
    stock_type: StockType = StockType.DIFFUSE
    construction: ConstructionType = ConstructionType.COLLECTIVE
    floor: int | None = Field(None, ge=-9, le=99)
    door: str = Field("", max_length=40)
    stairwell: str = Field("", max_length=20)
    built_year: int | None = Field(None, ge=1000, le=2100)
    rpls_id: str | None = None
    fiscal_id: str | None = None
    dpe_number: str = ""
    energy_class: EnergyClass | None = None
    climate_class: EnergyClass | None = None
    financing: str = Field("", max_length=4)
    is_qpv: bool = False
    access_notes: str = ""
    safety_notice: str = Field("", max_length=120)


class RoomIn(Input):
    """A room that can be let by itself. Surface in m², as a string."""

    label: str = Field(min_length=1, max_length=40)
    surface: AmountIn | None = None


class VacancyReasonIn(Input):
    """Why it is empty. Without `since`, the day since which it is empty, or today where a reason is known already."""

    reason: VacancyReason
    since: date | None = None


class VacancyReasonShown(Schema):
    id: int
    dwelling_id: int
    reason: VacancyReason
    since: date
    withdrawn_at: datetime | None


class UnitShown(Schema):
    """What a lease lets."""

    id: int
    kind: UnitKind
    label: str
    surface: Number | None


class DwellingListed(Schema):
    id: int
    reference: str
    address: str
    city: str
    typology: str
    surface: Number | None


class DwellingDetail(DwellingListed):
    building: BuildingShown
    rooms: int
    stock_type: StockType
    construction: ConstructionType
    floor: int | None
    door: str
    stairwell: str
    built_year: int | None
    rpls_id: str | None
    fiscal_id: str | None
    dpe_number: str
    energy_class: str
    climate_class: str
    financing: str
    is_qpv: bool
    access_notes: str
    safety_notice: str
    vacancy_reason: VacancyReason | None
    vacancy_since: date | None
    units: list[UnitShown]
