"""Every state that a page shows has its look, which the tags can write."""

import pytest

from common.codes import Code
from common.looks import HUES, MEANINGS, Look
from maintenance.tickets import looks as maintenance
from maintenance.tickets.codes import Priority, TicketState
from social_link.alerts import looks as alerts
from social_link.alerts.codes import AlertRule
from social_link.contacts import looks as contacts
from social_link.contacts.codes import NoteLevel


@pytest.mark.parametrize(
    ("looks", "codes"),
    [
        (maintenance.STATES, TicketState),
        (maintenance.PRIORITIES, Priority),
        (alerts.RULES, AlertRule),
        (contacts.NOTES, NoteLevel),
    ],
)
def test_every_code_has_its_look(looks: dict[str, Look], codes: type[Code]) -> None:
    assert set(looks) == set(codes)
    assert [look.label for look in looks.values()] == [codes(code).label for code in looks]
    for look in (*looks.values(), maintenance.HELD, alerts.URGENT):
        assert look.meaning in MEANINGS or (look.meaning in HUES and look.icon)
