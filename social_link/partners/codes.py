"""Codes of the partners around a household: what they do, what may be told to them."""

from common.codes import Code


class PartnerFunction(Code):
    """What somebody outside does for a household (S0-14), or with the house (S4-16)."""

    SECTOR = "SECTOR", "Référent de secteur"
    GUARDIAN = "GUARDIAN", "Curateur ou tuteur"
    DOCTOR = "DOCTOR", "Médecin ou soignant"
    SIAO = "SIAO", "SIAO"
    BENEFIT = "BENEFIT", "CAF ou MSA"
    WORK = "WORK", "Emploi ou mission locale"
    CHILDREN = "CHILDREN", "École, PMI ou enfance"
    CCAS = "CCAS", "CCAS"
    LANDLORD = "LANDLORD", "Bailleur"
    TOWN = "TOWN", "Mairie"
    STATE = "STATE", "Préfecture"
    TENANTS = "TENANTS", "Représentant de locataires"
    OTHER = "OTHER", "Autre association"


class ConsentHow(Code):
    """How the household agreed."""

    WRITTEN = "WRITTEN", "Par écrit"
    SAID = "SAID", "De vive voix"
    MANDATE = "MANDATE", "Par son représentant légal"


class Told(Code):
    """What may be told to a partner."""

    CONTACT = "CONTACT", "Ses coordonnées et ses rendez-vous"
    MEASURE = "MEASURE", "Où en est l’accompagnement"
    HOUSING = "HOUSING", "Le logement"
    BUDGET = "BUDGET", "Le budget et les droits"
