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


class Ruling(Code):
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
    TELL = "COMM_TELL", "Décisions de commission à envoyer"


ABOUT_ITEM = "commission_item"
"""What the tasks of a household are about: the id is the item's."""
ABOUT_DECISION = "social:commission"
"""What the messages are about: the id is the item's. Of the social service (`office.messages.codes.SOCIAL`)."""
ABOUT_COMMISSION = "commission"


class CommissionMessage(Code):
    """What is written of a decision."""

    HOUSEHOLD = "COMMISSION_HOME", "Décision de commission, au ménage"
    INFORMED = "COMMISSION_BODY", "Décision de commission, à qui est informé"
