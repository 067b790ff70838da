"""Who reads cases and answers, exports accounts, and decides: ARREARS_CAUSE, ACCOUNT_PAPERS, ALERT, ARREARS."""

import pytest

from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.perms import can_decide, can_read_answers, can_read_cases
from rent_ledger.books.perms import can_export

ASKED = (can_decide, can_read_cases, can_export, can_read_answers)
# role → decides, reads arrears by name, exports accounts, reads every answer of the social service.
ACCOUNTS = {
    "RENTAL_MANAGER": (True, True, True, True),
    "TECHNICIAN": (False, False, False, False),
    "SOCIAL_WORKER": (False, True, False, False),
    "HEAD_OF_SOCIAL": (False, True, True, True),
    "DIRECTOR": (False, False, False, False),
    "FUNDER": (False, False, False, False),
    "ADMINISTRATOR": (False, False, False, False),
}


@pytest.mark.parametrize("role", ACCOUNTS)
def test_what_each_role_reads_and_decides_of_an_account(role: str) -> None:
    actor = Actor(user=None, roles=frozenset({Role(role)}))
    assert tuple(may(actor) for may in ASKED) == ACCOUNTS[role]


def test_a_job_of_the_house_decides_and_reads_nothing_and_a_stranger_neither() -> None:
    assert [may(Actor.system()) for may in ASKED] == [True, False, False, False]
    assert not any(may(Actor(user=None)) for may in ASKED)
