"""Codes of a household's budget: where the money of a month comes from, what it pays, by which papers it is known."""

from common.codes import Code


class Resource(Code):
    """Where the resources of a month come from, all but the housing aid. The social minima are one kind: a budget tells
    of nobody's health."""

    WORK = "WORK", "Salaires"
    UNEMPLOYED = "UNEMPLOYED", "Chômage"
    PENSION = "PENSION", "Retraites et pensions"
    MINIMUM = "MINIMUM", "Minima sociaux (RSA, AAH, ASPA…)"
    ACTIVITY = "ACTIVITY", "Prime d’activité"
    FAMILY = "FAMILY", "Prestations familiales"
    OTHER = "OTHER_IN", "Autres ressources"


class Spending(Code):
    """What a month pays beside rent and charges: with these and the resources, the eight lines of a budget."""

    ENERGY = "ENERGY", "Énergie et eau"
    INSURANCE = "INSURANCE", "Assurances et téléphone"
    TRANSPORT = "TRANSPORT", "Transport"
    DEBTS = "DEBTS", "Crédits et dettes"
    OTHER = "OTHER_OUT", "Autres charges (enfants, impôts…)"
    FOOD = "FOOD", "Alimentation"


FROM_WHAT_IS_LEFT = frozenset({Spending.FOOD})
"""What one lives on: it is paid out of the reste à vivre, never taken off it."""


class RentSource(Code):
    """Where rent and aid come from."""

    BOOKS = "BOOKS", "D’après le compte"
    SAID = "SAID", "D’après le ménage"


class Paper(Code):
    """By what a budget is known."""

    PAY = "PAY", "Bulletins de salaire"
    CAF = "PAYER", "Attestation CAF ou MSA"
    BANK = "BANK", "Relevés de compte"
    BILLS = "BILLS", "Factures et échéanciers"
    TAX = "TAX", "Avis d’impôt"
    SAID = "SAID", "Dires du ménage"
