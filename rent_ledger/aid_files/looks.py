"""How the states of a file are shown."""

from common.looks import Look
from rent_ledger.aid_files.codes import AidStepKind

STATES: dict[str, Look] = {
    "": Look("À préparer", "todo"),
    AidStepKind.SENT: Look("Envoyé", "queued"),
    AidStepKind.PIECES: Look("Pièces demandées", "due"),
    AidStepKind.COMPLETED: Look("Complet", "queued"),
    AidStepKind.ADJOURNED: Look("Ajourné", "paused"),
    AidStepKind.GRANTED: Look("Accordé", "running"),
    AidStepKind.REFUSED: Look("Refusé", "neutral", "ban"),
    AidStepKind.APPEALED: Look("Recours envoyé", "queued"),
    AidStepKind.PAID: Look("Versé", "done"),
    AidStepKind.CLOSED: Look("Clos", "neutral", "circle-check"),
}
