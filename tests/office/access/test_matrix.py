"""The capability matrix, cell by cell. The reads of a household's data are typed from the table "Who sees what" of
docs/features.md, the other rows from what each trade does there; none of it is read from the code."""

from collections.abc import Iterator

import pytest

from office.access.actor import Actor
from office.access.codes import Home, Role
from office.access.matrix import (
    ASK,
    COLUMNS,
    FULL,
    OWN,
    TOTALS,
    Access,
    Capability,
    Data,
    Read,
    Write,
    access_of,
    can,
    roles_with,
)  # fmt: skip

ROLES = "RENTAL_MANAGER TECHNICIAN SOCIAL_WORKER HEAD_OF_SOCIAL DIRECTOR FUNDER ADMINISTRATOR".split()
READ = """
IDENTITY          FULL      OWN   FULL FULL        FULL   NONE   NONE
PROTECTED_ADDRESS IN_CHARGE OWN   OWN  FULL        MASKED NONE   NONE
LEDGER            FULL      NONE  FULL FULL        FULL   TOTALS NONE
ARREARS_CAUSE     FULL      NONE  FULL FULL        TOTALS TOTALS NONE
AID_FILE          FACTS     NONE  OWN  FULL        NONE   NONE   NONE
SHARED_NOTE       FULL      NONE  FULL FULL        NONE   NONE   NONE
TEAM_NOTE         NONE      NONE  FULL FULL        NONE   NONE   NONE
PRIVATE_NOTE      NONE      NONE  OWN  WITH_REASON NONE   NONE   NONE
TICKET            FULL      OWN   FULL FULL        FULL   NONE   NONE
SAFETY_NOTICE     SHORT     SHORT FULL FULL        NONE   NONE   NONE
ACCESS_NOTES      FULL      OWN   OWN  FULL        NONE   NONE   NONE
ALERT             FACTS     NONE  OWN  FULL        TOTALS TOTALS NONE
TIMELINE          EVENTS    NONE  FULL FULL        NONE   NONE   NONE
ACCOUNT_PAPERS    FULL      NONE  OWN  FULL        NONE   NONE   NONE
STAFF             NONE      NONE  NONE NONE        FULL   NONE   FULL
PARAMETER         NONE      NONE  NONE NONE        FULL   NONE   FULL
HOUSE             NONE      NONE  NONE NONE        FULL   NONE   FULL
ACCESS_LOG        NONE      NONE  NONE TEAM        FULL   NONE   FULL
JOB               OWN       OWN   OWN  OWN         FULL   NONE   FULL
TASK              OWN       OWN   OWN  OWN         NONE   NONE   NONE
STOCK             FULL      FULL  FULL FULL        FULL   NONE   NONE
AGREEMENT         FULL      NONE  FULL FULL        FULL   NONE   NONE
LEASE             FULL      NONE  FULL FULL        FULL   NONE   NONE
RENT_RUN          FULL      NONE  NONE NONE        NONE   NONE   NONE
BANK              FULL      NONE  NONE NONE        NONE   NONE   NONE
PAYMENT           FULL      NONE  NONE NONE        NONE   NONE   NONE
BENEFIT           FULL      NONE  NONE NONE        NONE   NONE   NONE
MESSAGE           FULL      NONE  FULL FULL        NONE   NONE   NONE
MESSAGE_TEXT      FULL      NONE  NONE NONE        NONE   NONE   FULL
CONTACT           NONE      NONE  OWN  FULL        NONE   NONE   NONE
MEASURE           NONE      NONE  OWN  FULL        TOTALS NONE   NONE
DIFFICULTY        NONE      NONE  OWN  FULL        TOTALS TOTALS NONE
REFERRAL          NONE      NONE  OWN  FULL        TOTALS NONE   NONE
COMMISSION        NONE      NONE  OWN  FULL        TOTALS NONE   NONE
RIGHT             NONE      NONE  OWN  FULL        TOTALS NONE   NONE
BUDGET            NONE      NONE  OWN  FULL        NONE   NONE   NONE
ROUND             NONE      FULL  NONE NONE        NONE   NONE   NONE
ORGANISATION      FULL      NONE  NONE NONE        FULL   NONE   FULL
SELF              OWN       OWN   OWN  OWN         OWN    OWN    OWN
"""
WRITE = """
IDENTITY          FULL      NONE  NONE NONE        NONE   NONE   NONE
PROTECTED_ADDRESS IN_CHARGE NONE  NONE FULL        NONE   NONE   NONE
STOCK             FULL      NONE  NONE NONE        NONE   NONE   NONE
AGREEMENT         FULL      NONE  NONE NONE        NONE   NONE   NONE
LEASE             FULL      NONE  NONE NONE        NONE   NONE   NONE
RENT_RUN          FULL      NONE  NONE NONE        NONE   NONE   NONE
BANK              FULL      NONE  NONE NONE        NONE   NONE   NONE
PAYMENT           FULL      NONE  NONE NONE        NONE   NONE   NONE
BENEFIT           FULL      NONE  NONE NONE        NONE   NONE   NONE
ARREARS           FULL      NONE  NONE NONE        NONE   NONE   NONE
ACCOUNT_PAPERS    FULL      NONE  NONE NONE        NONE   NONE   NONE
MESSAGE           FULL      NONE  NONE NONE        NONE   NONE   NONE
MESSAGE_TEXT      FULL      NONE  NONE NONE        NONE   NONE   FULL
TICKET            FULL      OWN   ASK  ASK         NONE   NONE   NONE
ROUND             NONE      FULL  NONE NONE        NONE   NONE   NONE
ARREARS_CAUSE     NONE      NONE  OWN  FULL        NONE   NONE   NONE
AID_FILE          FACTS     NONE  OWN  FULL        NONE   NONE   NONE
ALERT             NONE      NONE  OWN  FULL        NONE   NONE   NONE
CONTACT           NONE      NONE  OWN  FULL        NONE   NONE   NONE
MEASURE           NONE      NONE  OWN  FULL        NONE   NONE   NONE
DIFFICULTY        NONE      NONE  OWN  FULL        NONE   NONE   NONE
REFERRAL          NONE      NONE  OWN  FULL        NONE   NONE   NONE
COMMISSION        NONE      NONE  OWN  FULL        NONE   NONE   NONE
RIGHT             NONE      NONE  OWN  FULL        NONE   NONE   NONE
BUDGET            NONE      NONE  OWN  FULL        NONE   NONE   NONE
REFERENT          NONE      NONE  NONE FULL        NONE   NONE   NONE
ORGANISATION      FULL      NONE  NONE NONE        FULL   NONE   FULL
STAFF             NONE      NONE  NONE NONE        NONE   NONE   FULL
STAFF_SECOND      NONE      NONE  NONE FULL        FULL   NONE   NONE
IBAN_SECOND       NONE      NONE  NONE NONE        FULL   NONE   FULL
WRITE_OFF_SECOND  NONE      NONE  NONE NONE        FULL   NONE   NONE
PARAMETER         NONE      NONE  NONE NONE        NONE   NONE   FULL
HOUSE             NONE      NONE  NONE NONE        NONE   NONE   FULL
JOB               OWN       OWN   OWN  OWN         OWN    NONE   FULL
TASK              OWN       NONE  NONE NONE        NONE   NONE   NONE
SELF              OWN       OWN   OWN  OWN         OWN    OWN    FULL
"""


def _cells(side: type[Capability], table: str) -> Iterator[tuple[type[Capability], str, str, str]]:
    rows = {row.split()[0]: row.split()[1:] for row in table.strip().splitlines()}
    for data in Data:
        for role, level in zip(ROLES, rows.get(data, ["NONE"] * len(ROLES)), strict=True):
            yield side, data, role, level


@pytest.mark.parametrize(("side", "data", "role", "level"), [*_cells(Read, READ), *_cells(Write, WRITE)])
def test_a_cell_of_the_matrix(side: type[Capability], data: str, role: str, level: str) -> None:
    assert side(Data(data)).level(COLUMNS[role]) == level


def test_the_tables_name_every_row_and_every_role() -> None:
    assert {row.split()[0] for table in (READ, WRITE) for row in table.strip().splitlines()} == set(Data)
    assert list(COLUMNS) == ROLES == list(Role)
    assert {column.home for column in COLUMNS.values()} | {Home.PLAIN} == set(Home)


def _actor(*roles: Role) -> Actor:
    return Actor(user=None, roles=frozenset(roles))


def test_two_roles_have_what_either_has() -> None:
    both = _actor(Role.TECHNICIAN, Role.RENTAL_MANAGER)
    assert access_of(both, Data.TICKET) == {OWN, FULL}
    assert access_of(both, Data.LEDGER) == {FULL}
    assert can(both, Write(Data.ROUND))
    assert can(both, Write(Data.BANK))


def test_no_access_is_no_level() -> None:
    technician = _actor(Role.TECHNICIAN)
    assert access_of(technician, Data.LEDGER) == frozenset()
    assert not can(technician, Read(Data.LEDGER, *Access))  # `*Access` holds NONE too


def test_a_level_is_asked_by_name_and_the_whole_suffices() -> None:
    manager, technician, worker = _actor(Role.RENTAL_MANAGER), _actor(Role.TECHNICIAN), _actor(Role.SOCIAL_WORKER)
    assert [can(who, Read(Data.TICKET)) for who in (manager, technician, worker)] == [True, False, True]
    assert [can(who, Read(Data.TICKET, OWN)) for who in (manager, technician, worker)] == [True, True, True]
    assert [can(who, Write(Data.TICKET, OWN)) for who in (manager, technician, worker)] == [True, True, False]
    assert [can(who, Write(Data.TICKET, ASK)) for who in (manager, technician, worker)] == [True, False, True]


def test_reading_is_not_writing() -> None:
    director = _actor(Role.DIRECTOR)
    assert can(director, Read(Data.PARAMETER))
    assert not can(director, Write(Data.PARAMETER))
    assert Read(Data.PARAMETER) != Write(Data.PARAMETER)


def test_one_of_several_capabilities_suffices() -> None:
    technician = _actor(Role.TECHNICIAN)
    assert can(technician, Read(Data.LEDGER), Read(Data.STOCK))
    assert not can(technician, Read(Data.LEDGER), Read(Data.AGREEMENT))
    assert not can(technician)


def test_the_system_sees_nothing_on_a_page() -> None:
    assert not any(can(Actor.system(), Read(data, *Access), Write(data, *Access)) for data in Data)


def test_the_administrator_sees_no_data_of_a_household() -> None:
    administrator = _actor(Role.ADMINISTRATOR)
    assert {data for data in Data if access_of(administrator, data)} == {
        Data.ORGANISATION, Data.STAFF, Data.PARAMETER, Data.JOB, Data.ACCESS_LOG, Data.HOUSE, Data.SELF,
        Data.MESSAGE_TEXT,
    }  # fmt: skip


def test_roles_with_a_capability_come_in_the_order_of_the_columns() -> None:
    assert roles_with(Read(Data.HOUSE)) == (Role.DIRECTOR, Role.ADMINISTRATOR)
    assert roles_with(Read(Data.LEDGER, TOTALS))[-1] == Role.FUNDER
    assert roles_with(Write(Data.ALERT, OWN)) == (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)
    assert roles_with(Write(Data.ALERT)) == (Role.HEAD_OF_SOCIAL,)
    assert roles_with(Write(Data.BANK), Write(Data.REFERENT)) == (Role.RENTAL_MANAGER, Role.HEAD_OF_SOCIAL)
    assert roles_with() == ()


def test_what_is_asked_is_a_read_or_a_write() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Capability(Data.LEDGER)  # type: ignore[abstract]
