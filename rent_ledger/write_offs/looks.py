"""How the states of a write-off are shown."""

from common.looks import Look
from rent_ledger.write_offs.codes import WriteOffState

STATES: dict[str, Look] = {
    WriteOffState.ASKED: Look("À décider", "due"),
    WriteOffState.DONE: Look("Décidée", "done"),
    WriteOffState.REFUSED: Look("Refusée", "neutral", "ban"),
    WriteOffState.WITHDRAWN: Look("Retirée", "neutral", "arrow-back-up"),
    WriteOffState.UNDONE: Look("Annulée", "neutral", "arrow-back-up"),
}
