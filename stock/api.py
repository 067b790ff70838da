"""The routers of stock, in the order of the documentation."""

from stock.agreements.api import router as agreements
from stock.dwellings.api import router as dwellings

ROUTERS = (dwellings, agreements)
