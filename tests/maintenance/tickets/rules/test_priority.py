"""Priority, due date and who pays, by the list of problems."""

from datetime import date

import pytest

from maintenance.enums import PaidBy, Priority, Trade
from maintenance.rules.priority import EMERGENCIES, PROBLEMS, Delays, propose_payer, urgency

DAY = date(2026, 11, 5)
DELAYS = Delays()


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
    assert "proposée : normale" in found.explanation.rule


def test_delays_are_data() -> None:
    assert urgency(trade="OTHER", problem="", opened_on=DAY, delays=Delays(normal=10)).due_on == date(2026, 11, 15)


def test_the_list_speaks_the_words_of_the_database() -> None:
    assert {p.trade for p in PROBLEMS} <= set(Trade.values)
    assert {p.priority for p in PROBLEMS} <= set(Priority.values)
    assert {p.payer for p in PROBLEMS} <= set(PaidBy.values)
    assert len({p.code for p in PROBLEMS}) == len(PROBLEMS)
    assert max(len(p.code) for p in PROBLEMS) <= 16


def test_what_puts_a_person_in_danger_is_an_emergency() -> None:
    assert {"GAS", "POWER_NONE", "WATER_NONE", "HEAT_NONE", "SPARKS", "STUCK"} <= EMERGENCIES


def test_a_tenant_is_charged_only_with_an_approval() -> None:
    tap, leak, unknown = (propose_payer(problem=code) for code in ("TAP", "LEAK", ""))
    assert (tap.paid_by, tap.needs_approval) == ("TENANT", True)
    assert "87-712" in tap.reason
    assert (leak.paid_by, leak.needs_approval) == ("OPERATOR", False)
    assert (unknown.paid_by, unknown.needs_approval) == ("OPERATOR", False)
