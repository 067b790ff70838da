"""What a figure of the direction is made of: lines whose sum is the figure, without any name."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from desk.queries.breakdown import (
    FEWEST,
    NO_REFERENT,
    NO_TEAM,
    OTHERS,
    alerts_by_team,
    contacts_by_team,
    merged,
    recovery_by_commune,
    tickets_by_commune,
)
from desk.queries.cured import WITH, WITHOUT, cured_by_contact
from desk.queries.director_home import director_home
from desk.queries.recovery import recovery
from leases.models import Lease
from maintenance.models import Ticket
from office.access.actor import Actor
from office.access.codes import Role
from office.models import TeamMember, User
from rent_ledger.books.codes import General
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.models import ArrearsCase
from social_link.models import Alert, Contact
from tests.factories import make_alert, make_arrears, make_let, make_referent, make_team, make_ticket, make_user, pay
from tests.pages import plain, text

TODAY, OCTOBER, NOVEMBER = date(2026, 11, 22), date(2026, 10, 1), date(2026, 11, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-22T10:00")]


def let(city: str, name: str = "") -> Lease:
    lease = make_let(start=date(2024, 3, 15), **({"name": name} if name else {}))
    lease.unit.dwelling.building.city = city
    lease.unit.dwelling.building.save()
    return lease


def lines(found: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(f"{line.month.first:%m}", line.group): line.plain for line in found.lines}


def test_small_communes_stand_together_until_they_are_enough() -> None:
    assert merged({"Narbonne": 30, "Sigean": 5}) == set()
    assert merged({"Narbonne": 30, "Sigean": 4, "Gruissan": 1}) == {"Sigean", "Gruissan"}
    # One alone would be told by its name, by what the others leave.
    assert merged({"Narbonne": 30, "Sigean": 6, "Gruissan": 1}) == {"Sigean", "Gruissan"}
    assert merged({"Gruissan": FEWEST - 1}) == {"Gruissan"}
    assert merged({}) == set()


def test_what_is_recovered_by_month_and_commune_is_the_figure() -> None:
    for n in range(FEWEST):
        make_arrears(lease=let("Narbonne"), dues=[OCTOBER], amount="400.00", paid=f"{90 * n}.00" if n else "")
    for city, paid in (("Sigean", "150.00"), ("Gruissan", "")):
        make_arrears(lease=let(city), dues=[OCTOBER], amount="200.00", paid=paid)
    late = make_arrears(lease=let("Narbonne"), dues=[date(2026, 9, 1)], amount="300.00", paid="30.00")
    # The thirtieth day counts, the next one doesn't.
    pay(account=late.account_id, on=date(2026, 10, 1), amount="20.00")
    pay(account=late.account_id, on=date(2026, 10, 2), amount="70.00")
    start, end = date(2026, 9, 1), NOVEMBER
    found = recovery_by_commune(start, end, days=30, last=date(2026, 10, 23))
    # Alone in September, and four beside Narbonne in October: two small ones would tell each other.
    assert lines(found) == {
        ("09", OTHERS): (Decimal("300.00"), Decimal("50.00")),
        ("10", OTHERS): (Decimal("2400.00"), Decimal("1050.00")),
    }
    [whole] = [row for row in recovery(start, end, TODAY) if row.days == 30]
    assert found.total is not None
    assert found.total.plain == (whole.asked, whole.paid)
    for n in range(3):
        make_arrears(lease=let("Sigean", f"M. {n}"), dues=[OCTOBER], amount="10.00")
    assert set(lines(recovery_by_commune(OCTOBER, end, days=30, last=date(2026, 10, 23)))) == {
        ("10", "Narbonne"), ("10", OTHERS),
    }  # fmt: skip


def test_deadlines_by_month_and_commune_are_the_figure() -> None:
    narbonne, sigean = let("Narbonne"), let("Sigean")
    yann = make_user(role=Role.TECHNICIAN)
    for lease, due, closed in (
        (narbonne, date(2026, 10, 5), 5), (narbonne, date(2026, 10, 31), 0), (sigean, date(2026, 10, 5), 6),
    ):  # fmt: skip
        ticket = make_ticket(lease=lease)
        Ticket.objects.filter(pk=ticket.pk).update(due_on=due, state="ASSIGNED", assignee=yann)
        if closed:
            at = datetime(2026, 10, closed, 23, 30, tzinfo=clock.PARIS)
            Ticket.objects.filter(pk=ticket.pk).update(state="DONE", closed_at=at, paid_by="LANDLORD")
    found = tickets_by_commune(OCTOBER, NOVEMBER, TODAY)
    assert lines(found) == {("10", "Narbonne"): (2, 1), ("10", "Sigean"): (1, 0)}
    figure = director_home(day=TODAY).figures[-1]
    assert found.total is not None
    assert found.total.plain == (3, 1)
    assert figure.note == "1 sur 3"


def worker(team: str = "") -> User:
    user = make_user(role=Role.SOCIAL_WORKER)
    if team:
        TeamMember.objects.create(team=make_team(name=team), user=user)
    return user


def test_alerts_by_month_and_team_are_the_figure() -> None:
    nord, alone = worker("Nord"), worker()
    # In two teams: counted once.
    TeamMember.objects.create(team=make_team(name="Sud"), user=nord)
    for who, answered in ((nord, True), (nord, False), (alone, False)):
        alert = make_alert(household=make_let().household, to=who)
        at = datetime(2026, 10, 31, 23, 30, tzinfo=clock.PARIS)
        Alert.objects.filter(pk=alert.pk).update(raised_at=at, ack_due_on=date(2026, 11, 9))
        if answered:
            Alert.objects.filter(pk=alert.pk).update(state="ACK", acknowledged_at=at, acknowledged_by=who)
    found = alerts_by_team(OCTOBER, NOVEMBER, TODAY)
    assert lines(found) == {("10", "Nord"): (2, 1, 0), ("10", NO_TEAM): (1, 0, 0)}
    assert found.total is not None
    assert found.total.plain == (3, 1, 0)
    assert director_home(day=TODAY).all_alerts.raised == 3


def test_delays_by_month_and_team_are_the_figure() -> None:
    nord, alone = worker("Nord"), worker()
    for who, days in ((nord, 3), (nord, 9), (nord, None), (alone, 1), (None, 4)):
        lease = make_let(start=date(2024, 3, 15))
        if who:
            make_referent(household=lease.household, user=who, from_day=date(2026, 1, 1))
        else:
            # Named since: whose delay it was is of then.
            make_referent(household=lease.household, user=nord, from_day=NOVEMBER)
        make_arrears(lease=lease, dues=[OCTOBER])
        if days is not None:
            Contact.objects.create(
                household=lease.household, kind="CALL", happened_on=date(2026, 10, 2 + days), author=alone,
                request_key=uuid4(),
            )  # fmt: skip
    found = contacts_by_team(OCTOBER, NOVEMBER, TODAY)
    assert lines(found) == {
        ("10", "Nord"): (3, 2, 6, 9), ("10", NO_TEAM): (1, 1, 1, 1), ("10", NO_REFERENT): (1, 1, 4, 4),
    }  # fmt: skip
    assert found.total is not None
    assert found.total.plain == (5, 4, Decimal("3.5"), 9)
    assert director_home(day=TODAY).figures[3].value == Decimal("3.5")


def test_a_contact_made_since_is_not_known_before() -> None:
    lease = make_let(start=date(2024, 3, 15))
    make_arrears(lease=lease, dues=[OCTOBER])
    Contact.objects.create(
        household=lease.household, kind="CALL", happened_on=TODAY, author=worker(), request_key=uuid4()
    )
    [line] = contacts_by_team(OCTOBER, NOVEMBER, date(2026, 11, 21)).lines
    assert (line.plain, line.cells["Médiane"]) == ((1, 0, None, None), "–")


SOLDES = {  # First default → paid off, and contact, days after it.
    # The thirtieth day counts, for one as for the other.
    date(2026, 9, 2): [(30, 30), (31, None), (None, 31), (10, 11)],
    date(2026, 7, 2): [(60, 5), (90, 90), (91, None)],
}


@pytest.fixture
def paid_off() -> None:
    # All are found before any is paid off, or the next search would open the same debt again.
    found = [
        (make_arrears(lease=make_let(start=date(2024, 3, 15)), dues=[default - timedelta(days=1)]), default, *days)
        for default, cases in SOLDES.items()
        for days in cases
    ]
    for case, default, closed, met in found:
        if closed:
            ArrearsCase.objects.filter(pk=case.pk).update(closed_on=default + timedelta(days=closed))
        if met:
            Contact.objects.create(
                household=case.account.household, kind="CALL", happened_on=default + timedelta(days=met),
                author=worker(), request_key=uuid4(),
            )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "start", "with_contact", "without"),
    [
        # A contact after the debt was paid did not help; a debt that goes on after thirty days is not paid in them.
        (30, date(2026, 9, 1), (1, 1), (3, 1)),
        (60, date(2026, 7, 1), (1, 1), (2, 0)),
        (90, date(2026, 7, 1), (2, 2), (1, 0)),
    ],
)
def test_the_debts_that_were_paid_with_a_contact_and_without(
    paid_off: None, days: int, start: date, with_contact: tuple[int, int], without: tuple[int, int]
) -> None:
    found = cured_by_contact(start, date(2026, 10, 1), days=days, day=TODAY)
    month = f"{start:%m}"
    told = {group: plain for (of, group), plain in lines(found).items() if of == month}
    assert told == {WITH: with_contact, WITHOUT: without}


def test_a_debt_is_paid_on_the_day_of_the_money_and_not_when_the_bank_told_it() -> None:
    """Closed on the fortieth day: its money came on the thirtieth. A term that was paid late beside it does not end it,
    what was given up was not paid."""
    august, september = date(2026, 8, 1), date(2026, 9, 1)
    start = date(2024, 3, 15)
    one = make_arrears(lease=make_let(start=start), dues=[september], amount="400.00")
    two = make_arrears(lease=make_let(start=start), dues=[august, september], amount="400.00")
    lost = make_arrears(lease=make_let(start=start), dues=[september], amount="400.00")
    pay(account=one.account_id, on=date(2026, 10, 2), amount="400.00")
    # The term of August is paid while that of September is late already; all is on the 20th of September.
    pay(account=two.account_id, on=date(2026, 9, 5), amount="400.00")
    pay(account=two.account_id, on=date(2026, 9, 20), amount="400.00")
    line = NewPosting(General.LOSS, lost.account_id, Decimal("400.00"), "RENT", date(2026, 9, 10))
    entry = NewEntry(kind="LOSS", key="lost", effective_on=date(2026, 9, 10), postings=(line,))
    post(entries=[entry], actor=Actor.system())
    ArrearsCase.objects.filter(pk__in=[one.pk, two.pk, lost.pk]).update(closed_on=date(2026, 10, 12))
    found = cured_by_contact(september, date(2026, 10, 1), days=30, day=TODAY)
    assert lines(found) == {("09", WITHOUT): (2, 1)}
    earlier = cured_by_contact(august, september, days=60, day=TODAY)
    assert lines(earlier) == {("08", WITHOUT): (1, 1)}
    assert lines(cured_by_contact(august, september, days=30, day=TODAY)) == {("08", WITHOUT): (1, 0)}


def test_each_delay_judges_cases_that_are_old_enough_and_opens_its_lines(paid_off: None, client_as: Any) -> None:
    """On the 22nd of November: defaults of September at thirty days, of August at sixty, of July at ninety."""
    client = client_as(Role.DIRECTOR)
    page = client.get("/").context["page"]
    told = [(row.days, row.count, *(said.replace("\u00a0", " ") for said in (row.with_contact, row.without)))
            for row in page.cured]  # fmt: skip
    assert told == [
        (30, 4, "100 %", "33 %"), (60, 0, "–", "–"), (90, 3, "100 %", "0 %"),
    ]  # fmt: skip
    for row in page.cured:
        total = client.get(reverse("desk:cured"), {"delai": row.days}).context["total"]
        assert (total.plain[0] if total else 0) == row.count


@pytest.mark.parametrize(
    ("page", "due", "month"),
    [(page, OCTOBER, "Octobre") for page in ("recovery", "tickets_in_time", "alerts_in_time", "contact_delays")]
    # Whole months of defaults that are thirty days old.
    + [("cured", date(2026, 9, 1), "Septembre")],
)
def test_each_page_of_a_figure_says_no_name(client_as: Any, page: str, due: date, month: str) -> None:
    """Of a house with one of each; the spreadsheet has the lines of the page."""
    lease = let("Narbonne", "Mme Ondine Zorn")
    make_arrears(lease=lease, dues=[due], amount="400.00")
    ticket = make_ticket(lease=lease)
    Ticket.objects.filter(pk=ticket.pk).update(due_on=date(2026, 10, 5))
    make_alert(household=lease.household, to=worker("Nord"))
    Alert.objects.update(raised_at=datetime(2026, 10, 5, 12, tzinfo=clock.PARIS))
    client = client_as(Role.DIRECTOR)
    address = reverse(f"desk:{page}")
    shown = plain(client.get(address))
    assert f"{month} 2026" in shown
    assert "Zorn" not in shown
    rows = client.get(address, {"export": "1"}).content.decode()
    assert rows.count("\n") == 2
    assert "Zorn" not in rows
    assert f"{due:%m}/2026" in rows
    group = client.get(address).context["found"].groups[0]
    assert client.get(address, {"groupe": group}).context["page"].paginator.count == 1
    assert client.get(address, {"periode": "annee", "groupe": "ailleurs"}).context["page"].paginator.count == 1


def test_the_lines_of_one_group_are_shown_alone(client_as: Any) -> None:
    for who in (worker("Nord"), worker("Sud")):
        make_alert(household=make_let().household, to=who)
    Alert.objects.update(raised_at=datetime(2026, 10, 5, 12, tzinfo=clock.PARIS))
    client, address = client_as(Role.DIRECTOR), reverse("desk:alerts_in_time")
    assert client.get(address).context["total"].plain == (2, 0, 0)
    alone = client.get(address, {"groupe": "Sud"}).context
    assert ([line.group for line in alone["page"]], alone["total"]) == (["Sud"], None)
    # Another period shows the same one.
    assert all(parse_qs(url[1:])["groupe"] == ["Sud"] for _, url, _ in alone["spans"])


def test_the_figures_and_the_bars_open_their_lines(client_as: Any) -> None:
    for due in (date(2026, 8, 1), OCTOBER):
        make_arrears(lease=let("Narbonne"), dues=[due], amount="400.00", paid="100.00")
    client = client_as(Role.DIRECTOR)
    page = client.get("/", {"p": "trimestre"}).context["page"]
    assert [bar.url for bar in page.recovery]
    for bar in page.recovery:
        opened = client.get(bar.url).context
        assert opened["total"].cells["Part"].replace("\u00a0", " ") == bar.text.replace("\u00a0", " ")
    figure = page.figures[0]
    assert client.get(figure.url).context["total"].cells["Part"] == figure.text


def test_no_answer_yet_and_a_cause_that_nobody_knows_have_two_names(client_as: Any) -> None:
    make_arrears(dues=[OCTOBER])
    shown = text(client_as(Role.DIRECTOR).get("/"))
    assert "Sans réponse du service social" in shown
    assert "renseignée" not in shown
