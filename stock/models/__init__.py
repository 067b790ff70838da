"""Models of the stock."""

from stock.models.agreement import AgreementDwelling, HeadAgreement
from stock.models.dwelling import Building, Dwelling, Unit
from stock.models.importing import StockImport

__all__ = ["AgreementDwelling", "Building", "Dwelling", "HeadAgreement", "StockImport", "Unit"]
