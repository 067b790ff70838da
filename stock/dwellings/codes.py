"""Choices of the dwellings, with the vocabulary of RPLS (arrêté du 5 janvier 2010, annexe)."""

from common.codes import Code


class ConstructionType(Code):
    """RPLS TYPECONST."""

    INDIVIDUAL = "I", "Individuel"
    COLLECTIVE = "C", "Collectif"
    STUDENT = "E", "Logement étudiant"


class StockType(Code):
    """The three stocks of S2-01."""

    RESIDENCE = "RESIDENCE", "Résidence sociale"
    DIFFUSE = "DIFFUSE", "Logement d’insertion en diffus"
    INTERMEDIATION = "IML", "Intermédiation locative"


class UnitKind(Code):
    """What a lease lets: a whole dwelling, or one room of it."""

    WHOLE = "WHOLE", "Logement entier"
    ROOM = "ROOM", "Chambre"


class EnergyClass(Code):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"


class VacancyReason(Code):
    """Why nobody has the keys."""

    LETTING = "LETTING", "À attribuer"
    PROMISED = "PROMISED", "Attribué, entrée à venir"
    WORKS = "WORKS", "Travaux"
    UNFIT = "UNFIT", "Inhabitable"
    LEAVING = "LEAVING", "À rendre au propriétaire"
