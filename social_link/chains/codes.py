"""Codes of the way of a household from detection to fit (S2-04)."""

from common.codes import Code


class Link(Code):
    """The steps, in their order."""

    DETECTED = "DETECT", "Repérage"
    ORIENTED = "ORIENT", "Orientation"
    DIAGNOSED = "DIAG", "Diagnostic"
    ACCESS = "ACCESS", "Accès effectif"
    DELIVERED = "DELIVER", "Accompagnement"
    FIT = "FIT", "Adéquation"


class LinkCause(Code):
    """What a day is known from."""

    TYPED = "TYPED", "saisi"
    ALERT = "ALERT", "alerte"
    REFERRAL = "REFERRAL", "saisine"
    MEASURE = "MEASURE", "mesure"
    CONTACT = "CONTACT", "première rencontre"
    DIAGNOSIS = "DIAG", "diagnostic social"
    RENEWAL = "RENEWAL", "évaluation du renouvellement"
    END = "END", "objectifs atteints"


TYPED_LINKS = (Link.DETECTED, Link.ORIENTED, Link.DIAGNOSED, Link.DELIVERED, Link.FIT)
"""Those that a person may date: access is the first day of the measure."""
