"""Choices of repairs."""

from django.db import models


class Trade(models.TextChoices):
    PLUMBING = "PLUMBING", "Plomberie"
    ELECTRICITY = "ELECTRIC", "Électricité"
    HEATING = "HEATING", "Chauffage et eau chaude"
    JOINERY = "JOINERY", "Menuiserie, serrurerie"
    DAMP = "DAMP", "Humidité, ventilation"
    PESTS = "PESTS", "Nuisibles"
    APPLIANCE = "DEVICE", "Équipement"
    COMMON = "COMMON", "Parties communes"
    OTHER = "OTHER", "Autre"


class Priority(models.TextChoices):
    """Due dates by priority are a parameter (`maintenance.rules.priority`)."""

    EMERGENCY = "URGENT", "Urgence (24 h)"
    HIGH = "HIGH", "Rapide"
    NORMAL = "NORMAL", "Normale"
    LOW = "LOW", "À planifier"


class TicketState(models.TextChoices):
    OPEN = "OPEN", "À attribuer"
    ASSIGNED = "ASSIGNED", "Attribuée"
    STARTED = "STARTED", "En cours"
    DONE = "DONE", "Faite"
    CANCELLED = "CANCEL", "Annulée"


OPEN_STATES = frozenset({TicketState.OPEN, TicketState.ASSIGNED, TicketState.STARTED})


class HoldReason(models.TextChoices):
    """Why a ticket waits. Its clock stands still meanwhile, and says so."""

    PART = "PART", "Pièce commandée"
    HOUSEHOLD = "TENANT", "Attente du ménage"
    OWNER = "OWNER", "Accord du propriétaire"
    CONTRACTOR = "FIRM", "Entreprise prévenue"
    DEFERRED = "LATER", "Reportée"


class Source(models.TextChoices):
    DESK = "DESK", "Accueil ou téléphone"
    HOUSEHOLD_PAGE = "HOUSEHOLD", "Fiche du ménage"
    VISIT = "VISIT", "Visite"


class Outcome(models.TextChoices):
    DONE = "DONE", "Faite"
    ABSENT = "ABSENT", "Personne absente"
    PART_MISSING = "PART", "Pièce manquante"
    OTHER_TRADE = "TRADE", "Autre métier nécessaire"


class PaidBy(models.TextChoices):
    """Who pays (RULES A2: décret 87-712 for the tenant's repairs)."""

    LANDLORD = "LANDLORD", "Propriétaire"
    OPERATOR = "OPERATOR", "Association"
    TENANT = "TENANT", "Locataire (décret 87-712)"
    INSURER = "INSURER", "Assurance"
    WEAR = "WEAR", "Vétusté"


class SignalKind(models.TextChoices):
    """The five things that a technician may have seen. No free text."""

    DANGER = "DANGER", "Humidité ou danger"
    CLUTTER = "CLUTTER", "Logement très sale ou encombré"
    UNWELL = "UNWELL", "Personne qui ne va pas bien"
    LONG_ABSENCE = "ABSENCE", "Personne absente depuis longtemps"
    TENSION = "TENSION", "Tensions de voisinage"


URGENT_SIGNALS = frozenset({SignalKind.DANGER, SignalKind.UNWELL})
