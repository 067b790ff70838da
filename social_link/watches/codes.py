"""Codes of what follows the end of a measure: orientations, steps, what is found at each, requests to begin again."""

from common.codes import Code


class Service(Code):
    """To whom a household is oriented."""

    HOUSE = "HOUSE", "Notre service"
    DEPARTMENT = "DEPT", "Service social du Département"
    CCAS = "CCAS", "CCAS ou mairie"
    BENEFITS = "BENEFITS", "CAF ou MSA"
    FSL = "FSL", "Fonds de solidarité pour le logement (FSL)"
    JOB = "JOB", "France Travail, mission locale ou insertion"
    LANDLORD = "LANDLORD", "Bailleur"
    ADIL = "ADIL", "ADIL ou maison de l’habitat"
    DEBTS = "DEBTS", "Banque de France ou point conseil budget"
    LAW = "LAW", "Accès au droit, protection juridique"
    HOUSING = "SIAO", "SIAO ou autre accompagnement logement"
    OTHER = "OTHER", "Autre service"


class WatchKind(Code):
    """Why a household is asked after the end: it stays in its home, or it left us."""

    WATCH = "WATCH", "Veille"
    FOLLOW_UP = "FOLLOW", "Suivi après la sortie"


class Found(Code):
    """Where a household stands at a step."""

    OWN_HOME = "OWN", "Logé, bail à son nom"
    OUR_HOME = "OURS", "Logé chez nous"
    STRUCTURE = "STRUCT", "En résidence ou en structure"
    HOSTED = "HOSTED", "Hébergé par des proches"
    NO_HOME = "NONE", "Sans logement"
    MOVED = "MOVED", "Parti, adresse inconnue"
    UNREACHED = "UNREACH", "Injoignable"
    REFUSED = "REFUSED", "Ne souhaite pas répondre"
    DEAD = "DEAD", "Décédé"


HOUSED = frozenset({Found.OWN_HOME, Found.OUR_HOME})
"""In a home of its own: where a debt of rent is asked of."""
ELSEWHERE = frozenset({Found.STRUCTURE, Found.HOSTED, Found.NO_HOME})
UNKNOWN = frozenset({Found.MOVED, Found.UNREACHED, Found.REFUSED})


class Debt(Code):
    """What is known of its rent."""

    NONE = "NONE", "Pas d’impayé connu"
    SOME = "SOME", "Impayé connu"
    UNKNOWN = "UNKNOWN", "Non connu"


class StepState(Code):
    """Where a step stands on a day."""

    NOTED = "NOTED", "Noté"
    TO_COME = "TO_COME", "À venir"
    OPEN = "OPEN", "À noter"
    MISSED = "MISSED", "Non noté à temps"
    BACK = "BACK", "Accompagné de nouveau"
    DEAD = "DEAD", "Décès"


class Asker(Code):
    """Who asks that a support begins again."""

    HOUSEHOLD = "HOUSE", "Le ménage"
    PARTNER = "PARTNER", "Un partenaire"
    WATCH = "WATCH", "Notre veille"


class Again(Code):
    """Why it is asked."""

    DEBT = "DEBT", "Impayé de loyer"
    BUDGET = "BUDGET", "Budget"
    RIGHTS = "RIGHTS", "Droits à ouvrir"
    DWELLING = "DWELLING", "Logement à trouver ou à changer"
    UPKEEP = "UPKEEP", "Entretien du logement"
    NEIGHBOURS = "NEIGHB", "Voisinage"
    FAMILY = "FAMILY", "Changement de famille"
    JOB = "JOB", "Emploi ou ressources"
    EVICTION = "EVICTION", "Risque d’expulsion"
    TIES = "TIES", "Isolement"


class WatchDuty(Code):
    """What is asked of the referent after an end."""

    STEP = "AFTER_STEP", "Nouvelles à prendre"
    AGAIN = "AFTER_AGAIN", "Demande de reprise à orienter"
