"""Codes of the difficulties of a household."""

from common.codes import Code


class DifficultyKind(Code):
    """The nine of the source (S0-06), in its order. They add up: a household has several."""

    RESOURCES = "RESOURCES", "Ressources faibles"
    HOUSING = "HOUSING", "Accès au logement ou maintien"
    WANDERING = "WANDERING", "Errance"
    HEALTH = "HEALTH", "Santé ou addiction"
    PSYCHIC = "PSYCHIC", "Fragilité psychique"
    DEFICIENCY = "DEFICIENCY", "Déficience mentale"
    ILLNESS = "ILLNESS", "Maladie mentale"
    ISOLATION = "ISOLATION", "Isolement"
    BUDGET = "BUDGET", "Budget et démarches"
