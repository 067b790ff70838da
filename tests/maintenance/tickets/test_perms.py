"""Who takes a request for a repair, who plans it, who does it: the row TICKET of the matrix, on a ticket's own job."""

import pytest

from maintenance.models import Ticket
from maintenance.tickets.perms import can_open, can_plan, can_work
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User

SYSTEM, NOBODY = Actor.system(), Actor(user=None)
ME, OTHER = 7, 8


def actor(role: str) -> Actor:
    return Actor(user=User(pk=ME), roles=frozenset({Role(role)}))


# role → takes a request, plans it, does the job that is one's own, somebody else's, nobody's yet.
TICKETS = {
    "RENTAL_MANAGER": (True, True, True, True, True),
    "TECHNICIAN": (False, False, True, False, False),
    "SOCIAL_WORKER": (True, False, False, False, False),
    "HEAD_OF_SOCIAL": (True, False, False, False, False),
    "DIRECTOR": (False, False, False, False, False),
    "FUNDER": (False, False, False, False, False),
    "ADMINISTRATOR": (False, False, False, False, False),
}


@pytest.mark.parametrize("role", TICKETS)
def test_what_each_role_does_with_a_ticket(role: str) -> None:
    me = actor(role)
    works = [can_work(me, Ticket(assignee_id=whose)) for whose in (ME, OTHER, None)]
    assert (can_open(me), can_plan(me), *works) == TICKETS[role]


def test_a_job_of_the_house_plans_and_works_and_a_stranger_does_nothing() -> None:
    ticket = Ticket(assignee_id=OTHER)
    assert (can_plan(SYSTEM), can_work(SYSTEM, ticket)) == (True, True)
    assert [can_open(NOBODY), can_plan(NOBODY), can_work(NOBODY, ticket)] == [False, False, False]
