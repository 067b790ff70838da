"""Choices of the office: short stable codes, French labels, named sets."""

from django.db import models


class Role(models.TextChoices):
    """What a person of the house does here (columns of the access matrix)."""

    RENTAL_MANAGER = "RENTAL_MANAGER", "Gestion locative"
    TECHNICIAN = "TECHNICIAN", "Technique"
    SOCIAL_WORKER = "SOCIAL_WORKER", "Travail social"
    HEAD_OF_SOCIAL = "HEAD_OF_SOCIAL", "Responsable du service social"
    DIRECTOR = "DIRECTOR", "Direction"
    FUNDER = "FUNDER", "CCAS ou financeur"
    ADMINISTRATOR = "ADMINISTRATOR", "Administration"


SOCIAL_ROLES = frozenset({Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL})


class OrganisationKind(models.TextChoices):
    """Roles that an outside organisation plays."""

    CCAS = "CCAS", "CCAS ou CIAS"
    LANDLORD = "LANDLORD", "Bailleur"
    FUNDER = "FUNDER", "Financeur"
    REFERRER = "REFERRER", "Prescripteur"
    CONTRACTOR = "CONTRACTOR", "Entreprise"
    BENEFIT_PAYER = "BENEFIT_PAYER", "CAF ou MSA"
    OPERATOR = "OPERATOR", "Opérateur"


class HeldFor(models.TextChoices):
    """For whom the money on a bank account is held, and for whom a rent is collected."""

    ITSELF = "ITSELF", "L’association elle-même"
    MANDANTS = "MANDANTS", "Les mandants (loi Hoguet)"
    PUBLIC_BODY = "PUBLIC_BODY", "Une collectivité (mandat de recettes)"


class ParameterScope(models.TextChoices):
    NATIONAL = "NATIONAL", "National"
    DEPARTEMENT = "DEPARTEMENT", "Département"
    ASSOCIATION = "ASSOCIATION", "Association"


class JobState(models.TextChoices):
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Terminé"
    FAILED = "FAILED", "Échoué"


class ChunkState(models.TextChoices):
    OPEN = "OPEN", "À faire"
    DONE = "DONE", "Fait"
    FAILED = "FAILED", "Échoué"
