"""Codes of the contract of a MASP 2 (CASF, art. L. 271-1 to L. 271-3; S4-05, S4-06)."""

from common.codes import Code


class Field(Code):
    """On what a MASP works."""

    BUDGET = "BUDGET", "Budget"
    BENEFITS = "BENEFITS", "Gestion des prestations"
    RENT = "RENT", "Loyer"
    EVICTION = "EVICTION", "Prévention de l’expulsion"
    RIGHTS = "RIGHTS", "Accès aux droits"
    CARE = "CARE", "Santé et soins"
    INSERTION = "INSERT", "Insertion"


class Benefit(Code):
    """What is perceived and managed for the household."""

    RSA = "RSA", "RSA"
    AAH = "AAH", "AAH"
    HOUSING = "HOUSING", "Aide au logement"
    FAMILY = "FAMILY", "Prestations familiales"
    ACTIVITY = "ACTIVITY", "Prime d’activité"
    OLD_AGE = "OLD_AGE", "ASPA"
    OTHER = "OTHER", "Autre prestation"


class Threat(Code):
    """What the difficulty to manage threatens."""

    HEALTH = "HEALTH", "Sa santé"
    SAFETY = "SAFETY", "Sa sécurité"
    BOTH = "BOTH", "Sa santé et sa sécurité"


class Use(Code):
    """What the benefits pay, in an order of which rent and current charges are the first."""

    RENT = "RENT", "Loyer et charges courantes"
    ENERGY = "ENERGY", "Énergie et eau"
    INSURANCE = "INSURE", "Assurances"
    DEBTS = "DEBTS", "Dettes"
    FOOD = "FOOD", "Vie quotidienne"
    SAVINGS = "SAVINGS", "Épargne"
