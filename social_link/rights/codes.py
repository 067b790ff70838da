"""Codes of the rights of a household: the twelve, how each stands, why one was refused, what suggests to ask one."""

from common.codes import Code


class RightKind(Code):
    """The twelve that one goes through with a household. What each is stands in `rules.kinds`."""

    RSA = "RSA", "RSA"
    ACTIVITY = "ACTIVITY", "Prime d’activité"
    FAMILY = "FAMILY", "Prestations familiales"
    HOUSING = "HOUSING", "Aide au logement"
    ENERGY = "ENERGY", "Chèque énergie"
    SOCIAL_FUND = "FSL", "Tarif social ou FSL"
    UNEMPLOYED = "ARE", "Allocation chômage"
    OLD_AGE = "OLD_AGE", "Retraite ou ASPA"
    COVER = "COVER", "Assurance maladie"
    TOP_UP = "CSS", "Complémentaire santé solidaire"
    DISABLED = "AAH", "AAH"
    MDPH = "MDPHFILE", "Dossier MDPH"


class RightState(Code):
    OPEN = "OPEN", "Ouvert"
    ASKED = "ASKED", "Demandé"
    REFUSED = "REFUSED", "Refusé"
    APPEALED = "APPEALED", "Contesté"
    NONE = "NONE", "Non concerné"
    UNKNOWN = "UNKNOWN", "Inconnu"


class RightRefusal(Code):
    """Why the body says that it refuses."""

    UNSAID = "UNSAID", "Motif pas encore connu"
    RESOURCES = "RESOURCES", "Ressources au-dessus du plafond"
    CONDITION = "CONDITION", "Une condition n’est pas remplie"
    PIECES = "PIECES", "Dossier incomplet"
    LATE = "LATE", "Demande hors délai"
    OTHER = "OTHER", "Autre motif"


class Per(Code):
    """Of what an amount is."""

    MONTH = "MONTH", "par mois"
    ONCE = "ONCE", "en une fois"


class Due(Code):
    """What a right waits for, and how soon (`rules.days`)."""

    NOTHING = "NOTHING", ""
    RENEW = "RENEW", "À renouveler"
    RENEW_LATE = "RENEW_LATE", "Renouvellement dépassé"
    CONTEST = "CONTEST", "Contestable"


class HintWhy(Code):
    """What the facts suggest, which is no estimate of a right."""

    WORKS = "RIGHT_WORKS", "Le budget compte un salaire"
    NO_INCOME = "RIGHT_NO_INCOME", "Le budget ne compte ni salaire, ni chômage, ni pension, ni minimum social"
    OLD = "RIGHT_OLD", "Une personne a {age} ans ou plus, et le budget ne compte aucune pension"
    CHILDREN = (
        "RIGHT_CHILDREN",
        "{count:enfant,enfants} de moins de {age} ans, sans prestations familiales au budget",
    )
    RENT = "RIGHT_RENT", "Un loyer court, et aucune aide au logement n’est connue"
    DEBT = "RIGHT_DEBT", "Le budget compte des dettes"
    MINIMUM = "RIGHT_MINIMUM", "Le RSA est ouvert"
    LOST_WORK = "RIGHT_LOST_WORK", "Le budget précédent comptait un salaire, celui-ci n’en compte plus"


class RightDuty(Code):
    """What a right asks of who accompanies the household."""

    RENEW = "RIGHT_RENEW", "Droit à renouveler"
