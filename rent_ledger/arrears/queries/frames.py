"""Under which law of arrears a contract is, from its rows."""

from leases.contracts.codes import ArrearsFrame
from leases.models import Lease
from rent_ledger.arrears.rules.frames import frame_of


def frame_of_contract(lease: Lease) -> ArrearsFrame:
    """The frame of a contract, by its dwelling and its head agreement. No query where `agreement__owner` and
    `unit__dwelling` were read with it."""
    return frame_of(lease.kind, lease.unit.dwelling.stock_type, is_social=lease.agreement.is_social)
