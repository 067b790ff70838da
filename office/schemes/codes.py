"""Codes of the schemes: what an aid pays for, and what has to be given back."""

from common.codes import Code


class Need(Code):
    """What an aid pays for."""

    DEBT = "DEBT", "Dette de loyer et de charges"
    DEPOSIT = "DEPOSIT", "Dépôt de garantie"
    FIRST_RENT = "FIRST_RENT", "Premier loyer"
    INSURANCE = "INSURANCE", "Assurance du logement"
    ENERGY = "ENERGY", "Énergie et eau"
    OTHER = "OTHER", "Autre besoin du logement"


class Gives(Code):
    """Whether the aid is given back."""

    GRANT = "GRANT", "Don"
    LOAN = "LOAN", "Prêt"
    BOTH = "BOTH", "Don ou prêt"
