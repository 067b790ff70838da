"""The matrix « who sees what », cell by cell, as written in the specification."""

import pytest

from office.access import MATRIX, Access, Data, access_of, can, roles_with
from office.actor import Actor
from office.enums import Role

COLUMNS = "RENTAL_MANAGER TECHNICIAN SOCIAL_WORKER HEAD_OF_SOCIAL DIRECTOR FUNDER ADMINISTRATOR".split()
SPECIFIED = """
IDENTITY          FULL      OWN   FULL FULL        FULL   CODES  STAFF
PROTECTED_ADDRESS IN_CHARGE OWN   OWN  FULL        MASKED NONE   NONE
LEDGER            FULL      NONE  FULL FULL        FULL   TOTALS NONE
ARREARS_CAUSE     FULL      NONE  FULL FULL        TOTALS TOTALS NONE
SUPPORT_REASON    NONE      NONE  OWN  FULL        TOTALS TOTALS NONE
SHARED_NOTE       FULL      NONE  FULL FULL        NONE   NONE   NONE
PRIVATE_NOTE      NONE      NONE  OWN  WITH_REASON NONE   NONE   NONE
TICKET            FULL      OWN   FULL FULL        FULL   TOTALS NONE
SAFETY_NOTICE     SHORT     SHORT FULL FULL        NONE   NONE   NONE
CRISIS_STAFF      NONE      OWN   OWN  FULL        FULL   NONE   NONE
ALERT             FACTS     NONE  OWN  FULL        TOTALS TOTALS NONE
TIMELINE          EVENTS    OWN   FULL FULL        NONE   NONE   NONE
ACCOUNT_PAPERS    FULL      NONE  OWN  FULL        TOTALS NONE   NONE
HOUSE             NONE      NONE  NONE TEAM_LOG    READ   NONE   FULL
"""
CELLS = [
    (row.split()[0], role, level)
    for row in SPECIFIED.strip().splitlines()
    for role, level in zip(COLUMNS, row.split()[1:], strict=True)
]


@pytest.mark.parametrize(("data", "role", "level"), CELLS)
def test_a_cell_of_the_matrix(data: str, role: str, level: str) -> None:
    assert MATRIX[Data(data)][Role(role)] == level


def test_the_matrix_has_every_row_and_every_role() -> None:
    assert {(d, r) for d, row in MATRIX.items() for r in row} == {(d, r) for d in Data for r in Role}


def test_two_roles_see_what_either_sees() -> None:
    both = Actor(user=None, roles=frozenset({Role.TECHNICIAN, Role.RENTAL_MANAGER}))
    assert access_of(both, Data.TICKET) == {Access.OWN, Access.FULL}
    assert access_of(both, Data.LEDGER) == {Access.FULL}


def test_no_access_is_no_level() -> None:
    technician = Actor(user=None, roles=frozenset({Role.TECHNICIAN}))
    assert access_of(technician, Data.LEDGER) == frozenset()
    assert not can(technician, Data.LEDGER)
    assert can(technician, Data.TICKET, Access.OWN)
    assert not can(technician, Data.TICKET, Access.FULL)


def test_the_system_sees_nothing_on_a_page() -> None:
    assert not any(can(Actor.system(), data) for data in Data)


def test_the_administrator_sees_no_data_of_a_household() -> None:
    administrator = Actor(user=None, roles=frozenset({Role.ADMINISTRATOR}))
    assert {data for data in Data if can(administrator, data)} == {Data.IDENTITY, Data.HOUSE}
    assert access_of(administrator, Data.IDENTITY) == {Access.STAFF}


def test_roles_with_a_level() -> None:
    assert roles_with(Data.HOUSE, Access.FULL, Access.READ) == {Role.DIRECTOR, Role.ADMINISTRATOR}
    assert roles_with(Data.PRIVATE_NOTE) == {Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL}
