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


RETURN_REASONS: dict[str, str] = {
    "AC01": "compte inexistant ou IBAN faux",
    "AC04": "compte clôturé",
    "AC06": "compte bloqué",
    "AC13": "compte qui n’accepte pas ce prélèvement",
    "AG01": "opération interdite sur ce compte",
    "AG02": "code d’opération faux",
    "AM02": "montant non autorisé",
    "AM04": "provision insuffisante",
    "AM05": "opération en double",
    "BE01": "titulaire différent",
    "BE04": "adresse du créancier manquante",
    "BE05": "créancier inconnu",
    "CNOR": "banque du créancier inconnue",
    "CUST": "à la demande du payeur",
    "DNOR": "banque du débiteur inconnue",
    "DT01": "date fausse",
    "DUPL": "paiement en double",
    "ED05": "règlement échoué",
    "FF01": "format faux",
    "FOCR": "à la demande de la banque du payeur",
    "FRAD": "fraude signalée",
    "MD01": "pas de mandat",
    "MD02": "mandat incomplet",
    "MD06": "contesté par le payeur",
    "MD07": "titulaire décédé",
    "MS02": "refusé par le payeur",
    "MS03": "motif non précisé",
    "RC01": "code de banque faux",
    "RR01": "titulaire non identifié",
    "RR04": "motif réglementaire",
    "SL01": "service demandé par le payeur",
    "TM01": "reçu trop tard",
}
"""Why a payment came back, in plain words, by its code of ISO 20022 (External Code Sets, ExternalReturnReason1Code)."""


def return_reason(code: str) -> str:
    """`provision insuffisante (AM04)`; the code alone where we have no words for it, '' without one."""
    if not code:
        return ""
    words = RETURN_REASONS.get(code.strip().upper())
    return f"{words} ({code})" if words else f"motif {code}"
