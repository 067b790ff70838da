"""A replay on the books: the facts of each past day are those that lists and alerts read; its job, its adoption."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.jobs.worker import drain
from office.models import Job, Message
from office.parameters.queries import params_on
from rent_ledger.arrears.queries.defaults import default_facts, unpaid_terms
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import ArrearsCase, OpenItem
from rent_ledger.policy.codes import Gap, Played
from rent_ledger.policy.models import ReplayRow
from rent_ledger.policy.queries.pasts import pasts_of, replayed_accounts
from rent_ledger.policy.queries.replays import replay_of, rows_of
from rent_ledger.policy.rules.replay import facts_on
from rent_ledger.policy.services.replaying import KIND, adopt_replay, start_replay
from social_link.models import Alert
from tests.factories import make_actor, make_association, make_bank_known, make_let, owe, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20T10:00")]
TODAY, START, END = date(2026, 11, 20), date(2025, 11, 1), date(2026, 11, 1)
GRACE, FIRST = "arrears.first_default_days", "arrears.first_months"


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_known(until=date(2026, 11, 19))


def make_past() -> list[int]:
    """Terms of August to October: one paid late and taken back, one held for a while, one reversed."""
    accounts = []
    for n in range(3):
        with clock.travel(date(2026, 8, 1)):
            lease = make_let(start=date(2026, 6, 15))
            account = owe(lease=lease, due_on=date(2026, 8, 1))
        with clock.travel(date(2026, 8, 20)):
            paid = pay(account=account, on=date(2026, 8, 18), amount="150.00")
        with clock.travel(date(2026, 9, 1)):
            owe(lease=lease, due_on=date(2026, 9, 1))
        if n == 0:
            with clock.travel(date(2026, 9, 10)):
                reverse(entry_ids=[paid], actor=make_actor())
        if n == 1:
            debts = OpenItem.objects.filter(account=account, is_debit=True).values_list("posting_id", flat=True)
            with clock.travel(date(2026, 9, 3)):
                hold_debt(posting_ids=list(debts), kind="DISPUTE", reason="Contestée", actor=make_actor())
            with clock.travel(date(2026, 9, 24)):
                release_debt(posting_ids=list(debts), actor=make_actor())
        with clock.travel(date(2026, 10, 1)):
            owe(lease=lease, due_on=date(2026, 10, 1))
        accounts.append(account)
    return accounts


def test_each_past_day_reads_what_the_alerts_read() -> None:
    accounts = make_past()
    pasts = {past.account_id: past for past in pasts_of(accounts, start=START, end=END, today=TODAY)}
    seen = 0
    for n in range(0, 95, 1):
        day = date(2026, 7, 29) + timedelta(days=n)
        terms, facts = unpaid_terms(accounts, day=day), default_facts(accounts, day=day)
        for account in accounts:
            mine = facts_on(pasts[account], day)
            assert [(t.due_on, t.remaining) for t in mine.terms] == [
                (t.due_on, t.remaining) for t in terms.get(account, ())
            ], (account, day)
            assert mine.net_term == facts[account].net_term, (account, day)
            seen += len(mine.terms)
    assert seen > 100


def test_the_number_of_queries_does_not_grow() -> None:
    accounts = make_past()
    counts = []
    for some in (accounts[:1], accounts):
        with CaptureQueriesContext(connection) as queries:
            pasts_of(some, start=START, end=END, today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def director() -> Actor:
    return make_actor(role="DIRECTOR")


def test_a_replay_counts_both_policies_and_writes_nothing_else() -> None:
    accounts = make_past()
    assert replayed_accounts() == accounts
    job = start_replay(values={GRACE: "40"}, actor=director())
    assert (job.total, job.payload["start"], job.payload["end"]) == (3, "2025-11-01", "2026-11-01")
    drain(job.pk)
    job.refresh_from_db()
    assert job.is_done
    found = replay_of(job)
    # August alerts on the sixth day; on the fortieth, or as the hold ends. More than 480 € in October: the second
    # default, which forty days put after the year.
    first, second = found.alerts[:2]
    assert (first.now, first.changed, first.only_now, first.only_changed) == (3, 3, 0, 0)
    assert first.sooner == Decimal("-39.7")  # (35 + 49 + 35) / 3
    assert (second.now, second.changed, second.only_now, second.sooner) == (3, 0, 3, None)
    by_month = {f"{month.first:%m}": [pair[1:] for pair in counts[:2]] for month, counts in found.months}
    assert {month: pairs for month, pairs in by_month.items() if pairs != [(0, 0), (0, 0)]} == {
        "08": [(3, 0), (0, 0)], "09": [(0, 3), (0, 0)], "10": [(0, 0), (3, 0)],
    }  # fmt: skip
    # The same by account: the line of each alert has both days.
    rows = rows_of(job, what=Played.FIRST, gap=Gap.BOTH)
    assert {row.account_id: (row.now_on, row.sooner) for row in rows} == {
        accounts[0]: (date(2026, 8, 6), -35),
        accounts[1]: (date(2026, 8, 6), -49),
        accounts[2]: (date(2026, 8, 6), -35),
    }
    assert not rows_of(job, what=Played.FIRST, gap=Gap.LESS)
    assert rows_of(job, what=Played.SECOND).count() == 3
    assert len(found.months) == 12
    assert not ArrearsCase.objects.exists()
    assert not Alert.objects.exists()
    assert not Message.objects.exists()


def test_the_same_change_on_the_same_day_is_one_job() -> None:
    make_past()
    actor = director()
    first = start_replay(values={GRACE: 8}, actor=actor)
    assert start_replay(values={GRACE: "8"}, actor=actor).pk == first.pk
    assert start_replay(values={GRACE: 9}, actor=actor).pk != first.pk
    assert Job.objects.filter(kind=KIND).count() == 2


def test_asked_again_an_older_replay_keeps_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its job is the same one, though it is no more among the last."""
    monkeypatch.setattr("rent_ledger.policy.services.replaying.KEPT", 1)
    account = owe(lease=make_let(start=date(2026, 6, 15)), due_on=date(2026, 8, 1))
    actor = director()
    first = start_replay(values={GRACE: 8}, actor=actor)
    start_replay(values={GRACE: 9}, actor=actor)
    ReplayRow.objects.create(job=first, account_id=account, what=Played.FIRST, number=1, now_on=END - timedelta(days=9))
    start_replay(values={GRACE: 8}, actor=actor)
    assert ReplayRow.objects.filter(job=first).exists()
    start_replay(values={GRACE: 10}, actor=actor)
    assert not ReplayRow.objects.exists()


@pytest.mark.parametrize(("values", "field"), [
    ({}, "first_default_days"), ({GRACE: "x"}, "first_default_days"), ({FIRST: "-1"}, "first_months"),
])  # fmt: skip
def test_a_change_that_is_none_is_refused(values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        start_replay(values=values, actor=director())
    assert refused.value.field == field


def test_what_was_played_is_adopted_from_a_day_to_come() -> None:
    make_past()
    job = start_replay(values={GRACE: 8}, actor=director())
    admin = make_actor(role="ADMINISTRATOR")
    adopt = {"job_id": job.pk, "source": "Conseil d’octobre", "actor": admin}
    with pytest.raises(Conflict):
        adopt_replay(since=date(2026, 12, 1), **adopt)
    drain(job.pk)
    with pytest.raises(InvalidInput):
        adopt_replay(since=TODAY, **adopt)
    # Only what changes is written.
    assert adopt_replay(since=date(2026, 12, 1), **adopt) == [GRACE]
    assert params_on(date(2026, 11, 30)).integer(GRACE) == 5
    assert (params_on(date(2026, 12, 1)).integer(GRACE), params_on(date(2026, 12, 1)).source(GRACE)) == (
        8, "Conseil d’octobre",
    )  # fmt: skip
    with pytest.raises(Conflict):
        adopt_replay(since=date(2026, 12, 1), **adopt)
