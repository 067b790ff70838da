"""What is expected of the CAF for a month, and what a payment settles."""

from datetime import date
from decimal import Decimal

import pytest

from common.periods import Month
from rent_ledger.rights.codes import AidWhy
from rent_ledger.rights.rules.benefits import (
    VERSION,
    VERSIONS,
    BenefitParams,
    RightRow,
    benefit_exit,
    expected_benefit,
    next_due_on,
    payment_day,
    settle,
)

NOVEMBER = Month(2026, 11)
PARAMS = BenefitParams(apl_day=25, al_day=5)


def right(**changes: object) -> RightRow:
    values: dict[str, object] = {
        "id": 7,
        "payer_id": 3,
        "kind": "APL",
        "amount": Decimal("210.00"),
        "lower": date(2026, 1, 1),
        "upper": None,
        "direct": True,
    }
    return RightRow(**(values | changes))  # type: ignore[arg-type]


def expected(rights: list[RightRow], *, entry: date = date(2026, 1, 10), leave: date | None = None, gross: str = "480"):
    return expected_benefit(
        month=NOVEMBER, rights=rights, entry_on=entry, exit_on=leave, gross=Decimal(gross), params=PARAMS
    )


def test_apl_is_expected_on_the_25th_of_the_month() -> None:
    found = expected([right()])
    assert (found.amount, found.due_on, found.right_id, found.payer_id) == (Decimal("210.00"), date(2026, 11, 25), 7, 3)


@pytest.mark.parametrize("kind", ["ALF", "ALS"])
def test_al_is_expected_on_the_5th_of_the_next_month(kind: str) -> None:
    assert expected([right(kind=kind)]).due_on == date(2026, 12, 5)


def test_the_days_are_parameters() -> None:
    params = BenefitParams(apl_day=31, al_day=8)
    assert payment_day(month=Month(2026, 2), kind="APL", params=params) == date(2026, 2, 28)
    assert payment_day(month=NOVEMBER, kind="ALF", params=params) == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("entry", "leave", "amount"),
    [
        (date(2026, 11, 1), None, 0),
        (date(2026, 11, 30), None, 0),
        (date(2026, 12, 1), None, 0),
        (date(2026, 10, 31), None, 210),
        (date(2026, 1, 1), date(2026, 11, 30), 0),  # the 30th is not occupied
        (date(2026, 1, 1), date(2026, 12, 1), 210),  # occupied to the last day
        (date(2026, 1, 1), date(2026, 11, 1), 0),
        (date(2026, 1, 1), date(2026, 10, 15), 0),
        (date(2026, 1, 1), date(2026, 12, 15), 210),
    ],
)
def test_months_of_entry_and_of_departure(entry: date, leave: date | None, amount: int) -> None:
    assert expected([right()], entry=entry, leave=leave).amount == amount


@pytest.mark.parametrize(
    ("lower", "upper", "amount"),
    [
        (date(2026, 11, 1), None, 210),
        (date(2026, 11, 2), None, 0),
        (date(2026, 1, 1), date(2026, 11, 1), 0),
        (date(2026, 1, 1), date(2026, 11, 2), 210),
        (None, None, 210),
    ],
)
def test_the_right_of_the_first_of_the_month_counts(lower: date | None, upper: date | None, amount: int) -> None:
    assert expected([right(lower=lower, upper=upper)]).amount == amount


def test_never_more_than_what_is_billed() -> None:
    found = expected([right()], gross="150.40")
    assert found.amount == Decimal("150.40")
    assert found.reason.text() == "APL limitée au loyer et aux charges"


def test_all_of_a_right_is_expected_where_the_rent_is_more() -> None:
    assert expected([right()]).reason.text() == "APL attendue"


@pytest.mark.parametrize(
    ("rights", "dates", "gross", "words"),
    [
        ([], {}, "480", "aucun droit à l’aide ce mois-ci"),
        ([right(direct=False)], {}, "480", "aide versée au ménage, pas au bailleur"),
        ([right()], {"entry": date(2026, 11, 1)}, "480", "pas d’aide pour le mois d’entrée"),
        ([right()], {"leave": date(2026, 11, 30)}, "480", "pas d’aide pour le mois de départ"),
        ([right()], {}, "0", "rien n’est appelé ce mois-ci"),
        ([right(kind="ALS")], {}, "480", "ALS attendue"),
    ],
)
def test_the_reason_of_a_benefit_or_of_none(rights, dates, gross, words) -> None:
    assert expected(rights, gross=gross, **dates).reason.text() == words


def test_less_than_a_euro_billed_is_billed() -> None:
    assert expected([right()], gross="0.40").amount == Decimal("0.40")


def test_nothing_is_expected_where_nothing_is_billed() -> None:
    assert expected([right()], gross="0").right_id is None


def test_a_benefit_paid_to_the_household_is_not_expected() -> None:
    found = expected([right(direct=False)])
    assert (found.amount, found.due_on) == (0, None)


def test_a_changed_right_counts_from_its_month() -> None:
    old = right(upper=date(2026, 11, 1))
    new = right(id=8, amount=Decimal("95.10"), lower=date(2026, 11, 1))
    assert expected([old, new]).right_id == 8


@pytest.mark.parametrize(
    ("awaited", "received", "owed"),
    [
        ("210", "210", "0"),
        ("210", "180", "30"),
        ("210", "240", "-30"),
        ("0", "55", "-55"),
        ("0", "-40", "40"),
        ("210", "0", "210"),
    ],
)
def test_settlement_is_the_difference(awaited: str, received: str, owed: str) -> None:
    assert settle(month=NOVEMBER, expected=Decimal(awaited), received=Decimal(received)).owed == Decimal(owed)


def test_what_was_expected_is_rebuilt_by_the_version_that_expected_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = expected([right()])
    monkeypatch.setitem(VERSIONS, 0, lambda **facts: "as before")
    facts = {
        "month": NOVEMBER, "rights": [right()], "entry_on": date(2026, 1, 10), "exit_on": None,
        "gross": Decimal(480), "params": PARAMS,
    }  # fmt: skip
    assert expected_benefit(**facts, version=0) == "as before"  # type: ignore[arg-type]
    assert expected_benefit(**facts, version=VERSION) == now  # type: ignore[arg-type]


def test_settlement_says_why_with_amounts() -> None:
    found = settle(month=NOVEMBER, expected=Decimal("210.00"), received=Decimal("180.50"), note="indu")
    assert found.reason.detail is not None
    words = f"{found.reason.text()} {found.reason.detail.text()}"
    assert words == "Aide de novembre\u00a02026 : 180,50\u00a0€ reçus pour 210,00\u00a0€ attendus (indu)"


@pytest.mark.parametrize(
    ("awaited", "received", "reason"),
    [
        ("210.00", "210.00", "Aide de novembre 2026 : reçue comme prévu"),
        ("210.00", "209.60", "Aide de novembre 2026 : 209,60 € reçus pour 210,00 € attendus"),
        ("210.00", "210.40", "Aide de novembre 2026 : 0,40 € de plus que prévu, au crédit du ménage"),
    ],
)
def test_settlement_of_less_than_a_euro_is_said(awaited: str, received: str, reason: str) -> None:
    found = settle(month=NOVEMBER, expected=Decimal(awaited), received=Decimal(received))
    assert found.reason.text().replace("\u00a0", " ") == reason
    assert found.reason.detail is None


@pytest.mark.parametrize(
    ("in_arrears", "today", "due_on"),
    [
        (False, date(2026, 11, 25), date(2026, 12, 5)),
        (False, date(2026, 12, 5), date(2027, 1, 5)),  # that one can't be told any more
        (True, date(2026, 11, 25), date(2027, 1, 5)),
    ],
)
def test_a_shortfall_waits_for_the_next_demand(in_arrears: bool, today: date, due_on: date) -> None:
    assert next_due_on(after=NOVEMBER, in_arrears=in_arrears, due_day=5, not_before=today) == due_on


@pytest.mark.parametrize(
    ("exit_on", "died", "expected"),
    [
        (None, True, None),
        (date(2026, 11, 16), False, date(2026, 11, 16)),
        (date(2026, 11, 16), True, date(2026, 12, 1)),
        (date(2026, 11, 2), True, date(2026, 12, 1)),
        # The last day is 30 November: the month of the death is whole already.
        (date(2026, 12, 1), True, date(2026, 12, 1)),
        (date(2028, 2, 29), True, date(2028, 3, 1)),
        (date(2027, 1, 1), True, date(2027, 1, 1)),
    ],
)
def test_a_death_keeps_the_benefit_of_its_month(exit_on: date | None, died: bool, expected: date | None) -> None:
    assert benefit_exit(exit_on, died=died) == expected


@pytest.mark.parametrize("follows", ["ALT", "AIDED"])
@pytest.mark.parametrize(
    ("entry", "leave", "lower", "amount"),
    [
        # R. 823-11 and R. 823-14 (RULES C1, B3): due from the month of entry; the right covers its first day.
        (date(2026, 11, 12), None, date(2026, 11, 1), "210.00"),
        (date(2026, 11, 1), None, date(2026, 11, 1), "210.00"),
        (date(2026, 11, 30), None, date(2026, 11, 1), "210.00"),
        # Never before the month of entry, nor where the right begins later (R. 823-10 al. 2).
        (date(2026, 12, 1), None, date(2026, 11, 1), "0.00"),
        (date(2026, 11, 12), None, date(2026, 12, 1), "0.00"),
        # Who leaves within the month has nothing for it.
        (date(2026, 11, 2), date(2026, 11, 20), date(2026, 11, 1), "0.00"),
        (date(2026, 10, 12), None, date(2026, 11, 1), "210.00"),
    ],
)
def test_a_right_that_follows_is_due_from_the_month_of_entry(follows, entry, leave, lower, amount) -> None:
    found = expected([right(lower=lower, follows=follows)], entry=entry, leave=leave)
    assert found.amount == Decimal(amount)


def test_what_was_expected_before_is_rebuilt_as_it_was() -> None:
    facts = {"month": NOVEMBER, "rights": [right(follows="ALT")], "entry_on": date(2026, 11, 12), "exit_on": None,
             "gross": Decimal(480), "params": PARAMS}  # fmt: skip
    assert expected_benefit(**facts, version=1).reason.code == AidWhy.MONTH_OF_ENTRY
    assert expected_benefit(**facts, version=2).amount == Decimal("210.00")


@pytest.mark.parametrize(
    ("leave", "followed", "amount", "why"),
    [
        # R. 823-14: to the last day of the month of exit, where another aided dwelling follows.
        (date(2026, 11, 21), True, "210.00", AidWhy.KEPT),
        (date(2026, 11, 2), True, "210.00", AidWhy.KEPT),
        (date(2026, 11, 30), True, "210.00", AidWhy.KEPT),
        (date(2026, 12, 1), True, "210.00", AidWhy.EXPECTED),  # the month is whole
        (date(2026, 11, 1), True, "0.00", AidWhy.MONTH_OF_DEPARTURE),  # left in October
        (date(2026, 12, 20), True, "210.00", AidWhy.EXPECTED),
        (None, True, "210.00", AidWhy.EXPECTED),
        (date(2026, 11, 21), False, "0.00", AidWhy.MONTH_OF_DEPARTURE),
    ],
)
def test_the_month_of_a_departure_that_is_followed(leave, followed, amount, why) -> None:
    found = expected([right(followed=followed)], leave=leave)
    assert (found.amount, found.reason.code) == (Decimal(amount), why)


def test_a_month_that_is_kept_says_so_and_is_never_more_than_what_is_billed() -> None:
    found = expected([right(followed=True)], leave=date(2026, 11, 11), gross="160")
    assert (found.amount, found.due_on) == (Decimal(160), date(2026, 11, 25))
    assert found.reason.text() == (
        "APL limitée au loyer et aux charges du mois de départ : un autre logement aidé suit (CCH, art. R. 823-14)"
    )


@pytest.mark.parametrize(
    ("left_until", "entry", "amount", "why"),
    [
        (date(2026, 12, 1), date(2026, 11, 21), "0.00", AidWhy.DUE_WHERE_LEFT),
        (date(2026, 12, 1), date(2026, 10, 25), "0.00", AidWhy.DUE_WHERE_LEFT),  # both were held for a time
        (date(2026, 11, 1), date(2026, 11, 1), "210.00", AidWhy.EXPECTED),
        (date(2026, 11, 1), date(2026, 11, 5), "210.00", AidWhy.EXPECTED),
        (None, date(2026, 11, 21), "210.00", AidWhy.EXPECTED),
    ],
)
def test_a_month_is_due_for_the_dwelling_left_or_for_the_next(left_until, entry, amount, why) -> None:
    found = expected([right(follows="AIDED", left_until=left_until)], entry=entry)
    assert (found.amount, found.reason.code) == (Decimal(amount), why)


def test_what_was_said_of_a_departure_before_is_rebuilt_as_it_was() -> None:
    facts = {"month": NOVEMBER, "rights": [right(followed=True)], "entry_on": date(2026, 1, 10),
             "exit_on": date(2026, 11, 21), "gross": Decimal(480), "params": PARAMS}  # fmt: skip
    for version in (1, 2):
        assert expected_benefit(**facts, version=version).reason.code == AidWhy.MONTH_OF_DEPARTURE
    assert expected_benefit(**facts, version=3).amount == Decimal("210.00")
