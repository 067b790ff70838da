"""What accounts paid before, read from the books, and where it places them in the list."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from office.access.codes import Role
from rent_ledger.arrears.queries.behaviour import behaviours
from rent_ledger.arrears.rules.order import Behaviour
from rent_ledger.books.codes import OrderWhy
from rent_ledger.books.services import projections
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import hold_letters, make_actor, make_association, make_let, make_user, owe, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import LIST, NOV, OCT, SEP, TODAY, indebted

pytestmark = pytest.mark.django_db
D = Decimal


def behaviour(account: int, *, day: date = TODAY) -> Behaviour:
    return behaviours([account], day=day, months=12, grace_days=5, trend_months=3)[account]


def lived(*paid: tuple[date, date | None]) -> int:
    """An account with a term of 213.00 due on each first day, paid on the second."""
    lease = make_let(start=date(2024, 3, 15))
    for due, on in paid:
        account = owe(lease=lease, due_on=due)
        if on:
            pay(account=account, on=on)
    return account


def test_a_term_is_on_time_within_its_days_of_grace() -> None:
    account = lived(
        (date(2026, 7, 1), date(2026, 7, 1)), (date(2026, 8, 1), date(2026, 8, 6)), (SEP, date(2026, 9, 7)), (OCT, None)
    )  # fmt: skip
    # Due on the 1st, five days: the 6th is in time, the 7th is not; November's grace runs still.
    found = behaviour(account)
    assert (found.due, found.on_time) == (4, 2)
    assert behaviour(account, day=date(2026, 10, 6)).due == 4
    assert behaviour(account, day=date(2026, 10, 5)).due == 3


def test_only_the_last_months_count() -> None:
    account = lived((date(2025, 11, 5), date(2025, 11, 5)), (date(2025, 11, 6), None), (SEP, None))
    assert (behaviour(account).due, behaviour(account).on_time) == (2, 0)


def test_a_part_of_a_term_is_not_on_time_and_repairs_are_no_term() -> None:
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=SEP)
    owe(lease=lease, due_on=SEP, amount="80.00", nature="REPAIRS")
    pay(account=account, on=SEP, amount="212.99")
    assert (behaviour(account).due, behaviour(account).on_time) == (1, 0)
    pay(account=account, on=SEP + timedelta(days=1), amount="0.01")
    assert behaviour(account).on_time == 1


def test_the_debts_of_two_days_are_counted_alike() -> None:
    account = lived((date(2026, 7, 1), None), (date(2026, 8, 5), None), (SEP, date(2026, 10, 20)))
    found = behaviour(account)
    # On the 5th of August two terms were due; three, and one paid since.
    assert (found.owed_before, found.owed) == (D("426.00"), D("426.00"))
    assert behaviour(account, day=date(2026, 10, 19)).owed == D("639.00")


def test_one_query_for_many_accounts(django_assert_num_queries) -> None:
    accounts = [lived((SEP, None)) for _ in range(3)]
    with django_assert_num_queries(1):
        assert len(behaviours(accounts, day=TODAY, months=12, grace_days=5, trend_months=3)) == 3
    assert behaviours([], day=TODAY, months=12, grace_days=5, trend_months=3) == {}


# -- the list ----------------------------------------------------------------------------------------------------------


def names(client, **asked: str) -> list[str]:
    return [row.name for row in client.get(LIST, {"situation": "tous", **asked}).context["rows"]]


def test_the_list_is_in_order_of_gravity_then_of_surname() -> None:
    make_association()
    client = signed_in(make_user())
    indebted(NOV, name="Mme Zoé Abel")
    indebted(NOV, name="M. Abel Zola")
    indebted(SEP, OCT, NOV, name="M. Grave")
    ArrearsCase.objects.update(constituted_on=None, report_due_on=None)
    projections.refresh(account_ids=None, day=TODAY)
    assert names(client) == ["M. Grave", "Mme Zoé Abel", "M. Abel Zola"]


def test_a_pause_that_ends_within_a_week_comes_first() -> None:
    make_association()
    client, actor = signed_in(make_user()), make_actor()
    soon, later, _ = (
        indebted(NOV, name="Mme Bientôt"),
        indebted(NOV, name="Mme Après"),
        indebted(OCT, NOV, name="M. Grave"),
    )
    ArrearsCase.objects.update(constituted_on=None, report_due_on=None)
    hold_letters(case=soon, until=TODAY + timedelta(days=7), source="RENT", actor=actor)
    hold_letters(case=later, until=TODAY + timedelta(days=8), source="RENT", actor=actor)
    projections.refresh(account_ids=None, day=TODAY)
    assert names(client) == ["Mme Bientôt", "M. Grave", "Mme Après"]


def test_the_end_of_a_social_pause_moves_nothing_for_who_may_not_know_it() -> None:
    """A social worker reads the answers of her own cases alone: neither a sentence nor a place tells her that day."""
    make_association()
    held, _ = indebted(NOV, name="Mme Suivie"), indebted(OCT, NOV, name="M. Grave")
    ArrearsCase.objects.update(constituted_on=None, report_due_on=None)
    hold_letters(
        case=held, until=TODAY + timedelta(days=3), source="SOCIAL", actor=make_actor(roles=("HEAD_OF_SOCIAL",))
    )
    projections.refresh(account_ids=None, day=TODAY)
    manager, worker = signed_in(make_user()), signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert names(manager) == ["Mme Suivie", "M. Grave"]
    assert names(worker, suivi="tous") == ["M. Grave", "Mme Suivie"]
    address = f"/loyers/impayes/{held.account_id}/pourquoi/"
    assert "La pause du service social finit le 8 nov." in plain(manager.get(address))
    assert "8 nov." not in plain(worker.get(address))


def test_the_row_says_what_orders_it_and_the_trace_its_points() -> None:
    make_association()
    client = signed_in(make_user())
    case = indebted(date(2026, 7, 1), SEP, OCT)
    row = client.get(LIST, {"situation": "tous"}).context["rows"][0]
    assert row.order == "0 sur 3 à temps, en hausse"
    shown = plain(client.get(f"/loyers/impayes/{case.account_id}/pourquoi/"))
    state = AccountState.objects.get(pk=case.account_id)
    # 3 × 213.00 of a net term of 213.00, none on time, one owed three months ago: 30 + 20 + 10.
    assert state.gravity == 60
    assert "Gravité : 60 points en tout" in shown
    assert "3,0 × le terme net en retard : 30 points" in shown
    assert "Dette en hausse, 213,00 € il y a 3 mois : 10 points de plus" in shown
    assert "0 terme payé à temps sur 3 : 20 points de plus" in shown


def test_who_pays_has_no_place_any_more() -> None:
    make_association()
    case = indebted(NOV)
    state = AccountState.objects.get(pk=case.account_id)
    assert state.gravity > 0
    assert {why.code for why in state.place} >= {OrderWhy.TERMS}
    pay(account=case.account_id, on=TODAY)
    state.refresh_from_db()
    assert (state.gravity, state.ranking, state.lapses_on) == (0, None, None)
