"""What the early signs were worth: five accounts counted by hand; a sign counts from the day on which it was known."""

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.parameters.services import set_value
from rent_ledger.arrears.models import EarlySign
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Posting, SignMeasure
from rent_ledger.policy.queries.sign_measures import last_measure
from rent_ledger.policy.services.measuring import measure_signs
from tests.factories import make_actor, make_association, make_bank_known, make_let, owe, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20T10:00")]
FIRST, LAST = date(2026, 7, 20), date(2026, 9, 20)
JUL, AUG, SEP = (date(2026, month, 1) for month in (7, 8, 9))


def account_of(*, aug: date | None = AUG, sep: date | None = SEP) -> int:
    """An account that paid July on its day, August and September on these days (None: not at all)."""
    lease = make_let(start=date(2024, 3, 15))
    for due, paid in ((JUL, JUL), (AUG, aug), (SEP, sep)):
        account = owe(lease=lease, due_on=due)
        if paid:
            pay(account=account, on=paid)
    return account


def known(account: int, on: date, kind: str = "LATE") -> None:
    EarlySign.objects.create(account_id=account, kind=kind, key=f"{on}", since=on, known_on=on, reason={"code": "x"})


@pytest.fixture(autouse=True)
def house() -> Iterator[None]:
    """What was unpaid is judged up to the 19th of November; a term is unpaid on the sixth day after its due day."""
    make_association()
    make_bank_known(until=date(2026, 11, 19))
    with clock.travel(date(2026, 11, 20)):
        yield


def given(within: int, *, since: date = date(2025, 1, 1)) -> None:
    set_value(key="arrears.sign_within_days", value=within, since=since, source="Essai", actor=Actor.system())


@pytest.fixture
def five() -> None:
    # Right: August is unpaid on the 7th, eighteen days after the sign.
    known(account_of(aug=date(2026, 8, 25)), date(2026, 7, 20))
    # Wrong: all was paid in time. The sixth day is too late, the fifth is not.
    known(account_of(aug=date(2026, 8, 6)), date(2026, 7, 20))
    # No sign; August and September are one first default.
    account_of(aug=None, sep=None)
    # Known on the day on which August was unpaid: it foretold nothing.
    known(account_of(aug=date(2026, 8, 25)), date(2026, 8, 7))
    # Wrong: August was asked by mistake, and reversed.
    mistaken = account_of(aug=None)
    entry = Posting.objects.get(debit=mistaken, due_on=AUG).entry_id
    known(mistaken, date(2026, 7, 20), "PART")
    reverse(entry_ids=[entry], actor=make_actor())


def measured() -> dict[str, tuple[int, int, int, int]]:
    rows = measure_signs(first=FIRST, last=LAST, actor=make_actor(role="ADMINISTRATOR"))
    return {row.kind: (row.signs, row.right, row.defaults, row.foreseen) for row in rows}


def test_each_kind_is_counted_and_all_together(five: None) -> None:
    assert measured() == {"": (4, 1, 3, 1), "LATE": (3, 1, 3, 1), "PART": (1, 0, 3, 0)}
    assert [row.kind for row in last_measure()] == ["", "LATE", "PART"]


def test_a_sign_that_is_older_than_the_delay_foretells_nothing(five: None) -> None:
    """Eighteen days from the 20th of July to the 7th of August, included."""
    given(18)
    assert measured()[""] == (4, 1, 3, 1)
    given(17, since=date(2025, 1, 2))
    assert measured()[""] == (4, 0, 3, 0)


def test_the_delay_is_that_of_the_measured_days(five: None) -> None:
    """A change of today does not judge last summer otherwise."""
    given(17, since=date(2026, 10, 1))
    assert measured()[""] == (4, 1, 3, 1)


def test_measured_again_the_rows_are_replaced(five: None) -> None:
    measured()
    EarlySign.objects.filter(kind="PART").delete()
    assert measured() == {"": (3, 1, 3, 1), "LATE": (3, 1, 3, 1)}
    assert SignMeasure.objects.count() == 2


def test_a_share_is_told_from_enough_cases_on(five: None) -> None:
    measured()
    row = SignMeasure.objects.get(kind="")
    assert (row.precision(4), row.precision(5), row.recall(3), row.recall(4)) == (25, None, 33, None)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        # Sixty days before what the bank knows.
        (FIRST, date(2026, 9, 21), "last"),
        # Nobody looked for signs before.
        (date(2026, 7, 19), LAST, "first"),
        (date(2026, 9, 2), date(2026, 9, 1), "first"),
    ],
)
def test_days_that_say_nothing_are_refused(five: None, first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        measure_signs(first=first, last=last, actor=make_actor(role="ADMINISTRATOR"))
    assert refused.value.field == field


def test_nothing_is_measured_without_a_sign() -> None:
    account_of()
    with pytest.raises(InvalidInput, match="Aucun signe"):
        measure_signs(first=FIRST, last=LAST, actor=make_actor(role="ADMINISTRATOR"))


def test_the_command_measures_the_last_year_that_can_be_judged(five: None) -> None:
    out = StringIO()
    call_command("measure_signs", "--wet-run", stdout=out)
    text = out.getvalue().replace("\xa0", " ")
    assert "Signes du 20 juil. 2026 au 20 sept. 2026, jugés sur 60 jours" in text
    assert "Tous les signes : 1 sur 4 signes (pas assez de cas) ; 1 sur 3 premiers impayés (pas assez de cas)" in text
    assert SignMeasure.objects.count() == 3
