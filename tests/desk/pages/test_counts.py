"""What waits behind the entries of the menu: true, one query for all, and zero for who may not see it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from common import clock
from desk.context_processors import Shell
from desk.counts import MENU_COUNTS
from desk.menu import PLACES
from desk.queries.rental_home import rental_home
from office.access.actor import Actor
from office.access.codes import Role
from office.messages.queries import by_hand
from office.models import IbanChange, Message
from office.staff.models import StaffRequest
from rent_ledger.models import BankLine, WriteOff
from tests.factories import (
    make_actor,
    make_alert,
    make_arrears,
    make_bank_known,
    make_iban,
    make_let,
    make_organisation,
    make_ticket,
    make_user,
)
from tests.office.messages.writing import paper

pytestmark = pytest.mark.django_db

# What each role is told: arrears, bank, runs, alerts, tickets, messages, requests for a second person, IBANs that wait
# for one; notices are of a person.
TOLD: dict[Role, tuple[int, int, int, int, int, int, int, int, int, int]] = {
    Role.RENTAL_MANAGER: (1, 2, 1, 0, 1, 4, 0, 0, 0, 0),
    Role.TECHNICIAN: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    Role.SOCIAL_WORKER: (0, 0, 0, 0, 1, 0, 0, 0, 0, 0),
    Role.HEAD_OF_SOCIAL: (0, 0, 0, 1, 1, 0, 0, 1, 0, 0),
    Role.DIRECTOR: (0, 0, 0, 0, 1, 0, 0, 1, 1, 1),
    Role.FUNDER: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    Role.ADMINISTRATOR: (0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
}
NAMES = (
    "rent_ledger:arrears", "rent_ledger:bank", "rent_ledger:runs", "social_link:alerts", "maintenance:tickets",
    "office:messages", "office:notices", "office:staff_requests", "office:iban_changes",
    "rent_ledger:write_offs",
)  # fmt: skip


def write_message(*, channel: str = "CALL", state: str, **more: Any) -> Message:
    return Message.objects.create(
        key=str(uuid4()), kind="COURTESY", channel=channel, about="case", about_id=1, addressee="Mme Sarr",
        text_version=0, body="Bonjour", state=state, why="x", **more,
    )  # fmt: skip


@pytest.fixture
def waiting(db: None) -> None:
    """One thing of each kind waits, beside one that does not."""
    StaffRequest.objects.create(
        act="LINK", user=make_user(role=Role.SOCIAL_WORKER), asked_by=make_user(role=Role.ADMINISTRATOR)
    )
    IbanChange.objects.create(
        organisation=make_organisation(name="Un bailleur"), iban=make_iban(number=7),
        asked_by=make_user(role=Role.RENTAL_MANAGER),
    )  # fmt: skip
    bank = make_bank_known(until=date(2026, 11, 5))
    lease = make_let(start=date(2024, 3, 15))
    case = make_arrears(lease=lease, dues=[date(2026, 10, 1)])
    for n, state in enumerate(["PROPOSED", "TO_PLACE", "SURE"]):
        BankLine.objects.create(
            bank_account=bank.bank_account, statement=bank, booking_day=date(2026, 11, 4), amount=Decimal("10.00"),
            content_hash=str(n), state=state,
        )  # fmt: skip
    WriteOff.objects.create(
        account=case.account, kind="LOSS", why="UNTRACED", amount=1, of_two=False,
        asked_by=make_user(role=Role.RENTAL_MANAGER),
    )  # fmt: skip
    make_let(start=date(2026, 12, 1), state="DRAFT")
    make_ticket(lease=lease)
    make_ticket(lease=lease, technician=make_user(role=Role.TECHNICIAN))
    make_alert(household=lease.household)
    write_message(state="PERMANENT")
    write_message(state="PERMANENT", seen_at=clock.now())
    write_message(channel="CALL", state="HELD")
    write_message(channel="CALL", state="CREATED")
    write_message(channel="CALL", state="TEMPORARY")
    write_message(channel="CALL", state="TEMPORARY", due_at=clock.now() + timedelta(seconds=1))
    write_message(channel="PAPER", state="SENDING", document=paper("1"))


def test_each_count_stands_at_a_place_of_the_menu() -> None:
    assert set(MENU_COUNTS) == set(NAMES) <= set(PLACES)


@pytest.mark.parametrize("role", list(Role))
def test_who_is_told_what(waiting: None, role: Role) -> None:
    actor = make_actor(role=role)
    assert tuple(MENU_COUNTS[name](actor) for name in NAMES) == TOLD[role]


def test_a_worker_is_told_of_own_alerts(waiting: None) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    make_alert(household=make_let().household, to=camille)
    assert MENU_COUNTS["social_link:alerts"](Actor.of(camille)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_count_is_one_query(waiting: None, name: str, django_assert_max_num_queries: Any) -> None:
    actor = make_actor(role=Role.HEAD_OF_SOCIAL if "alerts" in name else Role.RENTAL_MANAGER)
    with django_assert_max_num_queries(1):
        MENU_COUNTS[name](actor)


@pytest.mark.parametrize("role", list(Role))
def test_all_the_counts_are_one_query(waiting: None, role: Role, django_assert_max_num_queries: Any) -> None:
    actor = make_actor(role=role)
    frame = Shell(RequestFactory().get("/"), actor)
    with django_assert_max_num_queries(1):
        sections = frame.sections
    counted = {entry.url: entry.count for section in sections for entry in section.entries if entry.count is not None}
    told = {reverse(name): count for name, count in zip(NAMES, TOLD[role], strict=True)}
    assert counted == {url: told[url] for url in counted}
    assert role != Role.RENTAL_MANAGER or len(counted) == 5


def test_what_waits_for_a_hand_is_to_do_at_home(waiting: None) -> None:
    """Calls and letters; a call that is held, or whose moment has not come, is not."""
    write_message(channel="PAPER", state="CREATED", document=paper("2"))
    tasks = {task.url: task.title for task in rental_home(actor=make_actor(), day=clock.today()).tasks}
    assert tasks[reverse("office:calls")] == "2\u00a0appels à passer"
    assert tasks[reverse("office:post")] == "2\u00a0lettres à poster"


def test_what_waits_for_a_hand_is_told_to_who_may_do_it(waiting: None) -> None:
    tasks = {task.url for task in rental_home(actor=make_actor(role=Role.DIRECTOR), day=clock.today()).tasks}
    assert not tasks & {reverse("office:calls"), reverse("office:post")}


def test_what_waits_for_a_hand_is_counted_by_an_index(db: None) -> None:
    """The menu of each page asks it, and the outbox keeps years of letters that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {by_hand('%s')}", [clock.now()])
        plan = "".join(line for (line,) in cursor.fetchall())
    assert "message_by_hand" in plan
