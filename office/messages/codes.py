"""Codes of messages: by which way they leave, how far they are, what a provider reports."""

from common.codes import Code
from common.workflow import Workflow


class Channel(Code):
    SMS = "SMS", "SMS"
    EMAIL = "EMAIL", "Courriel"
    PAPER = "PAPER", "Courrier"
    CALL = "CALL", "Appel"


ABOUT_MESSAGE = "message"
"""What the task and the notice of a failure are about: the id is the message's."""
ABOUT_STAFF = "staff"
"""A message about a user, to that user: no message to a household, so those who read these don't see it."""
SOCIAL = "social:"
"""What `about` begins with where a message tells of social support: who posts the letters of the house and reads its
messages does not see it. Its letters are printed, and its failures come back, where it was decided."""
BY_WORKER = frozenset({Channel.SMS, Channel.EMAIL})
"""What leaves by itself. Paper is posted and a call is made by a person."""
SUBJECTED = frozenset({Channel.EMAIL, Channel.PAPER})
"""What has a subject line."""


WITHOUT_ADDRESS = frozenset({Channel.PAPER, Channel.CALL})
"""What a person brings to its addressee: the paper has the address, and who calls may know the number."""


class MessageState(Code):
    CREATED = "CREATED", "À envoyer"
    HELD = "HELD", "Retenu"
    SENDING = "SENDING", "Envoi en cours"
    SENT = "SENT", "Envoyé"
    DELIVERED = "DELIVERED", "Reçu"
    TEMPORARY_FAILURE = "TEMPORARY", "Nouvel essai prévu"
    PERMANENT_FAILURE = "PERMANENT", "Non remis"
    TECHNICAL_FAILURE = "TECHNICAL", "Envoi incertain"
    RETURNED = "RETURNED", "Revenu"
    WITHDRAWN = "WITHDRAWN", "Retiré"


WAITING_STATES = frozenset({MessageState.CREATED, MessageState.HELD, MessageState.TEMPORARY_FAILURE})
"""It has not left: the gate is asked, and it can be withdrawn."""
GONE_STATES = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.RETURNED})
"""A provider, or the post, has taken it."""
FAILED_STATES = frozenset({MessageState.PERMANENT_FAILURE, MessageState.TECHNICAL_FAILURE, MessageState.RETURNED})
"""It comes back to who decided, until somebody has seen to it."""
STOPPED_STATES = FAILED_STATES | {MessageState.HELD, MessageState.WITHDRAWN}
"""It says why."""

HAND_STATES = frozenset({MessageState.CREATED, MessageState.SENDING, MessageState.TEMPORARY_FAILURE})
"""What a person brings is to call, or to print and post. One that is held waits for something else."""

MESSAGE_FLOW = Workflow(
    {
        MessageState.CREATED: {MessageState.HELD, MessageState.SENDING, MessageState.WITHDRAWN},
        MessageState.HELD: {MessageState.CREATED, MessageState.WITHDRAWN},
        MessageState.SENDING: {
            MessageState.CREATED,  # a lot of paper that was not posted; one in doubt, which waits for another try
            MessageState.SENT,
            MessageState.TEMPORARY_FAILURE,
            MessageState.PERMANENT_FAILURE,
            MessageState.TECHNICAL_FAILURE,
        },
        MessageState.TEMPORARY_FAILURE: {
            MessageState.SENDING,
            MessageState.HELD,
            MessageState.WITHDRAWN,
            MessageState.CREATED,  # a call that was noted by mistake
        },
        MessageState.SENT: {
            MessageState.DELIVERED,
            MessageState.PERMANENT_FAILURE,
            MessageState.RETURNED,
            MessageState.SENDING,  # a lot of paper that was said to be posted by mistake
        },
        MessageState.DELIVERED: {
            MessageState.RETURNED,
            MessageState.CREATED,  # a call that was noted by mistake
        },
        MessageState.PERMANENT_FAILURE: {MessageState.CREATED},
        MessageState.TECHNICAL_FAILURE: {MessageState.CREATED},
        MessageState.RETURNED: {MessageState.CREATED},
        MessageState.WITHDRAWN: set(),
    }
)


class Outcome(Code):
    """What a provider says of a message that it took."""

    PROGRESS = "PROGRESS", "En route"
    DELIVERED = "DELIVERED", "Reçu"
    FAILED = "FAILED", "Non remis"


class MessageNotice(Code):
    """What who decided a message is told."""

    FAILED = "MESSAGE_FAILED", "Message non remis"


class MessageDuty(Code):
    """What a message asks of who decided it."""

    FAILED = "MESSAGE_FAILED", "Message non remis"


class CallOutcome(Code):
    """What a call gave."""

    REACHED = "REACHED", "Joint"
    NO_ANSWER = "NO_ANSWER", "Pas de réponse"
    WRONG_NUMBER = "WRONG", "Faux numéro"
