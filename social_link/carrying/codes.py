"""Codes of how a measure is carried: its intensity, who carries it with us, what a household declined."""

from common.codes import Code


class Level(Code):
    """How dense a support is from a day on (S2-02)."""

    LIGHT = "LIGHT", "Légère"
    USUAL = "USUAL", "Courante"
    STRONG = "STRONG", "Soutenue"
    DENSE = "DENSE", "Intensive"


class CarrierRole(Code):
    """What an organisation does for a measure."""

    WITH_US = "WITH_US", "Co-porteur"
    MEMBER = "MEMBER", "Service du groupement qui porte"


class Declined(Code):
    """What a household declined: said neutrally, and no reason asked (S2-02)."""

    SUPPORT = "SUPPORT", "Un accompagnement"
    RENEWAL = "RENEWAL", "La suite d’une mesure"
    VISIT = "VISIT", "Des visites à domicile"
