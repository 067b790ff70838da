"""Under which law of arrears a contract is (law.md A1.4)."""

import pytest

from leases.contracts.codes import ArrearsFrame, LeaseKind
from rent_ledger.arrears.rules.frames import FRAMES, frame_of
from stock.dwellings.codes import StockType


@pytest.mark.parametrize(
    ("kind", "stock_type", "frame"),
    [
        (LeaseKind.MANAGED, StockType.INTERMEDIATION, ArrearsFrame.LEASE),
        (LeaseKind.SUBLEASE, StockType.DIFFUSE, ArrearsFrame.SOCIAL_SUBLET),
        (LeaseKind.SLIDING, StockType.DIFFUSE, ArrearsFrame.SLIDING),
        (LeaseKind.OCCUPANCY, StockType.DIFFUSE, ArrearsFrame.OCCUPATION),
        (LeaseKind.OCCUPANCY, None, ArrearsFrame.OCCUPATION),
        # CCH, art. R. 824-3 and R. 824-31.
        (LeaseKind.OCCUPANCY, StockType.RESIDENCE, ArrearsFrame.RESIDENCE),
        (LeaseKind.SUBLEASE, StockType.RESIDENCE, ArrearsFrame.SOCIAL_SUBLET),
    ],
)
def test_the_frame_of_a_contract(kind, stock_type, frame):
    assert frame_of(kind, stock_type) == frame


@pytest.mark.parametrize(
    ("frame", "is_housing_expense", "is_residential_lease"),
    [
        (ArrearsFrame.LEASE, True, True),
        (ArrearsFrame.SOCIAL_SUBLET, True, True),
        (ArrearsFrame.SLIDING, True, True),
        (ArrearsFrame.RESIDENCE, True, False),
        (ArrearsFrame.OCCUPATION, False, False),
    ],
)
def test_what_a_frame_asks(frame, is_housing_expense, is_residential_lease):
    rule = FRAMES[frame]
    assert (rule.is_housing_expense, rule.is_residential_lease) == (is_housing_expense, is_residential_lease)
    assert set(FRAMES) == set(ArrearsFrame)
