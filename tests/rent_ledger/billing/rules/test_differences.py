"""The reasons for a difference are signed amounts that add up to it, whatever was billed."""

import operator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from rent_ledger.billing.rules.differences import Billed, Difference, differences

DEC = Month(2026, 12)
NOV_1, DEC_1, JAN_1 = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def billed(
    *, rent: str = "400.00", charges: str = "80.00", term: str = "", indemnity: str = "0", benefit: str = "0",
    start: date = DEC_1, end: date = JAN_1, others: str = "0", past: tuple[Month, ...] = (),
) -> Billed:  # fmt: skip
    full = {n: Decimal(a) for n, a in (("RENT", rent), ("CHARGES", charges)) if Decimal(a)}
    return Billed(
        Decimal(term) if term else sum(full.values(), ZERO), Decimal(indemnity), Decimal(benefit), full, start, end,
        Decimal(others), past,
    )  # fmt: skip


def before(**facts: str | date | tuple[Month, ...]) -> Billed:
    return billed(**({"start": NOV_1, "end": DEC_1} | facts))  # type: ignore[arg-type]


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(d.code, f"{words(d.reason)} ({words(d.reason.detail)})", str(d.amount)) for d in found]


def words(reason: Reason | None) -> str:
    return reason.text(today=DEC_1).replace("\u00a0", " ") if reason else ""


def test_the_same_month_again_has_no_reason():
    assert differences(before=before(), now=billed(), month=DEC) == ()


def test_rent_and_charges_changed_are_two_reasons():
    found = differences(before=before(), now=billed(rent="404.60", charges="75.00"), month=DEC)
    assert told(found) == [
        ("RENT", "Loyer révisé (400,00 € puis 404,60 €)", "4.60"),
        ("CHARGES", "Charges révisées (80,00 € puis 75,00 €)", "-5.00"),
    ]


def test_a_nature_that_starts_or_stops_is_said():
    more = differences(before=before(charges="0"), now=billed(), month=DEC)
    less = differences(before=before(), now=billed(charges="0"), month=DEC)
    assert told(more) == [("CHARGES", "Charges en plus (80,00 €)", "80.00")]
    assert told(less) == [("CHARGES", "Charges en moins (80,00 €)", "-80.00")]


def test_a_change_within_a_month_and_within_the_last_one_are_told_apart():
    now_less = differences(before=before(), now=billed(term="440.00"), month=DEC)
    then_less = differences(before=before(term="440.00"), now=billed(), month=DEC)
    assert told(now_less) == [("MID_MONTH", "Changement en cours de mois ()", "-40.00")]
    assert told(then_less) == [
        ("MID_MONTH", "Changement du mois dernier (novembre n’était pas un mois entier au même montant)", "40.00")
    ]


def test_a_term_that_starts_within_a_month_after_another_one():
    found = differences(before=before(), now=billed(term="433.55", start=date(2026, 12, 4)), month=DEC)
    assert told(found) == [("ENTRY", "Entrée le 4 déc. (28 jours sur 31)", "-46.45")]


def test_a_contract_after_an_indemnity():
    only = Billed(ZERO, Decimal("480.00"), ZERO, {}, NOV_1, DEC_1)
    assert told(differences(before=only, now=billed(), month=DEC)) == [
        ("AGAIN", "Contrat du 1er déc. (mois entier)", "480.00"),
        ("INDEMNITY", "Fin de l’indemnité d’occupation ()", "-480.00"),
    ]


def test_an_indemnity_that_goes_on():
    part = Billed(ZERO, Decimal("100.00"), ZERO, {}, NOV_1, DEC_1)
    whole = Billed(ZERO, Decimal("480.00"), ZERO, {}, DEC_1, JAN_1)
    assert ("INDEMNITY", "Indemnité d’occupation (100,00 € puis 480,00 €)", "380.00") in told(
        differences(before=part, now=whole, month=DEC)
    )


def test_nothing_more_to_ask_after_a_whole_month():
    found = differences(before=before(benefit="100.00"), now=None, month=DEC)
    assert told(found) == [("GONE", "Plus rien à appeler en décembre ()", "-380.00")]


def test_an_entry_tells_its_days():
    now = billed(term="433.55", start=date(2026, 12, 4))
    assert told(differences(before=None, now=now, month=DEC)) == [
        ("ENTRY", "Entrée le 4 déc. (28 jours sur 31)", "433.55")
    ]
    first = differences(before=None, now=billed(), month=DEC, started_on=DEC_1)
    assert told(first) == [("ENTRY", "Entrée le 1er déc. (mois entier)", "480.00")]


def test_the_month_after_an_entry_is_whole_and_the_aid_starts():
    then = before(term="224.00", start=date(2026, 11, 17))
    assert told(differences(before=then, now=billed(benefit="250.00"), month=DEC)) == [
        ("WHOLE", "Mois entier après l’entrée (entrée le 17 nov., 14 jours sur 30 en novembre)", "256.00"),
        ("BENEFIT_NEW", "Aide attendue (250,00 €)", "-250.00"),
    ]


def test_no_demand_last_month_is_said():
    found = differences(before=None, now=billed(benefit="100.00"), month=DEC, started_on=date(2025, 1, 1))
    assert told(found) == [
        ("NO_DEMAND", "Pas d’avis en novembre (mois entier)", "480.00"),
        ("BENEFIT_NEW", "Aide attendue (100,00 €)", "-100.00"),
    ]


def test_an_exit_within_the_month_and_one_before_it():
    leaving = billed(term="185.81", end=date(2026, 12, 13))
    assert told(differences(before=before(), now=leaving, month=DEC)) == [
        ("EXIT", "Sortie le 12 déc. (12 jours sur 31)", "-294.19")
    ]
    gone = differences(before=before(end=date(2026, 11, 21), benefit="100.00"), now=None, month=DEC)
    assert told(gone) == [("GONE", "Sortie le 20 nov. (rien n’est plus appelé)", "-380.00")]


def test_a_contract_that_ends_with_somebody_inside_gives_an_indemnity_never_called_rent():
    now = billed(term="154.84", indemnity="325.16", end=date(2026, 12, 11))
    found = differences(before=before(), now=now, month=DEC)
    assert told(found) == [
        ("EXIT", "Fin du contrat le 10 déc. (10 jours sur 31)", "-325.16"),
        ("INDEMNITY", "Indemnité d’occupation (le logement reste occupé après le contrat)", "325.16"),
    ]
    only = Billed(ZERO, Decimal("480.00"), ZERO, {}, DEC_1, JAN_1)
    after = differences(before=before(), now=only, month=DEC)
    assert [(d.code, d.amount) for d in after] == [("CONTRACT_END", Decimal("-480.00")), ("INDEMNITY", Decimal("480"))]


def test_each_way_that_aid_moves():
    def aid(then: str, now: str) -> list[tuple[str, str]]:
        found = differences(before=before(benefit=then), now=billed(benefit=now), month=DEC)
        return [(d.code, str(d.amount)) for d in found]

    assert aid("0", "250.00") == [("BENEFIT_NEW", "-250.00")]
    assert aid("250.00", "0") == [("BENEFIT_ENDED", "250.00")]
    assert aid("200.00", "231.50") == [("BENEFIT_UP", "-31.50")]
    assert aid("286.00", "241.00") == [("BENEFIT_DOWN", "45.00")]


def test_a_lease_held_back_asks_for_nothing():
    found = differences(before=before(benefit="80.00"), now=None, month=DEC, is_held=True)
    assert [(d.code, d.amount) for d in found] == [("HELD", Decimal("-400.00"))]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ("0", "0.40", [("Rappel", "0.40")]),
        ("0", "-0.40", [("Avoir", "-0.40")]),
        ("0.40", "0", [("Rappel du mois dernier", "-0.40")]),
        ("-0.40", "0", [("Avoir du mois dernier", "0.40")]),
        ("30.00", "30.00", [("Rappel", "30.00"), ("Rappel du mois dernier", "-30.00")]),
        ("-20.00", "30.00", [("Rappel", "30.00"), ("Avoir du mois dernier", "20.00")]),
        ("0", "0", []),
    ],
    ids=["a claim", "a credit", "a claim of last month", "a credit of last month", "equal claims of two months",
         "a claim after a credit", "none"],
)  # fmt: skip
def test_what_is_asked_beside_the_term_is_for_one_month_only(
    then: str, now: str, expected: list[tuple[str, str]]
) -> None:
    found = differences(before=before(others=then), now=billed(others=now), month=DEC)
    assert [(d.code, words(d.reason), str(d.amount)) for d in found] == [("OTHERS", *said) for said in expected]


def test_what_is_asked_beside_the_first_term_and_the_months_that_it_is_for():
    claim = billed(others="12.00", past=(Month(2026, 10), Month(2026, 11)))
    assert told(differences(before=None, now=claim, month=DEC, started_on=date(2025, 1, 1))) == [
        ("NO_DEMAND", "Pas d’avis en novembre (mois entier)", "480.00"),
        ("OTHERS", "Rappel (octobre 2026 et novembre 2026)", "12.00"),
    ]
    assert told(differences(before=before(others="-5.00"), now=billed(), month=DEC)) == [
        ("OTHERS", "Avoir du mois dernier ()", "5.00")
    ]


def test_a_household_gone_takes_what_was_asked_beside_its_term_with_it():
    # 480 of term and 20 of rappel, less 100 of aid.
    then = before(others="20.00", benefit="100.00", end=date(2026, 11, 21))
    assert [(d.code, str(d.amount)) for d in differences(before=then, now=None, month=DEC)] == [("GONE", "-400.00")]


AMOUNT = st.decimals(min_value=0, max_value=2000, places=2)


@st.composite
def months(draw: st.DrawFn, first: date, days: int) -> Billed | None:
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    natures = draw(st.lists(st.sampled_from(["RENT", "CHARGES", "PARKING", "SERVICES"]), unique=True))
    start = draw(st.integers(0, days - 1))
    return Billed(
        term=draw(AMOUNT),
        indemnity=draw(st.one_of(st.just(ZERO), AMOUNT)),
        benefit=draw(st.one_of(st.just(ZERO), AMOUNT)),
        full={nature: draw(AMOUNT) for nature in natures},
        start=date.fromordinal(first.toordinal() + start),
        end=date.fromordinal(first.toordinal() + draw(st.integers(start + 1, days))),
        others=draw(st.one_of(st.just(ZERO), AMOUNT, AMOUNT.map(operator.neg))),
    )


@given(months(NOV_1, 30), months(DEC_1, 31), st.booleans())
def test_the_reasons_add_up_to_the_difference(then: Billed | None, now: Billed | None, held: bool):
    found = differences(before=then, now=now, month=DEC, is_held=held)
    gap = (now.net if now else ZERO) - (then.net if then else ZERO)
    assert sum((d.amount for d in found), ZERO) == gap
    assert all(d.amount for d in found)
    assert all(d.group for d in found)
