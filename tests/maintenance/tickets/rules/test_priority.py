"""Priority, due date and who pays, by the list of problems."""

from dataclasses import replace
from datetime import date

import pytest

from maintenance.tickets.codes import Priority
from maintenance.tickets.rules.priority import PROBLEMS, Delays, propose_payer, urgency

DAY = date(2026, 11, 5)
DELAYS = Delays(emergency=1, high=3, normal=15, low=60)


@pytest.mark.parametrize(
    ("trade", "problem", "chosen", "priority", "due"),
    [
        ("HEATING", "GAS", "", "URGENT", date(2026, 11, 6)),
        ("PLUMBING", "LEAK", "", "HIGH", date(2026, 11, 8)),
        ("PLUMBING", "TAP", "", "NORMAL", date(2026, 11, 20)),
        ("JOINERY", "HANDLE", "", "LOW", date(2027, 1, 4)),
        ("DAMP", "", "", "HIGH", date(2026, 11, 8)),
        ("OTHER", "", "", "NORMAL", date(2026, 11, 20)),
        ("PLUMBING", "TAP", "URGENT", "URGENT", date(2026, 11, 6)),
    ],
)
def test_urgency(trade: str, problem: str, chosen: str, priority: str, due: date) -> None:
    found = urgency(trade=trade, problem=problem, opened_on=DAY, delays=DELAYS, chosen=chosen)
    assert (found.priority, found.due_on) == (priority, due)


def test_a_chosen_priority_says_what_was_proposed() -> None:
    found = urgency(trade="PLUMBING", problem="TAP", opened_on=DAY, delays=DELAYS, chosen="URGENT")
    assert found.reason.text() == "Priorité urgence : 24 heures"
    assert found.reason.rule is not None
    assert found.reason.rule.text() == "Priorité choisie à la saisie (proposée : normale)"
    same = urgency(trade="PLUMBING", problem="TAP", opened_on=DAY, delays=DELAYS, chosen="NORMAL")
    assert same.reason.rule is not None
    assert same.reason.rule.text() == "Priorité du problème"


@pytest.mark.parametrize(
    ("trade", "problem", "emergency", "words", "rule"),
    [
        (
            "HEATING",
            "GAS",
            1,
            "Priorité urgence : 24 heures",
            "Liste des urgences : une personne ou le bâti est en danger",
        ),
        (
            "HEATING",
            "GAS",
            2,
            "Priorité urgence : 2 jours",
            "Liste des urgences : une personne ou le bâti est en danger",
        ),
        ("PLUMBING", "LEAK", 1, "Priorité rapide : 1 jour", "Priorité du problème"),
        ("DAMP", "", 1, "Priorité rapide : 1 jour", "Priorité du métier"),
    ],
)
def test_an_urgency_says_where_it_comes_from(trade: str, problem: str, emergency: int, words: str, rule: str) -> None:
    delays = replace(DELAYS, emergency=emergency, high=1)
    found = urgency(trade=trade, problem=problem, opened_on=DAY, delays=delays)
    assert found.reason.rule is not None
    assert (found.reason.text().replace("\u00a0", " "), found.reason.rule.text()) == (words, rule)


def test_delays_are_data() -> None:
    assert urgency(trade="OTHER", problem="", opened_on=DAY, delays=replace(DELAYS, normal=10)).due_on == date(
        2026, 11, 15
    )


def test_each_problem_has_a_code_that_the_database_can_hold() -> None:
    assert len({p.code for p in PROBLEMS}) == len(PROBLEMS)
    assert max(len(p.code) for p in PROBLEMS) <= 16


def test_what_puts_a_person_in_danger_is_an_emergency() -> None:
    emergencies = {problem.code for problem in PROBLEMS if problem.priority is Priority.EMERGENCY}
    assert {"GAS", "POWER_NONE", "WATER_NONE", "HEAT_NONE", "SPARKS", "STUCK"} <= emergencies
    assert not {"LEAK", "TAP", "BOILER_CARE", "LIFT"} & emergencies


def test_a_tenant_is_charged_only_with_an_approval() -> None:
    tap, leak, unknown = (propose_payer(problem=code) for code in ("TAP", "LEAK", ""))
    assert (tap.paid_by, tap.needs_approval) == ("TENANT", True)
    assert "87-712" in tap.reason.text()
    assert (leak.paid_by, leak.needs_approval) == ("OPERATOR", False)
    assert (unknown.paid_by, unknown.needs_approval) == ("OPERATOR", False)
