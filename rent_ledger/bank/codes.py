"""Codes of the bank: the states of statements and of their lines."""

from common.codes import Code
from common.workflow import Workflow


class StatementState(Code):
    """ASIDE: balances don't add up, kept until a person confirms; nothing of it is in the ledger. WITHDRAWN: it was
    wrong, and nothing of it counts any more."""

    ACCEPTED = "ACCEPTED", "Enregistré"
    ASIDE = "ASIDE", "Mis de côté"
    WITHDRAWN = "OUT", "Retiré"


STATEMENT_FLOW = Workflow(
    {
        StatementState.ASIDE: {StatementState.ACCEPTED, StatementState.WITHDRAWN},
        StatementState.ACCEPTED: {StatementState.WITHDRAWN},
        StatementState.WITHDRAWN: set(),
    }
)


class BankNotice(Code):
    """What is told of the bank."""

    ASIDE = "BANK_ASIDE", "Relevé mis de côté"


class LineState(Code):
    SURE = "SURE", "Sûre"
    PROPOSED = "PROPOSED", "Proposée"
    TO_PLACE = "TO_PLACE", "À placer"
    PLACED = "PLACED", "Placée par une personne"
    OTHER = "OTHER", "Hors loyers"
    WITHDRAWN = "OUT", "Retirée"


# What waits is placed, or left as no rent; what was placed or left can wait again. A line goes out with its statement,
# but what a person placed waits again before.
LINE_FLOW = Workflow(
    {
        LineState.PROPOSED: {LineState.PLACED, LineState.OTHER, LineState.WITHDRAWN},
        LineState.TO_PLACE: {LineState.PLACED, LineState.SURE, LineState.OTHER, LineState.WITHDRAWN},
        LineState.PLACED: {LineState.TO_PLACE},
        LineState.SURE: {LineState.TO_PLACE, LineState.WITHDRAWN},
        LineState.OTHER: {LineState.TO_PLACE, LineState.WITHDRAWN},
        LineState.WITHDRAWN: set(),
    }
)


class Outgoing(Code):
    """What a debit placed on a household's account is."""

    RETURN = "RETURN", "Un paiement du ménage que la banque reprend"
    REFUND = "REFUND", "Un remboursement au ménage"
