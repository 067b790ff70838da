"""How the states of claims and calls are shown."""

from common.looks import Look
from rent_ledger.guarantees.codes import CallState, ClaimState

CLAIMS: dict[str, Look] = {
    ClaimState.ASKED: Look("Demandée", "running"),
    ClaimState.ACCEPTED: Look("Acceptée, à payer", "due"),
    ClaimState.REFUSED: Look("Refusée", "neutral", "ban"),
    ClaimState.PAID: Look("Payée", "done"),
    ClaimState.WITHDRAWN: Look("Retirée", "neutral", "arrow-back-up"),
}
WITHOUT_DEBT = Look("Dettes soldées", "neutral", "circle-check")
"""A claim that stands, of debts of which nothing is left."""
CALLS: dict[str, Look] = {
    CallState.NOTHING: Look("Rien à demander", "neutral", "circle-check"),
    CallState.BELOW: Look("Sous le seuil", "neutral", "clock"),
    CallState.HELD: Look("Hors relance", "neutral", "player-pause"),
    CallState.TELL: Look("Caution à prévenir", "todo"),
    CallState.CLAIM: Look("À demander", "todo"),
    CallState.ASKED: Look("Demandé", "running"),
    CallState.REACHED: Look("Plafond atteint", "neutral", "ban"),
}
