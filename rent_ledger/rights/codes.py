"""Codes of the housing benefit: its kinds, why it is expected for a month or not, what a settled month moved."""

from common.codes import Code


class AidWhy(Code):
    """Small print beside « Aide au logement »."""

    EXPECTED = "EXPECTED", "{kind} attendue"
    CAPPED = "CAPPED", "{kind} limitée au loyer et aux charges"
    NO_RIGHT = "NO_RIGHT_THEN", "aucun droit à l’aide ce mois-ci"
    TO_THE_HOUSEHOLD = "TO_THE_HOUSEHOLD", "aide versée au ménage, pas au bailleur"
    MONTH_OF_ENTRY = "MONTH_OF_ENTRY", "pas d’aide pour le mois d’entrée"
    MONTH_OF_DEPARTURE = "MONTH_OF_DEPARTURE", "pas d’aide pour le mois de départ"
    KEPT = "KEPT_FOR_NEXT", "{kind} attendue pour le mois de départ : un autre logement aidé suit (CCH, art. R. 823-14)"
    KEPT_CAPPED = (
        "KEPT_FOR_NEXT_CAPPED",
        "{kind} limitée au loyer et aux charges du mois de départ : un autre logement aidé suit (CCH, art. R. 823-14)",
    )
    DUE_WHERE_LEFT = "DUE_WHERE_LEFT", "l’aide de ce mois reste due pour le logement quitté (CCH, art. R. 823-14)"
    NOTHING_BILLED = "NOTHING_BILLED", "rien n’est appelé ce mois-ci"
    NONE_WAS_EXPECTED = "NONE_WAS_EXPECTED", "aucune aide n’était attendue pour ce mois"


# What an expected aid says where its month is that of the departure.
KEPT = {AidWhy.EXPECTED: AidWhy.KEPT, AidWhy.CAPPED: AidWhy.KEPT_CAPPED}


class SettledWhy(Code):
    LESS = "LESS_CAME", "Aide {month:of_month} : {received:euros} reçus pour {expected:euros} attendus"
    MORE = "MORE_CAME", "Aide {month:of_month} : {more:euros} de plus que prévu, au crédit du ménage"
    AS_EXPECTED = "AS_EXPECTED", "Aide {month:of_month} : reçue comme prévu"
    SAID_BY_PAYER = "SAID_BY_PAYER", "({note})"


class LineWhy(Code):
    """How a line of a bordereau found its right, or why it found none."""

    NUMBER = "BY_NUMBER", "Numéro allocataire"
    LEASE = "BY_LEASE", "Référence du bail"
    NAME = "BY_NAME", "Nom"
    NUMBER_PAST = "BY_NUMBER_PAST", "Numéro allocataire, mois sans droit en cours"
    LEASE_PAST = "BY_LEASE_PAST", "Référence du bail, mois sans droit en cours"
    NAME_PAST = "BY_NAME_PAST", "Nom, mois sans droit en cours"
    NUMBER_SEVERAL = "BY_NUMBER_SEVERAL", "Numéro allocataire : {leases:bail possible,baux possibles}"
    LEASE_SEVERAL = "BY_LEASE_SEVERAL", "Référence du bail : {leases:bail possible,baux possibles}"
    NAME_SEVERAL = "BY_NAME_SEVERAL", "Nom : {leases:bail possible,baux possibles}"
    KNOWN = "KNOWN_NO_RIGHT", "Ménage connu, aucun droit saisi"
    NOBODY = "NOBODY", "Aucun droit à ce numéro ni à ce nom"
    PERSON = "BY_PERSON", "Choisi par une personne"


# A right found that isn't in force in the month of the line; several leases that the line may be about.
PAST = {
    LineWhy.NUMBER: LineWhy.NUMBER_PAST,
    LineWhy.LEASE: LineWhy.LEASE_PAST,
    LineWhy.NAME: LineWhy.NAME_PAST,
}
SEVERAL = {
    LineWhy.NUMBER: LineWhy.NUMBER_SEVERAL,
    LineWhy.LEASE: LineWhy.LEASE_SEVERAL,
    LineWhy.NAME: LineWhy.NAME_SEVERAL,
}


class BenefitKind(Code):
    APL = "APL", "APL"
    ALF = "ALF", "ALF"
    ALS = "ALS", "ALS"


HOUSING_ALLOWANCES = frozenset({BenefitKind.ALF, BenefitKind.ALS})
"""What the payer keeps while a dwelling is not decent (CCH, art. L. 843-1). An APL is not kept so."""


class RetentionEnd(Code):
    """How a retention of aid ended."""

    CONFORM = "CONFORM", "Logement mis en conformité"
    LOST = "LOST", "Aide perdue : le logement n’a pas été mis en conformité"


class RetentionDuty(Code):
    """What a retention asks of the rental managers."""

    END = "RETENTION_END", "Fin d’une retenue d’aide"


ABOUT_RETENTION = "benefit_retention"


class Follows(Code):
    """Why a right is due from the month of entry."""

    ALT = "ALT", "Sortie d’un logement ALT ou insalubre (CCH, art. R. 823-11)"
    AIDED = "AIDED", "Suite d’un autre logement aidé (CCH, art. R. 823-14)"
