"""Codes of the bank: the states of statements and of their lines."""

from common.codes import Code
from common.workflow import Workflow


class StatementState(Code):
    """ASIDE: balances don't add up, kept until a person confirms; nothing of it is in the ledger."""

    ACCEPTED = "ACCEPTED", "Enregistré"
    ASIDE = "ASIDE", "Mis de côté"


STATEMENT_FLOW = Workflow({StatementState.ASIDE: {StatementState.ACCEPTED}, StatementState.ACCEPTED: set()})


class BankNotice(Code):
    """What is told of the bank."""

    ASIDE = "BANK_ASIDE", "Relevé mis de côté"


class LineState(Code):
    SURE = "SURE", "Sûre"
    PROPOSED = "PROPOSED", "Proposée"
    TO_PLACE = "TO_PLACE", "À placer"
    PLACED = "PLACED", "Placée par une personne"
    OTHER = "OTHER", "Hors loyers"


# What waits is placed, or left as no rent; what was placed or left can wait again.
LINE_FLOW = Workflow(
    {
        LineState.PROPOSED: {LineState.PLACED, LineState.OTHER},
        LineState.TO_PLACE: {LineState.PLACED, LineState.SURE, LineState.OTHER},
        LineState.PLACED: {LineState.TO_PLACE},
        LineState.SURE: {LineState.TO_PLACE},
        LineState.OTHER: {LineState.TO_PLACE},
    }
)
