"""Choices of the link with social work."""

from django.db import models


class AlertRule(models.TextChoices):
    """Starter rules of FEATURES part 4, those that this release raises."""

    FIRST_DEFAULT = "R1", "Premier impayé"
    SECOND_DEFAULT = "R2", "Deuxième impayé"
    BENEFIT_FELL = "R5", "Aide en baisse"
    TWO_ABSENCES = "R9", "Deux absences"
    WEAK_SIGNAL = "R10", "Signal du technicien"
    REQUESTED = "ASKED", "Demande de la gestion locative"


class AlertLevel(models.TextChoices):
    NORMAL = "NORMAL", "Normale"
    HIGH = "HIGH", "Haute"
    URGENT = "URGENT", "Urgente"


class AlertState(models.TextChoices):
    RAISED = "RAISED", "À prendre"
    ACKNOWLEDGED = "ACK", "Prise"
    ANSWERED = "ANSWERED", "Répondue"


OPEN_ALERTS = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED})


class ContactKind(models.TextChoices):
    HOME_VISIT = "VISIT", "Visite à domicile"
    APPOINTMENT = "OFFICE", "Rendez-vous"
    CALL = "CALL", "Appel"
    ABSENCE = "ABSENCE", "Absence"
    ACCOMPANIMENT = "WITH", "Accompagnement"
    DUTY = "DUTY", "Permanence"


class NoteLevel(models.TextChoices):
    """PRIVATE: its author. SHARED: the social team and the rental manager. SEALED: named persons, reads logged."""

    PRIVATE = "PRIVATE", "Privée"
    SHARED = "SHARED", "Partagée"
    SEALED = "SEALED", "Scellée"


class MeasureKind(models.TextChoices):
    ASLL = "ASLL", "ASLL"
    IML = "IML", "IML"
    AVDL = "AVDL", "AVDL"
    MASP2 = "MASP2", "MASP 2"
    SIMPLE = "SIMPLE", "Accompagnement simple"
    REINFORCED = "RENF", "Accompagnement renforcé"
    TYPE_1 = "T1", "Parc CCAS, type 1"
    TYPE_2 = "T2", "Parc CCAS, type 2"


class MeasureEnd(models.TextChoices):
    GOALS_MET = "GOALS", "Objectifs atteints"
    TERM = "TERM", "Terme de la mesure"
    NO_ADHERENCE = "NO_ADH", "Non-adhésion"
    MOVED = "MOVED", "Départ du logement"
    RELAY = "RELAY", "Relais vers un autre service"
    DEATH = "DEATH", "Décès"
