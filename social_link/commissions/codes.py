"""Codes of the commissions: which one, what is asked of it, what it decides."""

from common.codes import Code


class CommissionKind(Code):
    ASLL = "ASLL", "Commission ASLL"
    FUL = "FUL", "Commission du fonds unique logement"
    MASP = "MASP", "Commission MASP"
    CCAS = "CCAS", "Commission du CCAS"
    INTERNAL = "INTERNAL", "Commission interne"


class Ask(Code):
    """What is asked of a commission for a household."""

    OPENING = "OPENING", "Ouverture"
    RENEWAL = "RENEWAL", "Renouvellement"
    CHANGE = "CHANGE", "Changement de type"
    END = "END", "Fin"


class Opinion(Code):
    """What the referent of a household says of it."""

    FAVOURABLE = "FOR", "Favorable"
    RESERVED = "RESERVED", "Réservé"
    UNFAVOURABLE = "AGAINST", "Défavorable"


class Decision(Code):
    """What a commission decided; nothing yet is an empty text."""

    YES = "ACCORD", "Oui"
    RENEWED = "RENEWED", "Renouvelée"
    ENDED = "ENDED", "Terminée"
    NO = "NO", "Non"
    ADJOURNED = "ADJOURN", "Ajournée"


class Condition(Code):
    """What a commission asks along with its yes."""

    RENT = "RENT", "Loyer courant payé"
    PLAN = "PLAN", "Plan d’apurement tenu"
    MEETINGS = "MEETINGS", "Rendez-vous tenus"
    BUDGET = "BUDGET", "Budget refait"
    RIGHTS = "RIGHTS", "Droits demandés"
    HALFWAY = "HALFWAY", "Point à mi-mesure"


class CommissionDuty(Code):
    """What a commission asks of somebody."""

    PREPARE = "COMM_PREPARE", "Dossier de commission"


ABOUT_ITEM = "commission_item"
"""What the tasks and the messages of a household are about: the id is the item's."""
