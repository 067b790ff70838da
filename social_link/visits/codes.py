"""Codes of the visits: what is looked at in a dwelling, how it was found, what one wants to be reminded of."""

from common.codes import Code
from maintenance.tickets.codes import Trade


class Line(Code):
    """What is looked at, in the order in which it is asked."""

    UPKEEP = "UPKEEP", "Entretien"
    DAMP = "DAMP", "Humidité ou danger"
    ENERGY = "ENERGY", "Énergie"
    NEIGHBOURS = "NEIGHB", "Voisinage"


class Finding(Code):
    FINE = "FINE", "RAS"
    WATCH = "WATCH", "À surveiller"
    TREAT = "TREAT", "À traiter"


REPAIRS: dict[Line, tuple[Trade, tuple[str, ...]]] = {
    Line.UPKEEP: (Trade.OTHER, ("BUGS", "RATS", "DRAIN", "SHUTTER", "HANDLE")),
    Line.DAMP: (Trade.DAMP, ("MOULD", "VENT", "LEAK", "SPARKS", "GAS", "CARBON")),
    Line.ENERGY: (Trade.HEATING, ("HEAT_NONE", "HOT_WATER", "RADIATOR", "POWER_NONE", "SOCKET")),
}
"""The lines of which « à traiter » asks for a repair: of which trade, and the problems that are proposed
(`maintenance.tickets.rules.priority`). That of the neighbours is an incident."""


class ReminderKind(Code):
    """What one wants to be reminded of. No words: they stand in the note."""

    CALL = "CALL", "Rappeler le ménage"
    PAPER = "PAPER", "Papier à obtenir"
    PARTNER = "PARTNER", "Appeler un partenaire"
    FILE = "FILE", "Dossier à avancer"
    OTHER = "OTHER", "Revenir sur cette visite"


class VisitDuty(Code):
    """What a visit asks of who made it."""

    REMINDER = "VISIT_REMINDER", "Rappel demandé à une visite"
