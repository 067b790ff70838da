"""The routers of leases, in the order of the documentation."""

from leases.contracts.api import router as contracts
from leases.households.api import router as households

ROUTERS = (households, contracts)
