"""Whose address is on no letter: a member's is protected, perhaps since the letter was written."""

from collections.abc import Collection

from common import clock
from leases.households.models import Membership
from office.messages.gate import hides_address


@hides_address
def protected_addresses(household_ids: Collection[int]) -> set[int]:
    """One query."""
    rows = Membership.objects.filter(
        household__in=household_ids, period__contains=clock.today(), person__is_address_protected=True
    )
    return set(rows.values_list("household_id", flat=True))
