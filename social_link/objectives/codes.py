"""Codes of the objectives of a measure (S1-09, S1-10, S3-08)."""

from common.codes import Code


class Theme(Code):
    """The four themes of individual support (S1-10)."""

    SEARCH = "SEARCH", "Recherche d’un logement"
    SETTLING = "SETTLE", "Installation et appropriation"
    SOLVENCY = "SOLVENCY", "Solvabilité et situation personnelle"
    MEDIATION = "MEDIATE", "Médiation"


class Phase(Code):
    """The two steps of a plan: first clean the finances, then the causes (S3-08). An objective of no plan has none."""

    FINANCES = "FINANCES", "Première étape : les finances"
    CAUSES = "CAUSES", "Deuxième étape : les causes"


class HowFar(Code):
    """How far an objective is, as it was evaluated on a day."""

    MOVES_ON = "MOVES", "Avance"
    STUCK = "HELD_UP", "Bloque"
    REACHED = "REACHED", "Atteint"
    GIVEN_UP = "GIVEN_UP", "Abandonné"


OVER = frozenset({HowFar.REACHED, HowFar.GIVEN_UP})
"""An objective that is so is open no more."""

LOWEST, HIGHEST = 1, 5
"""The scores of an evaluation: far from it, there."""
MOST_AT_ONCE = 4
"""How many objectives are proposed as a measure is opened: two to four (FLOWS, 3 E)."""
