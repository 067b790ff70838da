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


class TokenScope(models.TextChoices):
    """What a token of the API may do, within what its user's roles allow."""

    STOCK_READ = "stock:read", "Lire le parc"
    STOCK_WRITE = "stock:write", "Modifier le parc"
    LEASES_READ = "leases:read", "Lire les ménages et les contrats"
    LEASES_WRITE = "leases:write", "Modifier les ménages et les contrats"
    LEDGER_READ = "rent_ledger:read", "Lire les comptes"
    LEDGER_WRITE = "rent_ledger:write", "Enregistrer des écritures et des relevés"
    MAINTENANCE_READ = "maintenance:read", "Lire les demandes techniques"
    MAINTENANCE_WRITE = "maintenance:write", "Modifier les demandes techniques"
    SOCIAL_READ = "social_link:read", "Lire le suivi social"
    SOCIAL_WRITE = "social_link:write", "Modifier le suivi social"
    OFFICE_READ = "office:read", "Lire les réglages et les travaux"
    OFFICE_WRITE = "office:write", "Modifier les réglages"
