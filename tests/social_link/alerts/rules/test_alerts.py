"""The starter rules R1, R2, R5, R9, R10 and ASKED, as tables of cases."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from social_link.enums import AlertLevel, AlertRule
from social_link.rules import alerts as rules
from social_link.rules.alerts import (
    Absence,
    AlertParams,
    BenefitFacts,
    CaseFacts,
    RequestFacts,
    SignalFacts,
    Trigger,
    UnpaidTerm,
)

PARAMS = AlertParams()
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
DAY = date(2026, 11, 6)
# Mme Sarr of the mock-ups: 213,00 € a month, 120,00 € received on 12 October.
SARR = CaseFacts(
    case_id=7,
    household_id=412,
    terms=(UnpaidTerm(OCT, Decimal("93.00")), UnpaidTerm(NOV, Decimal("213.00"))),
    net_term=Decimal("213.00"),
    known_until=DAY,
    is_type_1=True,
    is_sublet=True,
    entered_on=date(2024, 3, 15),
    last_payment_on=date(2026, 10, 12),
    last_payment=Decimal("120.00"),
    aid_pending=Decimal("572.00"),
)


def said(trigger: Trigger) -> list[str]:
    """The facts with plain spaces."""
    return [fact.replace("\u00a0", " ") for fact in trigger.facts]


def terms(*pairs: tuple[date, str]) -> tuple[UnpaidTerm, ...]:
    return tuple(UnpaidTerm(due, Decimal(left)) for due, left in pairs)


def test_second_default_says_amounts_and_dates() -> None:
    trigger = rules.second_default(SARR, day=DAY, params=PARAMS)
    assert trigger is not None
    assert (trigger.key, trigger.rule, trigger.level) == ("R2:C7:2026-11-01", "R2", "HIGH")
    assert (trigger.household_id, trigger.case_id) == (412, 7)
    assert said(trigger) == [
        "306,00 € dus sur deux termes, premier défaut le 1er octobre 2026",
        "Terme du 1er octobre 2026 : reste 93,00 €",
        "Terme du 1er novembre 2026 : reste 213,00 €",
        "Dernier paiement : 120,00 € le 12 octobre 2026",
        "Aide au logement attendue, à part : 572,00 €",
        "Banque connue jusqu’au 6 novembre 2026",
        "Plus d’un terme net (213,00 €) manque sur deux termes",
    ]
    assert trigger.figures == {
        "total": "306.00", "first_default_on": "2026-10-01", "terms": "2", "net_term": "213.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "day", "fires"),
    [
        ({}, date(2026, 11, 6), True),
        ({}, date(2026, 11, 5), False),  # four days after the due date of November
        ({"known_until": date(2026, 11, 5)}, date(2026, 11, 9), False),  # the bank is not known that far
        ({"known_until": None}, DAY, False),
        ({"terms": terms((OCT, "93.00"), (NOV, "120.00"))}, DAY, False),  # together exactly one net term
        ({"terms": terms((OCT, "93.00"), (NOV, "120.01"))}, DAY, True),
        ({"terms": terms((NOV, "426.00"))}, DAY, False),  # one term only, whatever its amount
        ({"is_type_1": False, "is_sublet": False}, DAY, False),
        ({"is_type_1": False, "is_sublet": False, "is_iml": True}, DAY, True),
        ({"is_type_1": False}, DAY, True),
        ({"net_term": None}, DAY, False),
        ({"net_term": Decimal("0.00")}, DAY, False),
        ({"held_until": DAY}, DAY, False),  # the social service already answered and holds
        ({"held_until": date(2026, 11, 5)}, DAY, True),
    ],
)
def test_second_default(changes: dict[str, object], day: date, fires: bool) -> None:
    assert (rules.second_default(replace(SARR, **changes), day=day, params=PARAMS) is not None) == fires


TYPE_2 = replace(SARR, is_type_1=False, is_type_2=True, is_sublet=False, terms=terms((NOV, "40.00")))


@pytest.mark.parametrize(
    ("changes", "day", "fires"),
    [
        ({}, date(2026, 11, 6), True),
        ({}, date(2026, 11, 5), False),
        ({"known_until": date(2026, 11, 5)}, DAY, False),
        ({"terms": ()}, DAY, False),
        ({"is_type_2": False}, DAY, False),  # long in the place
        ({"is_type_2": False, "entered_on": date(2026, 8, 2)}, DAY, True),  # first three months: to 1 November
        ({"is_type_2": False, "entered_on": date(2026, 8, 1)}, DAY, False),
        ({"is_type_2": False, "entered_on": None}, DAY, False),
        ({"held_until": date(2026, 12, 9)}, DAY, False),
    ],
)
def test_first_default(changes: dict[str, object], day: date, fires: bool) -> None:
    trigger = rules.first_default(replace(TYPE_2, **changes), day=day, params=PARAMS)
    assert (trigger is not None) == fires
    if trigger:
        assert (trigger.key, trigger.rule, trigger.level) == ("R1:C7:2026-11-01", "R1", "NORMAL")
        assert said(trigger)[0] == "40,00 € dus sur un terme, premier défaut le 1er novembre 2026"


def test_the_second_default_says_more_than_the_first() -> None:
    both = replace(SARR, is_type_2=True)
    found = rules.unpaid(both, day=DAY, params=PARAMS)
    assert found is not None
    assert found.rule == "R2"


def test_a_case_without_payment_says_so() -> None:
    trigger = rules.first_default(replace(TYPE_2, last_payment_on=None, last_payment=None), day=DAY, params=PARAMS)
    assert trigger is not None
    assert "Aucun paiement enregistré" in trigger.facts


@pytest.mark.parametrize(
    ("before", "now", "fires", "words"),
    [
        (
            "241.00",
            "96.00",
            True,
            "Aide au logement d’octobre 2026 : 96,00 €, contre 241,00 € pour le mois de septembre",
        ),
        ("241.00", "0.00", True, "rien reçu, contre 241,00 €"),
        ("241.00", "-12.00", True, "rien reçu"),
        ("100.00", "80.00", False, ""),  # exactly 80 %
        ("100.00", "79.99", True, "79,99 €"),
        ("0.00", "0.00", False, ""),
        ("100.00", "120.00", False, ""),
    ],
)
def test_benefit_fell(before: str, now: str, fires: bool, words: str) -> None:
    facts = BenefitFacts(5, 9, OCT, Decimal(before), Decimal(now))
    trigger = rules.benefit_fell(facts, params=PARAMS)
    assert (trigger is not None) == fires
    if trigger:
        assert (trigger.key, trigger.rule, trigger.case_id) == ("R5:H5:L9-2026-10", "R5", None)
        assert words in trigger.facts[0].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        ([date(2026, 10, 21), date(2026, 11, 5)], ["R9:H1:I1"]),
        ([date(2026, 10, 6), date(2026, 11, 5)], ["R9:H1:I1"]),  # thirty days
        ([date(2026, 10, 5), date(2026, 11, 5)], []),  # thirty-one
        ([date(2026, 11, 5)], []),
        ([date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 5)], ["R9:H1:I1", "R9:H1:I2"]),
        ([date(2026, 11, 5), date(2026, 11, 5)], ["R9:H1:I1"]),
    ],
)
def test_two_absences(days: list[date], keys: list[str]) -> None:
    found = rules.repeated_absences([Absence(1, f"I{n}", on) for n, on in enumerate(days)], params=PARAMS)
    assert [t.key for t in found] == keys
    assert all((t.rule, t.level) == ("R9", "HIGH") for t in found)


def test_absences_of_two_households_are_no_pair() -> None:
    found = rules.repeated_absences([Absence(1, "I1", DAY), Absence(2, "I2", DAY)], params=PARAMS)
    assert found == []


def test_absences_say_for_whom() -> None:
    mixed = [Absence(1, "C4", date(2026, 10, 21)), Absence(1, "I7", DAY)]
    (trigger,) = rules.repeated_absences(mixed, params=PARAMS)
    assert said(trigger) == ["Absent pour deux services les 21 octobre 2026 et 6 novembre 2026"]


@pytest.mark.parametrize(
    ("kind", "level"),
    [("DANGER", "URGENT"), ("UNWELL", "URGENT"), ("CLUTTER", "NORMAL"), ("ABSENCE", "NORMAL"), ("TENSION", "NORMAL")],
)
def test_weak_signal(kind: str, level: str) -> None:
    trigger = rules.weak_signal(SignalFacts(3, 5, kind, DAY, "8 h 50"))
    assert (trigger.key, trigger.level, trigger.case_id) == ("R10:H5:S3", level, None)
    assert "à 8 h 50 par le technicien" in trigger.facts[0]


def test_asked_by_the_rental_manager() -> None:
    trigger = rules.asked(RequestFacts(3, SARR, DAY, "Nadège Prigent"), day=DAY)
    assert trigger.key == "ASKED:C7:3"
    assert said(trigger)[0] == "Demandé par la gestion locative (Nadège Prigent) le 6 novembre 2026"
    assert said(trigger)[1].startswith("306,00 €")
    settled = rules.asked(RequestFacts(3, replace(SARR, terms=()), DAY, ""), day=DAY)
    assert said(settled) == ["Demandé par la gestion locative le 6 novembre 2026"]


def test_no_fact_is_a_judgement_and_the_codes_are_the_databases() -> None:
    assert {rules.R1, rules.R2, rules.R5, rules.R9, rules.R10, rules.ASKED} == set(AlertRule.values)
    assert tuple(AlertLevel.values) == rules.LEVELS
    assert rules.higher("NORMAL", "URGENT") == rules.higher("URGENT", "HIGH") == "URGENT"
