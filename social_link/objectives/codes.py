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


class Axis(Code):
    """The seven axes on which a household is seen at the start, in the middle and at the end of a measure (S3-03).
    Health is told to who accompanies the household today, and to nobody else."""

    RIGHTS = "RIGHTS", "Administratif"
    BUDGET = "BUDGET", "Budget"
    FAMILY = "FAMILY", "Famille, parentalité"
    JOB = "JOB", "Emploi"
    UPKEEP = "UPKEEP", "Logement"
    NEIGHBOURS = "NEIGHBOUR", "Voisinage"
    HEALTH = "HEALTH", "Santé"


class Moment(Code):
    """When the axes were filled in."""

    START = "START", "Au début"
    MIDDLE = "MIDDLE", "En cours"
    END = "END", "À la fin"


LEVELS = ("À construire", "Avec de l’aide", "En route", "Presque autonome", "Autonome")
"""What the scores of an axis mean, from `LOWEST` to `HIGHEST`."""
LOWEST, HIGHEST = 1, 5
"""The scores of an objective and of an axis: far from it, there."""
MOST_AT_ONCE = 4
"""How many objectives are proposed as a measure is opened: two to four (FLOWS, 3 E)."""
