"""Codes of the neighbour incidents. None of them says who is right."""

from common.codes import Code


class IncidentKind(Code):
    NOISE = "NOISE", "Bruit"
    DISPUTE = "DISPUTE", "Conflit entre voisins"
    COMMON = "COMMON", "Parties communes"
    VISITORS = "VISITORS", "Passages"
    ANIMALS = "ANIMALS", "Animaux"
    SMELL = "SMELL", "Odeurs, déchets"
    THREAT = "THREAT", "Menaces, insultes"


class IncidentSource(Code):
    """Who reported it."""

    TEAM = "TEAM", "Constaté par l’équipe"
    HOUSEHOLD = "HOUSE", "Le ménage"
    NEIGHBOUR = "NEIGHB", "Un voisin"
    LANDLORD = "LANDLORD", "Le bailleur ou le syndic"
    TOWN = "TOWN", "La mairie ou la police"


class IncidentAct(Code):
    """What was done of it."""

    TALKED = "TALKED", "Échange avec le ménage"
    NEIGHBOURS = "NEIGHB", "Rencontre des voisins"
    RULES = "RULES", "Rappel du règlement"
    MEDIATOR = "MEDIATOR", "Médiateur saisi"
    LANDLORD = "LANDLORD", "Bailleur prévenu"
    WORKS = "WORKS", "Travaux demandés"


class IncidentState(Code):
    """It is open until a day of its end is told."""

    OPEN = "OPEN", "En cours"
    SETTLED = "SETTLED", "Réglé"
