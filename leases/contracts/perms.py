"""Who may know which dwelling a lease is of."""

from leases.contracts.models import Lease
from leases.households.models import Household
from leases.households.perms import can_read_address
from office.access.actor import Actor


def told_dwelling(actor: Actor, household: Household, lease: Lease, *, is_protected: bool) -> str:
    """The code of the lease's dwelling, or nothing: with it the page of the dwelling tells a protected address."""
    told = can_read_address(actor, household, is_protected=is_protected)
    return lease.unit.dwelling.reference if told else ""
