"""Models of the stock, re-exported for Django and for the apps above."""

from stock.agreements.models import AgreementDwelling, HeadAgreement
from stock.dwellings.models import Building, Dwelling, Unit, VacancyTold
from stock.importing.models import StockImport

__all__ = ["AgreementDwelling", "Building", "Dwelling", "HeadAgreement", "StockImport", "Unit", "VacancyTold"]
