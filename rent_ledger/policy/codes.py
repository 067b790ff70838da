"""Codes of a replay: what a policy would have done, and what only one of two policies would have."""

from common.codes import Code
from rent_ledger.books.codes import Action, DefaultRule


class Played(Code):
    """What is told or sent by a policy that is played on the past."""

    FIRST = DefaultRule.FIRST.value, "Premier impayé"
    SECOND = DefaultRule.SECOND.value, "Deuxième impayé"
    ASKED = Action.ALERT_SOCIAL.value, "Autre demande au service social"
    COURTESY = Action.COURTESY.value, "Message courtois"
    CALL = Action.CALL.value, "Appel"
    REMINDER = Action.REMINDER.value, "Relance"
    FORMAL = Action.FORMAL_NOTICE.value, "Mise en demeure"
    GONE = Action.WRITE_GONE.value, "Lettre à un ménage parti"


ALERTS = (Played.FIRST, Played.SECOND, Played.ASKED)
"""What is told to the social service."""
SENT = (Played.COURTESY, Played.CALL, Played.REMINDER, Played.FORMAL, Played.GONE)
"""What a household gets."""
WRITTEN = (Played.REMINDER, Played.FORMAL)
"""What leaves after the social service, by letter."""


class Gap(Code):
    """Which of two policies has a line."""

    LESS = "moins", "En moins"
    MORE = "plus", "En plus"
    BOTH = "deux", "Dans les deux"
