"""Under which law of arrears a contract is (law.md A1.4)."""

import pytest

from leases.contracts.codes import ArrearsFrame, LeaseKind
from rent_ledger.arrears.rules.frames import FRAMES, frame_of
from stock.dwellings.codes import StockType


@pytest.mark.parametrize(
    ("kind", "stock_type", "is_social", "frame"),
    [
        (LeaseKind.MANAGED, StockType.INTERMEDIATION, False, ArrearsFrame.LEASE),
        (LeaseKind.MANAGED, StockType.INTERMEDIATION, True, ArrearsFrame.LEASE),
        # CCH, art. L. 442-8-2 (HLM) and L. 353-20 (conventioned): loi 89-462, art. 40 III keeps article 24.
        (LeaseKind.SUBLEASE, StockType.DIFFUSE, True, ArrearsFrame.SOCIAL_SUBLET),
        (LeaseKind.SLIDING, StockType.DIFFUSE, True, ArrearsFrame.SLIDING),
        # Loi 89-462, art. 8, last paragraph: the Code civil alone.
        (LeaseKind.SUBLEASE, StockType.DIFFUSE, False, ArrearsFrame.PRIVATE_SUBLET),
        (LeaseKind.SLIDING, StockType.DIFFUSE, False, ArrearsFrame.PRIVATE_SUBLET),
        (LeaseKind.OCCUPANCY, StockType.DIFFUSE, False, ArrearsFrame.OCCUPATION),
        # CCH, art. L. 442-8-1-1 II: hébergement in HLM stock is no sub-letting.
        (LeaseKind.OCCUPANCY, StockType.DIFFUSE, True, ArrearsFrame.OCCUPATION),
        # CCH, art. R. 824-3 and R. 824-31.
        (LeaseKind.OCCUPANCY, StockType.RESIDENCE, False, ArrearsFrame.RESIDENCE),
        (LeaseKind.SUBLEASE, StockType.RESIDENCE, True, ArrearsFrame.SOCIAL_SUBLET),
    ],
)
def test_the_frame_of_a_contract(kind, stock_type, is_social, frame):
    assert frame_of(kind, stock_type, is_social=is_social) == frame


@pytest.mark.parametrize(
    ("frame", "is_housing_expense", "is_residential_lease"),
    [
        (ArrearsFrame.LEASE, True, True),
        (ArrearsFrame.SOCIAL_SUBLET, True, True),
        (ArrearsFrame.SLIDING, True, True),
        (ArrearsFrame.PRIVATE_SUBLET, True, False),
        (ArrearsFrame.RESIDENCE, True, False),
        (ArrearsFrame.OCCUPATION, False, False),
    ],
)
def test_what_a_frame_asks(frame, is_housing_expense, is_residential_lease):
    rule = FRAMES[frame]
    assert (rule.is_housing_expense, rule.is_residential_lease) == (is_housing_expense, is_residential_lease)
    assert set(FRAMES) == set(ArrearsFrame)
