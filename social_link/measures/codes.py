"""Codes of the measures of support: kinds, and how one ends."""

from common.codes import Code


class MeasureKind(Code):
    ASLL = "ASLL", "ASLL"
    IML = "IML", "IML"
    AVDL = "AVDL", "AVDL"
    MASP2 = "MASP2", "MASP 2"
    SIMPLE = "SIMPLE", "Accompagnement simple"
    REINFORCED = "RENF", "Accompagnement renforcé"
    TYPE_1 = "T1", "Parc CCAS, type 1"
    TYPE_2 = "T2", "Parc CCAS, type 2"


class MeasureEnd(Code):
    GOALS_MET = "GOALS", "Objectifs atteints"
    TERM = "TERM", "Terme de la mesure"
    NO_ADHERENCE = "NO_ADH", "Non-adhésion"
    MOVED = "MOVED", "Départ du logement"
    RELAY = "RELAY", "Relais vers un autre service"
    DEATH = "DEATH", "Décès"


class Paper(Code):
    """What a measure rests on."""

    FUNDER = "FUNDER", "le financeur"
    CONTRACT = "CONTRACT", "le contrat signé"
    AGREEMENT = "AGREED", "l’accord préalable"


class MeasureNotice(Code):
    """What a social worker is told."""

    REFERENT = "REFERENT", "Ménage à suivre"
