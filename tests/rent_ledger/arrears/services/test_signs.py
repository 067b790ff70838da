"""Early signs found in the books: as known on the day, once, ended by themselves, set aside by a person."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.codes import Role
from office.models import Message
from rent_ledger.arrears.codes import SignKind, SignWhy
from rent_ledger.arrears.models import EarlySign, SignAside
from rent_ledger.arrears.queries.signs import signs_of, standing_signs, watched_for
from rent_ledger.arrears.services.signs import find_signs, set_aside, undo_aside
from rent_ledger.books.services.posting import reverse
from tests.factories import make_actor, make_association, make_bank_known, make_let, owe, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20T10:00")]
TODAY = date(2026, 11, 20)
MONTHS = [date(2026, month, 1) for month in range(5, 11)]


def regular(*, paid_on: int = 5, last: int | None = None, name: str = "") -> int:
    """An account that paid its term on the 5th of each month from May to October; November's on the day `last`, if
    any."""
    lease = make_let(start=date(2024, 3, 15), name=name)
    for month in MONTHS:
        account = owe(lease=lease, due_on=month)
        pay(account=account, on=month.replace(day=paid_on))
    owe(lease=lease, due_on=date(2026, 11, 1))
    if last:
        pay(account=account, on=date(2026, 11, last))
    return account


@pytest.fixture(autouse=True)
def known() -> None:
    make_association()
    make_bank_known(until=date(2026, 11, 19))


def kinds(account: int, day: date = TODAY) -> dict[str, SignWhy]:
    return {sign.kind: sign.why.code for sign in signs_of([account], day=day).get(account, [])}  # type: ignore[misc]


def test_late_paid_late_and_in_time_each_say_so() -> None:
    unpaid, late, in_time = regular(), regular(last=18), regular(last=15)
    assert find_signs(day=TODAY) == 2
    assert [kinds(account) for account in (unpaid, late, in_time)] == [
        {SignKind.LATE: SignWhy.NOT_PAID}, {SignKind.LATE: SignWhy.PAID_LATE}, {},
    ]  # fmt: skip
    sign = EarlySign.objects.get(account=late)
    assert (sign.since, sign.known_on, sign.ended_on) == (date(2026, 11, 16), TODAY, None)
    said = sign.why.text(today=TODAY).replace("\xa0", " ")
    assert said == "Paie d’habitude vers le 5 (6 mois regardés) : payé le 18 nov., 13 jours plus tard"


def test_found_again_it_is_the_same_sign_and_sends_nothing() -> None:
    account = regular()
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        assert find_signs(day=day) == 1
    sign = EarlySign.objects.get(account=account)
    assert (sign.known_on, sign.ended_on) == (TODAY, None)
    assert not Message.objects.exists()


def test_a_sign_ends_by_the_fact_that_ends_it_and_goes_on_where_that_was_undone() -> None:
    account = regular()
    find_signs(day=TODAY)
    payment = pay(account=account, on=date(2026, 11, 14))
    find_signs(day=TODAY, account_ids=[account])
    sign = EarlySign.objects.get(account=account)
    assert (sign.ended_on, kinds(account)) == (TODAY, {})
    reverse(entry_ids=[payment], actor=make_actor())
    find_signs(day=TODAY)
    sign.refresh_from_db()
    assert (sign.ended_on, len(kinds(account))) == (None, 1)


def test_only_the_accounts_that_are_asked_move() -> None:
    mine, other = regular(), regular()
    find_signs(day=TODAY, account_ids=[mine])
    assert (len(kinds(mine)), len(kinds(other))) == (1, 0)
    find_signs(day=TODAY)
    pay(account=mine, on=date(2026, 11, 14))
    find_signs(day=TODAY, account_ids=[other])
    assert len(kinds(mine)) == 1


def test_what_was_written_later_was_not_known_then() -> None:
    """Value day the 14th, written on the 20th: on the 19th the household was late, as far as anybody knew."""
    with clock.travel(date(2026, 11, 10)):
        account = regular()
    pay(account=account, on=date(2026, 11, 14))
    assert find_signs(day=date(2026, 11, 19)) == 1
    assert kinds(account) == {SignKind.LATE: SignWhy.NOT_PAID}
    assert find_signs(day=TODAY) == 0
    assert EarlySign.objects.get().ended_on == TODAY


def test_a_part_of_a_term_after_whole_ones() -> None:
    lease = make_let(start=date(2024, 3, 15))
    for month in MONTHS[2:]:
        account = owe(lease=lease, due_on=month)
        pay(account=account, on=month)
    owe(lease=lease, due_on=date(2026, 11, 1))
    pay(account=account, on=date(2026, 11, 3), amount="160.00")
    find_signs(day=TODAY)
    assert kinds(account) == {SignKind.PART: SignWhy.PART}
    # Its proposed action asks nothing: it is watched.
    pay(account=account, on=date(2026, 11, 20), amount="53.00")
    find_signs(day=TODAY)
    assert kinds(account) == {}


def test_the_end_of_a_contract_that_nothing_follows() -> None:
    ends = make_let(start=date(2024, 3, 15), end=date(2026, 12, 31))
    account = owe(lease=ends, due_on=date(2026, 11, 1))
    pay(account=account, on=date(2026, 11, 1))
    find_signs(day=TODAY)
    assert kinds(account) == {SignKind.LEASE_END: SignWhy.LEASE_ENDS}
    assert EarlySign.objects.get().why.text(today=TODAY).startswith("Le contrat finit le 30\xa0déc.")


def test_as_many_queries_for_many_accounts() -> None:
    counts = []
    for _ in range(2):
        regular()
        regular(last=18)
        with CaptureQueriesContext(connection) as seen:
            find_signs(day=TODAY)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


# -- set aside -------------------------------------------------------------------------------------------------------


@pytest.fixture
def account() -> int:
    found = regular(last=18)
    find_signs(day=TODAY)
    return found


def test_seen_it_is_shown_no_more_and_another_is(account: int) -> None:
    actor = make_actor()
    [aside] = set_aside(account_id=account, actor=actor)
    assert set_aside(account_id=account, actor=actor) == [aside]
    assert kinds(account) == {}
    EarlySign.objects.create(
        account_id=account, kind=SignKind.LATE, key="2026-12", since=TODAY, known_on=TODAY,
        reason=EarlySign.objects.get().reason,
    )  # fmt: skip
    assert kinds(account) == {SignKind.LATE: SignWhy.PAID_LATE}


def test_ignored_no_sign_of_its_kind_is_shown_until_the_day(account: int) -> None:
    until = date(2026, 12, 10)
    set_aside(account_id=account, until=until, reason="Payé le 15 désormais", actor=make_actor())
    EarlySign.objects.create(
        account_id=account, kind=SignKind.LATE, key="2026-12", since=TODAY, known_on=TODAY,
        reason=EarlySign.objects.get().reason,
    )  # fmt: skip
    assert kinds(account, until) == {}
    assert kinds(account, until + timedelta(days=1)) != {}


def test_taken_back_it_is_shown_again_and_stays_in_the_history(account: int) -> None:
    actor = make_actor()
    set_aside(account_id=account, actor=actor)
    assert len(undo_aside(account_id=account, actor=actor)) == 1
    assert undo_aside(account_id=account, actor=actor) == []
    assert kinds(account) != {}
    kept = SignAside.objects.get()
    assert (kept.undone_by_id, kept.undone_at is not None) == (actor.user_id, True)
    set_aside(account_id=account, actor=actor)
    assert kinds(account) == {}


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (TODAY, "Prime", "until"),
        (TODAY + timedelta(days=93), "Prime", "until"),
        (TODAY + timedelta(days=5), "  ", "reason"),
        (None, "x" * 201, "reason"),
    ],
)
def test_a_day_and_a_reason_are_asked(account: int, until: date | None, reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_aside(account_id=account, until=until, reason=reason, actor=make_actor())
    assert refusal.value.field == field
    assert not SignAside.objects.exists()


def test_what_somebody_else_set_aside_otherwise_is_said(account: int) -> None:
    set_aside(account_id=account, actor=make_actor())
    with pytest.raises(Conflict, match="quelqu’un vient de le faire"):
        set_aside(account_id=account, until=TODAY + timedelta(days=5), reason="Prime", actor=make_actor())


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.TECHNICIAN, Role.DIRECTOR])
def test_only_the_rent_side_sets_aside(account: int, role: str) -> None:
    with pytest.raises(NotAllowed):
        set_aside(account_id=account, actor=make_actor(role=role))
    with pytest.raises(NotAllowed):
        undo_aside(account_id=account, actor=make_actor(role=role))


def test_who_has_something_to_decide_is_not_watched(account: int) -> None:
    actor = make_actor()
    assert {state.pk for state in watched_for(actor, day=TODAY)} == {account}
    late = regular()
    find_signs(day=TODAY)
    assert standing_signs(TODAY).filter(account=late).exists()
    assert {state.pk for state in watched_for(actor, day=TODAY)} == {account}
    assert not watched_for(make_actor(role=Role.DIRECTOR), day=TODAY).exists()
