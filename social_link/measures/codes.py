"""Codes of the measures of support: kinds, who proposes and decides, how one goes and how it ends."""

from common.codes import Code


class MeasureKind(Code):
    ASLL = "ASLL", "ASLL"
    IML = "IML", "IML"
    AVDL_TO = "AVDLV", "AVDL vers le logement"
    AVDL_AT = "AVDLL", "AVDL lors de l’entrée"
    AVDL_IN = "AVDLD", "AVDL dans le logement"
    MASP1 = "MASP1", "MASP 1"
    MASP2 = "MASP2", "MASP 2"
    AEB = "AEB", "AEB"
    SIMPLE = "SIMPLE", "Accompagnement simple"
    REINFORCED = "RENF", "Accompagnement renforcé"
    TYPE_1 = "T1", "Parc CCAS, type 1"
    TYPE_2 = "T2", "Parc CCAS, type 2"


class Aim(Code):
    """What a measure is for, and what is asked for as a household is referred (S1-02)."""

    INSERTION = "INSERT", "Insertion durable dans le logement"
    LANDLORD = "LANDLORD", "Lever les réticences d’un bailleur (impayé, voisinage)"
    KEEPING = "KEEPING", "Accompagner l’entrée ou le maintien"
    FITTING = "FITTING", "Un logement décent, adapté au budget"


class MeasureEnd(Code):
    GOALS_MET = "GOALS", "Objectifs atteints"
    TERM = "TERM", "Terme de la mesure"
    NO_ADHERENCE = "NO_ADH", "Non-adhésion"
    MOVED = "MOVED", "Départ du logement"
    RELAY = "RELAY", "Relais vers un autre service"
    DEATH = "DEATH", "Décès"


class ExitOutcome(Code):
    """Where the household stands as a measure ends (law.md A4)."""

    STAYED = "STAYED", "Maintien dans le logement"
    LEASE_SLIPPED = "SLID", "Bail glissé à son nom"
    SOCIAL = "SOCIAL", "Autre logement social"
    PRIVATE = "PRIVATE", "Logement privé"
    FAMILY = "FAMILY", "Famille ou proches"
    STRUCTURE = "STRUCT", "Résidence, pension de famille ou soins"
    EVICTED = "EVICT", "Expulsion"
    UNKNOWN = "UNKNOWN", "Départ sans adresse connue"
    DEATH = "DEATH", "Décès"


class OutcomeDomain(Code):
    """In what a measure bore fruit (S2-07)."""

    TIES = "TIES", "Liens sociaux"
    RIGHTS = "RIGHTS", "Droits ouverts"
    CARE = "CARE", "Soins"
    AUTONOMY = "AUTONOMY", "Autonomie"
    RECOVERY = "RECOVERY", "Rétablissement"
    OWN_HOME = "OWN_HOME", "Accès à son propre logement"


class Party(Code):
    """Who signs the contract of a measure."""

    HOUSEHOLD = "HOUSEHOLD", "le ménage"
    HOUSE = "HOUSE", "l’association"
    DEPARTMENT = "DEPARTMENT", "le Département"


class Proposer(Code):
    """Who proposes a measure, or that it goes on."""

    INSTRUCTING = "INSTRUCT", "Service instructeur"
    DEPARTMENT = "DEPT", "Référent social du Département"
    STATE = "STATE", "État, SIAO ou commission DALO"
    CCAS = "CCAS", "CCAS"
    HOUSE = "HOUSE", "Notre service"


class Exclusion(Code):
    """What stands against a measure (S1-03)."""

    HOSTED = "HOSTED", "Hébergé par une structure qui accompagne déjà"
    OTHER_SCHEME = "SCHEME", "Déjà suivi par un dispositif budget et insertion"


class Progress(Code):
    """The evaluation before a measure goes on: how far its objectives are."""

    REACHED = "REACHED", "Objectifs atteints"
    ON_THE_WAY = "ON_WAY", "En bonne voie"
    LITTLE = "LITTLE", "Peu avancé"
    TO_REVIEW = "REVIEW", "À revoir"


class RenewalDecision(Code):
    """What was decided of a renewal; none yet is an empty text."""

    GRANTED = "GRANTED", "Accord"
    REFUSED = "REFUSED", "Refus"
    ADJOURNED = "ADJOURN", "Ajourné"


class Paper(Code):
    """What a measure rests on."""

    FUNDER = "FUNDER", "le financeur"
    CONTRACT = "CONTRACT", "le contrat signé"
    AGREEMENT = "AGREED", "l’accord préalable"


class MeasureDuty(Code):
    """What a measure asks of its referent."""

    MONTH_9 = "IML_M9", "IML au neuvième mois"
    MONTH_11 = "IML_M11", "IML au onzième mois"
    NO_MEASURE = "NO_MEASURE", "Ménage logé sans accompagnement"
    NO_HOME = "NO_HOME", "Mesure sans logement"


class MeasureNotice(Code):
    """What a social worker is told."""

    REFERENT = "REFERENT", "Ménage à suivre"
