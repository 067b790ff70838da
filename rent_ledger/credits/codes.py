"""Codes of the credits of households: where they come from, what is done of them, how they stand."""

from common.codes import Code

ABOUT_CREDIT = "credit_choice"
"""What a message about a credit is about: the id is that of what was decided."""


class CreditMessage(Code):
    CREDIT = "CREDIT", "Avance ou aide en trop"


class CreditOrigin(Code):
    PAID = "PAID", "Trop versé"
    AID = "AID", "Aide au-delà du loyer"
    CORRECTED = "CORRECTED", "Correction d’un avis"


class CreditUse(Code):
    """What a person decided of a credit."""

    KEEP = "KEEP", "Garder pour les prochains termes"
    REFUND = "REFUND", "Rembourser au ménage"
    PAYER = "PAYER", "Laisser l’organisme reprendre l’aide"


class CreditStanding(Code):
    """How a credit stands on a day."""

    TO_DECIDE = "TO_DECIDE", "À décider"
    TO_PAY = "TO_PAY", "À rembourser"
    KEPT = "KEPT", "Gardé"
    PAYER = "WITH_PAYER", "Attend l’organisme"
    RECENT = "RECENT", "Récent"
