"""How the states and the priorities of tickets are shown."""

from common.looks import Look
from maintenance.tickets.codes import Priority, TicketState

HELD = Look("En attente", "paused")
STATES: dict[str, Look] = {
    TicketState.OPEN: Look(TicketState.OPEN.label, "new"),
    TicketState.ASSIGNED: Look(TicketState.ASSIGNED.label, "todo"),
    TicketState.STARTED: Look(TicketState.STARTED.label, "running"),
    TicketState.DONE: Look(TicketState.DONE.label, "done"),
    TicketState.CANCELLED: Look(TicketState.CANCELLED.label, "gone", "x"),
}
PRIORITIES: dict[str, Look] = {
    Priority.EMERGENCY: Look(Priority.EMERGENCY.label, "danger", "alert-triangle"),
    Priority.HIGH: Look(Priority.HIGH.label, "warn", "arrow-up"),
    Priority.NORMAL: Look(Priority.NORMAL.label, "neutral", "calendar"),
    Priority.LOW: Look(Priority.LOW.label, "neutral", "calendar"),
}
