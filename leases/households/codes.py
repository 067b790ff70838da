"""Choices of the households."""

from common.codes import Code


class Civility(Code):
    MADAM = "MME", "Mme"
    SIR = "M", "M."
    NONE = "X", "Sans civilité"


class SupportType(Code):
    """Type 1 / type 2 of the CCAS stock (S0-05)."""

    TYPE_1 = "T1", "Type 1"
    TYPE_2 = "T2", "Type 2"


class MemberRole(Code):
    ADULT = "ADULT", "Adulte"
    CHILD = "CHILD", "Enfant"


class Typology(Code):
    """Households by composition, as yearly reports count them (law.md A4)."""

    EMPTY = "EMPTY", "Composition à compléter"
    ISOLATED = "ISOLATED", "Personne isolée"
    SINGLE_PARENT = "SINGLE_PARENT", "Famille monoparentale"
    COUPLE = "COUPLE", "Couple sans enfant"
    COUPLE_WITH_CHILDREN = "COUPLE_WITH_CHILDREN", "Couple avec enfant"
    OTHER = "OTHER", "Autre composition"


ABOUT_HOUSEHOLD = "household"


class LeavingQuestion(Code):
    """What is asked before a person leaves a household."""

    ONLY_ADULT = (
        "ONLY_ADULT",
        "C’est le seul adulte du ménage : si tout le ménage part, c’est la fin de son contrat qui le dit",
    )
    PROTECTION_ENDS = (
        "PROTECTION_ENDS",
        "La protection de l’adresse cesse avec ce départ : elle se lira de nouveau partout",
    )
