"""How the state of a message is shown."""

from common.looks import Look
from office.messages.codes import CallOutcome, MessageState

LOOKS: dict[str, Look] = {
    MessageState.CREATED: Look(MessageState.CREATED.label, "queued"),
    MessageState.HELD: Look(MessageState.HELD.label, "paused"),
    MessageState.SENDING: Look(MessageState.SENDING.label, "running"),
    MessageState.SENT: Look(MessageState.SENT.label, "info", "send"),
    MessageState.DELIVERED: Look(MessageState.DELIVERED.label, "done"),
    MessageState.TEMPORARY_FAILURE: Look(MessageState.TEMPORARY_FAILURE.label, "technical"),
    MessageState.PERMANENT_FAILURE: Look(MessageState.PERMANENT_FAILURE.label, "late"),
    MessageState.TECHNICAL_FAILURE: Look(MessageState.TECHNICAL_FAILURE.label, "attention"),
    MessageState.RETURNED: Look(MessageState.RETURNED.label, "late"),
    MessageState.WITHDRAWN: Look(MessageState.WITHDRAWN.label, "neutral", "x"),
}

CALLS: dict[str, Look] = {
    MessageState.CREATED: Look("À passer", "queued"),
    MessageState.DELIVERED: Look(CallOutcome.REACHED.label, "done"),
    MessageState.TEMPORARY_FAILURE: Look(CallOutcome.NO_ANSWER.label, "technical"),
    MessageState.PERMANENT_FAILURE: Look(CallOutcome.WRONG_NUMBER.label, "late"),
}
"""A call is made, not sent."""
