"""Models of households and leases, re-exported for Django and for the apps above."""

from leases.contracts.guarantees import Guarantee, GuaranteeDeed
from leases.contracts.models import DueTerms, Lease, LeaseCheck, LeaseParty, Occupancy, PaperWish, RentTerm
from leases.households.models import Household, Membership, Person

__all__ = [
    "DueTerms",
    "Guarantee",
    "GuaranteeDeed",
    "Household",
    "Lease",
    "LeaseCheck",
    "LeaseParty",
    "Membership",
    "Occupancy",
    "PaperWish",
    "Person",
    "RentTerm",
]
