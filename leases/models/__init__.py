"""Models of households and leases."""

from leases.models.household import Household, Membership, Person
from leases.models.lease import Lease, LeaseCheck, LeaseParty, Occupancy
from leases.models.terms import DueTerms, RentTerm

__all__ = [
    "DueTerms",
    "Household",
    "Lease",
    "LeaseCheck",
    "LeaseParty",
    "Membership",
    "Occupancy",
    "Person",
    "RentTerm",
]
