"""Every lane and every action has its look, said once."""

from common.looks import MEANINGS
from rent_ledger.arrears.looks import ACTIONS, LANES, SITUATIONS, lane_order
from rent_ledger.books.codes import Action, Lane


def test_every_lane_has_its_look() -> None:
    assert set(LANES) == set(Lane)
    assert {look.meaning for look in LANES.values()} <= set(MEANINGS)
    assert (LANES[Lane.TECHNICAL].hue, LANES[Lane.TECHNICAL].icon) == ("info", "hourglass")


def test_each_lane_of_arrears_has_an_address_of_its_own() -> None:
    assert set(SITUATIONS.values()) == set(Lane) - {Lane.NONE}
    assert SITUATIONS["signale"] is Lane.REFERRED


def test_new_arrears_come_first_and_who_is_up_to_date_last() -> None:
    assert sorted(Lane, key=lane_order)[0] is Lane.NEW
    assert sorted(Lane, key=lane_order)[-1] is Lane.NONE


def test_every_action_has_its_look() -> None:
    assert set(ACTIONS) == set(Action)
