"""Choices of the stock, with the vocabulary of RPLS (arrêté du 5 janvier 2010, annexe)."""

from django.db import models


class HeadAgreementKind(models.TextChoices):
    """By what title the association holds or runs dwellings."""

    PROVISION = "PROVISION", "Mise à disposition"
    SERVICE_CONTRACT = "SERVICE", "Marché de prestations"
    HEAD_LEASE = "HEAD_LEASE", "Bail principal"
    MANDATE = "MANDATE", "Mandat de gestion"


class ConstructionType(models.TextChoices):
    """RPLS TYPECONST."""

    INDIVIDUAL = "I", "Individuel"
    COLLECTIVE = "C", "Collectif"
    STUDENT = "E", "Logement étudiant"


class StockType(models.TextChoices):
    """The three stocks of S2-01."""

    RESIDENCE = "RESIDENCE", "Résidence sociale"
    DIFFUSE = "DIFFUSE", "Logement d’insertion en diffus"
    INTERMEDIATION = "IML", "Intermédiation locative"


class UnitKind(models.TextChoices):
    """What a lease lets: a whole dwelling, or one room of it."""

    WHOLE = "WHOLE", "Logement entier"
    ROOM = "ROOM", "Chambre"


class EnergyClass(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"
