"""The words of the codes of a run."""

from rent_ledger.billing.codes import GapGroup

# Beside a group's sum: singular and plural.
GROUP_WORDS = {
    GapGroup.ENTRIES: "entrée ou reprise,entrées ou reprises",
    GapGroup.EXITS: "sortie,sorties",
    GapGroup.RENT: "loyer ou charge modifié,loyers ou charges modifiés",
    GapGroup.BENEFIT: "aide modifiée,aides modifiées",
    GapGroup.INDEMNITY: "indemnité d’occupation,indemnités d’occupation",
    GapGroup.OTHERS: "rappel ou avoir,rappels ou avoirs",
    GapGroup.HELD: "avis retenu,avis retenus",
}
