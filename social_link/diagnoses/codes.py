"""Codes of the social evaluation of a household: themes, how far each is, what is needed (S1-08)."""

from common.codes import Code


class DiagnosisTheme(Code):
    DWELLING = "DWELLING", "Logement"
    BUDGET = "BUDGET", "Budget et dettes"
    RIGHTS = "RIGHTS", "Droits et démarches"
    JOB = "JOB", "Emploi et ressources"
    FAMILY = "FAMILY", "Famille"
    TIES = "TIES", "Liens et entourage"


class Standing(Code):
    """Where a theme stands; in the order of how much there is to do."""

    WELL = "WELL", "Va bien"
    WATCH = "WATCH", "À surveiller"
    WORK = "WORK", "À travailler"
    URGENT = "URGENT", "Urgent"


class DiagnosisNeed(Code):
    SEARCH = "SEARCH", "Chercher un logement"
    SETTLE = "SETTLE", "S’installer"
    PLAN = "PLAN", "Apurer une dette"
    ADVICE = "ADVICE", "Conseil budgétaire"
    OPEN = "OPEN", "Ouvrir ou rétablir un droit"
    PAPERS = "PAPERS", "Aide aux démarches"
    MEDIATION = "MEDIAT", "Médiation"
    RELAY = "RELAY", "Relais vers un autre service"
