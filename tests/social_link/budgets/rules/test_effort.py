"""What housing weighs: hand cases (S1-02)."""

from decimal import Decimal as D

import pytest

from social_link.budgets.rules.effort import Effort, effort_rate


@pytest.mark.parametrize(
    ("rent", "aid", "resources", "effort"),
    [
        ("500.00", "200.00", "1000.00", Effort(D("50.0"), D("30.0"))),
        ("490.00", "301.00", "1246.00", Effort(D("39.3"), D("15.2"))),  # 39.33, 15.17
        ("300.00", "0", "2400.00", Effort(D("12.5"), D("12.5"))),
        ("100.05", "0", "1000.00", Effort(D("10.0"), D("10.0"))),  # 10.005
        ("100.50", "0", "1000.00", Effort(D("10.1"), D("10.1"))),  # 10.05, half up
        ("300.00", "350.00", "600.00", Effort(D("50.0"), D("0.0"))),  # an aid above the rent
        ("700.00", "0", "607.75", Effort(D("115.2"), D("115.2"))),  # 115.18
        ("500.00", "200.00", "0", None),
    ],
)
def test_the_effort_rate(rent: str, aid: str, resources: str, effort: Effort | None) -> None:
    """(Rent and charges, less the aid) by resources without the aid."""
    assert effort_rate(rent=D(rent), aid=D(aid), resources=D(resources)) == effort
