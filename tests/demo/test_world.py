"""The demo is played, never written: what it may import, and what comes out of a short life."""

import ast
from collections import Counter
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from common import clock
from common.money import round_cents
from demo import bank_world, generator, lives, post_life
from demo.draws import Draws
from demo.field_life import FieldLife
from demo.lives import Behaviour
from demo.social_life import SocialLife
from leases.models import Household, Lease, PaperWish
from maintenance.models import Ticket
from maintenance.tickets.codes import Trade
from office.access.actor import Actor
from office.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE, LaneTrace
from rent_ledger.arrears.parameters import default_params
from rent_ledger.arrears.queries.arrears import explain_proposals
from rent_ledger.arrears.queries.lanes import propose
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.rules.defaults import default_of
from rent_ledger.arrears.rules.term import term_on
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.formats.written import WrittenEntry
from rent_ledger.books.codes import DefaultRule, Lane
from rent_ledger.books.queries.accounts import tenant_account
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, BankLine, Match, RentDemand
from social_link.alerts.parameters import alert_params
from social_link.alerts.services.facts import case_facts
from social_link.alerts.services.registry import Reading
from social_link.models import Alert, Note
from stock.dwellings.codes import ConstructionType
from stock.models import Dwelling
from tests.books import MONEY, books
from tests.demo.faults import faults_shown
from tests.demo.social_faults import alerts_without_an_owner, social_faults
from tests.factories import make_bank_account
from tests.totals import arrears_totals, counts_told

pytestmark = pytest.mark.long

# Some days after the due day, the bank known: many have not paid yet.
LAST_DAY = date(2026, 11, 6)
DEMO = Path(generator.__file__).parent
# The books and what follows from them: only services make them.
FORBIDDEN = {"Posting", "Allocation", "Entry", "OpenItem", "AccountState", "ArrearsCase", "Alert", "AlertFact"}


def imported_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.py")), ids=lambda path: path.name)
def test_the_generator_imports_no_model_of_the_books(path):
    assert imported_names(path) & FORBIDDEN == set()


def test_the_import_scan_sees_what_it_forbids(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("from rent_ledger.models import (\n    Posting,\n)\n")
    assert imported_names(bad) & FORBIDDEN == {"Posting"}


@pytest.mark.django_db
def test_a_life_of_trouble_leaves_exact_books_and_the_same_word_everywhere(monkeypatch, capsys):
    worlds = []
    make = generator.Played.__post_init__

    def remember(play: generator.Played) -> None:
        make(play)
        worlds.append(play)

    monkeypatch.setattr(generator.Played, "__post_init__", remember)
    found, compared = [], {}
    detect = generator.detect_arrears

    def compare(*, day: date, actor: Actor) -> None:
        """Arrears were looked at, and nobody has decided anything yet: what each says of the accounts is compared."""
        detect(day=day, actor=actor)
        late = len(propose(account_ids=None, day=day))
        lanes, alerts, strays = defaults_told(day)
        compared[day] = late, len(lanes.keys() & alerts.keys())
        wrong = (*disagreements(day), *strays, *alerts_without_an_owner(day))
        found.extend(f"{day:%d/%m} {what}" for what in wrong)

    monkeypatch.setattr(generator, "detect_arrears", compare)
    monkeypatch.setattr(lives, "SHARES", dict.fromkeys(Behaviour, 1))
    generator.load(size=50, months=5, seed=7, until=LAST_DAY)
    [play] = worlds
    right = wrong = left = 0
    truth = {
        (bank.account.pk, *seen): tenant_account(housed.lease.pk)
        for bank in play.banks.values()
        for seen, housed in bank.truth.items()
    }
    sure = dict(Match.objects.filter(is_accepted=True, undone_at=None).values_list("line_id", "account_id"))
    for line in BankLine.objects.filter(amount__gt=0):
        expected = truth.get((line.bank_account_id, line.booking_day, line.amount, line.label))
        if expected is None:
            continue
        if line.state == LineState.SURE:
            right += sure.get(line.pk) == expected
            wrong += sure.get(line.pk) != expected
        else:
            left += 1
    with capsys.disabled():
        print(f"\nmatching: {right} right, {wrong} wrong, {left} left to a person")
    assert wrong == 0
    assert right > 20
    assert RentDemand.objects.count() > 40
    assert Alert.objects.exists()
    # What a visitor is told of the way in; no lift breaks down in a house; notes are not all one sentence.
    assert Dwelling.objects.exclude(access_notes="").count() > 20
    assert Dwelling.objects.exclude(safety_notice="").exists()
    assert not Ticket.objects.filter(trade=Trade.COMMON, dwelling__construction=ConstructionType.INDIVIDUAL).exists()
    assert len({note.text for note in Note.objects.select_related("key")}) > 8
    with clock.travel(LAST_DAY):
        assert check_ledger(sources=True) == []
        totals = arrears_totals(LAST_DAY)
        assert len(set(totals.values())) == 1, totals
        counts = counts_told(LAST_DAY)
        assert {thing: told for thing, told in counts.items() if len(set(told.values())) != 1} == {}
        assert min(counts[thing]["list"] for thing in ("decisions", "alerts", "measures", "leases")) > 0
        assert faults_shown(LAST_DAY) == []
        assert social_faults(LAST_DAY) == []
        # Something left, was alerted and noted: the three could have been broken.
        assert Message.objects.filter(about=ABOUT_CASE, sent_at__isnull=False).exists()
        assert Note.objects.exclude(level="SHARED").exists()
    assert found == []
    assert compared[LAST_DAY][0] >= 30
    assert sum(alike for _, alike in compared.values()) >= 10


def disagreements(day: date) -> list[str]:
    """Accounts of which lanes, cases, alerts and pages don't say the same: the month, the default, the terms owed, the
    lane."""
    told = {account: facts.unpaid for account, facts in case_facts(day)}
    proposed = propose(account_ids=None, day=day)
    months = month_terms_of(list(proposed), day=day)
    params = default_params(day)
    found = []
    for account, (facts, proposal) in proposed.items():
        state = AccountState.objects.get(account_id=account)
        month = term_on(months.get(account, ()), day)
        net = month.asked if month else None
        if facts.net_term != net:
            found.append(f"{account}: the lane's month is {facts.net_term}, the contract's {net}")
        if state.terms != (round_cents(state.debt / net) if net else 0):
            found.append(f"{account}: {state.terms} terms on the page, {state.debt} owed at {net}")
        if (state.lane, state.action) != (proposal.lane, proposal.action):
            found.append(f"{account}: {state.lane} {state.action} on the page, {proposal.lane} {proposal.action} today")
        if account in told:
            alert = default_of(told[account], day=day, params=params)
            if alert != facts.default or told[account].net_term != net:
                found.append(f"{account}: {alert} for the alerts, {facts.default} for the lanes")
    return found


def defaults_told(day: date) -> tuple[dict[int, DefaultRule], dict[int, DefaultRule], list[str]]:
    """By account, what the lanes and what the alerts call R1 or R2; and where they differ without an excuse.

    Whom a lane calls R1 or R2 is told by the same rule of the alerts, and the other way round.

    A lane says something else of an account where one of its first lines applies (a pause, the technical lane, a
    departure), the law asks for a report, or the social service has answered since.
    """
    reading = Reading(day, alert_params(day))
    accounts = {case.case_id: account for account, case in reading.cases}
    told = {accounts[case.case_id]: default.rule for case, default in reading.defaults}
    named = {LaneTrace.R1: DefaultRule.FIRST, LaneTrace.R2: DefaultRule.SECOND}
    lanes = explain_proposals(accounts.values(), day=day)
    called = {
        account: named[reason.code]
        for account, proposal in lanes.items()
        for reason in proposal.trace
        if reason.code in named
    }
    found = [f"{account}: {rule} for the lanes only" for account, rule in called.items() - told.items()]
    silent = {account: lanes[account] for account in told.keys() - called.keys() if lanes[account].lane == Lane.NEW}
    excuses = {LaneTrace.REPORT, LaneTrace.ANSWERED, LaneTrace.ANSWERED_CAUSE}
    for account, proposal in silent.items():
        if not excuses & {reason.code for reason in proposal.trace}:
            found.append(f"{account}: {told[account]} for the alerts only")
    return called, told, found


def lived(seed: int, *, size: int = 5, months: int = 1) -> tuple[list[str], list[str]]:
    """The books that a short life leaves, and who lived it; the life itself is undone."""
    with suppress(Undone), transaction.atomic():
        generator.load(size=size, months=months, seed=seed, until=date(2026, 11, 20))
        left = books(), sorted(Household.objects.values_list("name", flat=True))
        raise Undone
    return left


class Undone(Exception):
    """Ends a life of which nothing is to stay."""


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_books_to_the_cent_and_another_seed_others():
    first, people = lived(3)
    assert any(line.startswith("posting") for line in first)
    assert lived(3) == (first, people)
    assert lived(4)[1] != people


@pytest.mark.django_db
def test_what_one_team_does_moves_no_money_of_the_households(monkeypatch):
    """Each decision has draws of its own: who leaves, who pays and what the CAF pays don't hang on a call for repairs
    or on an alert that was answered."""
    monkeypatch.setattr(generator, "LEAVING", 0.1)
    first, _ = lived(3, size=12, months=3)
    monkeypatch.setattr(SocialLife, "day", lambda self, day: None)
    monkeypatch.setattr(FieldLife, "day", lambda self, day: None)
    second, _ = lived(3, size=12, months=3)
    assert any(line.startswith("alert") and line.endswith("ANSWERED") for line in first)
    assert not any(line.endswith("ANSWERED") for line in second)
    assert any(line.startswith("posting\tREVERSAL") for line in first), "nobody has left"
    assert money(second) == money(first)


def money(lines: list[str]) -> list[str]:
    return [line for line in lines if line.partition("\t")[0] in MONEY]


@pytest.mark.django_db
def test_what_reaches_the_households_is_there_to_see(monkeypatch, settings, tmp_path):
    """E-mails and letters that left, one of each that came back, and letters on the table."""
    settings.MESSAGE_FOLDER = tmp_path
    monkeypatch.setattr(post_life, "BY_EMAIL", 0.5)
    monkeypatch.setattr(post_life, "MONTHLY", 0.9)
    monkeypatch.setattr(post_life, "ANSWERED", 1)
    monkeypatch.setattr(lives, "SHARES", dict.fromkeys(Behaviour, 1))
    generator.load(size=16, months=4, seed=3, until=date(2026, 11, 28))
    states = Counter(Message.objects.values_list("kind", "channel", "state"))
    assert states["AVIS_ECHEANCE", "EMAIL", "SENT"]
    assert states["AVIS_ECHEANCE", "PAPER", "SENT"]
    assert states["AVIS_ECHEANCE", "EMAIL", "PERMANENT"] == 1
    assert states["AVIS_ECHEANCE", "PAPER", "RETURNED"] == 1
    assert states["RECEIPT", "PAPER", "SENDING"]
    assert states["CALL", "CALL", "DELIVERED"]
    wishes = PaperWish.objects.filter(withdrawn_at=None)
    assert {wish.kind for wish in wishes} == {"EMAIL", "MONTHLY"}
    assert not wishes.filter(kind="EMAIL", person__email="").exists()
    november = RentDemand.objects.filter(month=date(2026, 11, 1), state="ISSUED")
    assert november.exists()
    assert not november.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_a_large_association_leaves_exact_books_too(monkeypatch):
    monkeypatch.setattr(generator, "LARGE", 20)
    generator.load(size=46, months=2, seed=5, until=date(2026, 11, 20))
    with clock.travel(date(2026, 11, 20)):
        assert check_ledger(sources=True) == []
    left = Lease.objects.filter(state="ENDED")
    assert left.exists()
    assert not left.filter(notice_on=None).exists()
    # Their homes are let again, and whoever came in has been asked for something.
    assert Lease.objects.filter(state="ACTIVE").count() == 46
    assert not Lease.objects.filter(state="ACTIVE", demands=None).exists()
    assert not RentDemand.objects.filter(lease__in=left, state="CANCELLED").exists()


@pytest.mark.django_db
def test_the_rents_go_on_to_the_owners_once_a_month_but_for_a_reserve():
    bank = bank_world.Bank(make_bank_account(), Decimal("40000.00"), Draws(1))
    bank.last_day = date(2026, 10, 30)
    for day in (date(2026, 11, 3), date(2026, 11, 16), date(2026, 11, 24)):
        bank.expect(WrittenEntry(label="VIR LOYER", amount=Decimal("300.00"), booking_day=day))
        bank.file(day)
    assert bank.balance == bank_world.KEPT + Decimal("600.00")


@pytest.mark.django_db
def test_an_account_with_little_keeps_it():
    bank = bank_world.Bank(make_bank_account(), Decimal("20000.00"), Draws(1))
    bank.last_day = date(2026, 10, 30)
    assert bank.file(date(2026, 11, 16)) is None
