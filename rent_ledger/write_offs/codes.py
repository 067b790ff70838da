"""Codes of the write-offs: of which kind, why, and how far they are."""

from common.codes import Code
from common.workflow import Workflow
from rent_ledger.books.codes import EntryKind

ABOUT_WRITE_OFF = "write_off"
"""What their notices are about."""


class WriteOffKind(Code):
    LOSS = "LOSS", "Perte"
    REMISSION = "REMISSION", "Remise"


class WriteOffWhy(Code):
    """Why nothing is asked any more."""

    UNRECOVERABLE = "UNRECOVER", "Irrécouvrable, toutes les démarches ont échoué"
    UNTRACED = "UNTRACED", "Départ sans adresse connue"
    NO_HEIR = "NO_HEIR", "Décès sans héritier, ou succession refusée"
    PRESCRIBED = "PRESCRIBED", "Dette prescrite"
    HARDSHIP = "HARDSHIP", "Remise gracieuse, le ménage ne peut pas payer"
    AGREED = "AGREED", "Accord trouvé avec le ménage"
    OUR_PART = "OUR_PART", "Geste pour un tort de l’association"


WHYS: dict[WriteOffKind, tuple[WriteOffWhy, ...]] = {
    WriteOffKind.LOSS: (
        WriteOffWhy.UNRECOVERABLE, WriteOffWhy.UNTRACED, WriteOffWhy.NO_HEIR, WriteOffWhy.PRESCRIBED,
    ),
    WriteOffKind.REMISSION: (WriteOffWhy.HARDSHIP, WriteOffWhy.AGREED, WriteOffWhy.OUR_PART),
}  # fmt: skip
ENTRY_OF: dict[WriteOffKind, EntryKind] = {
    WriteOffKind.LOSS: EntryKind.LOSS,
    WriteOffKind.REMISSION: EntryKind.REMISSION,
}


class WriteOffState(Code):
    ASKED = "ASKED", "À décider"
    DONE = "DONE", "Décidée"
    REFUSED = "REFUSED", "Refusée"
    WITHDRAWN = "WITHDRAWN", "Retirée"
    UNDONE = "UNDONE", "Annulée"


STANDS = frozenset({WriteOffState.DONE})
"""In the books."""
DECIDED = frozenset({WriteOffState.DONE, WriteOffState.UNDONE})
"""It was signed, and entered."""

WRITE_OFF_FLOW = Workflow(
    {
        WriteOffState.ASKED: {WriteOffState.DONE, WriteOffState.REFUSED, WriteOffState.WITHDRAWN},
        WriteOffState.DONE: {WriteOffState.UNDONE},
        WriteOffState.REFUSED: set(),
        WriteOffState.WITHDRAWN: set(),
        WriteOffState.UNDONE: set(),
    }
)


class Signed(Code):
    """What a signature is (`rules.write_offs`); the label of a refusal is its sentence."""

    FIRST = "FIRST", "Première signature : une deuxième personne doit encore signer"
    LAST = "LAST", "Décidée"
    OWN = "OWN", "Vous l’avez demandée : une autre personne décide."
    TWICE = "TWICE", "Vous avez déjà signé : une deuxième personne doit signer."


class WriteOffNotice(Code):
    ASKED = "WRITE_OFF_ASKED", "Perte ou remise à décider"
    DECIDED = "WRITE_OFF_DECIDED", "Perte ou remise décidée"
